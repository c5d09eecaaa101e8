# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two sides take turns at batches of the same work, so that whatever else the machine
does slows both down."""

import gc
import statistics
import time
from dataclasses import dataclass

from odoo import SUPERUSER_ID, api

from .scene import Task

BATCH = 100
# Batch size → how many batches, to count the queries of; the first is the warm-up.
SMALL = {20: 2, 1: 5}


@dataclass(frozen=True)
class Sample:
    """What one batch took."""

    size: int
    seconds: float
    queries: int


class Side:
    """One way to do the work. It has a transaction of its own, as a worker would."""

    label = ""

    def __init__(self, scene, registry):
        self.scene = scene
        self.env = api.Environment(registry.cursor(), SUPERUSER_ID, {})
        self.tasks = []
        self.samples = []

    def prepare(self, tasks):
        """Make ready what the work begins with; it is not measured."""

    def work(self, tasks):
        """The work, with its commit."""
        raise NotImplementedError

    def close(self):
        self.env.cr.close()

    def turn(self, size):
        """Work on one more batch; the ``Sample``, kept as well."""
        begin = len(self.tasks)
        tasks = [Task(self.label[0], begin + n) for n in range(size)]
        self.tasks += tasks
        self.prepare(tasks)
        self.env.cr.commit()
        # What earlier batches left to collect is not this one's.
        gc.collect()
        queries, started = self.env.cr.sql_log_count, time.perf_counter()
        self.work(tasks)
        seconds = time.perf_counter() - started
        sample = Sample(size, seconds, self.env.cr.sql_log_count - queries)
        self.samples.append(sample)
        return sample

    def queries(self, size):
        """SQL queries a record at batches of ``size``: the median one's."""
        found = [s.queries / s.size for s in self.samples if s.size == size]
        return statistics.median(found)


def warm_up(sides):
    """Fill the caches of the process, as they are in a worker, and forget it."""
    for side in sides:
        side.turn(20)
        side.samples.clear()


def count_queries(sides):
    """Small batches, of which the number of queries is of interest."""
    for size, times in SMALL.items():
        for _ in range(times):
            for side in sides:
                side.turn(size)


def compete(sides, batches):
    """``batches`` turns, in each of which both sides work on a batch; who begins
    changes. A list of one sample of each side a turn."""
    turns = []
    for number in range(batches):
        order = sides if number % 2 else sides[::-1]
        samples = {side: side.turn(BATCH) for side in order}
        turns.append([samples[side] for side in sides])
    return turns


def rates(turns):
    """Records per second of each side."""
    return [
        sum(sample.size for sample in share) / sum(sample.seconds for sample in share)
        for share in zip(*turns, strict=True)
    ]


def middle(turns):
    """The middle half by the ratio of both sides: whatever else the machine does may
    hit one side of a turn, either way."""
    ordered = sorted(turns, key=lambda turn: turn[0].seconds / turn[1].seconds)
    cut = len(ordered) // 4
    return ordered[cut : len(ordered) - cut]
