# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Running a contest, and saying how it went."""

import cProfile

from . import contest as contests
from .contest import BATCH

SIZES = (1, 20, BATCH)


def contest(name, sides, arguments, check, unit="records/s"):
    """Have ``sides`` (ours, theirs) compete.

    :param check: function of both sides that raises where they did not do the same,
        and else says what they did
    :return: the closing line
    """
    try:
        turns = _turns(sides, arguments)
        print(f"   {check(*sides)}")
        _table(sides)
        if arguments.profile:
            _profile(sides[0], arguments.profile)
    finally:
        for side in sides:
            side.close()
    return _closing_line(name, turns, unit)


def _turns(sides, arguments):
    contests.warm_up(sides)
    contests.count_queries(sides)
    turns = []
    for number in range(1, arguments.rounds + 1):
        batches = max(1, round(arguments.records / BATCH))
        share = contests.compete(sides, batches)
        ours, theirs = contests.rates(share)
        print(f"   round {number}: {_rates(ours, theirs)}", flush=True)
        turns += share
    return turns


def _rates(ours, theirs):
    return f"ours {ours:.2f}/s, Odoo {theirs:.2f}/s, ratio {ours / theirs:.2f}"


def _profile(side, path):
    """One more batch of ours under the profiler, which makes it slow: not counted."""
    profiler = cProfile.Profile()
    work, samples = side.work, list(side.samples)
    side.work = lambda tasks: profiler.runcall(work, tasks)
    side.turn(BATCH)
    side.work, side.samples = work, samples
    profiler.dump_stats(path)


def _table(sides):
    heads = "".join(f"{f'batch {size}':>11}" for size in SIZES)
    print(f"   {'SQL queries a record':<22}{heads}")
    for side in sides:
        counts = "".join(f"{side.queries(size):>11.1f}" for size in SIZES)
        print(f"   {side.label:<22}{counts}")


def _closing_line(name, turns, unit):
    ours, theirs = contests.rates(contests.middle(turns))
    return (
        f"bench {name} ratio={ours / theirs:.2f} ours={ours:.2f}"
        f" theirs={theirs:.2f} {unit}"
    )
