# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Faults that concern a transaction, not what was done in it: all of it is repeated."""

import logging
import random
import time

import psycopg2
from psycopg2 import errors

_logger = logging.getLogger(__name__)

MAX_TRIES = 12
# Seconds, at most, before the second try; doubled each time up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0


def run_batches(env, run_batch, size):
    """Call ``run_batch``, committing after each time, until nothing is left or the time
    of the scheduled action is up. What only met somebody else's work is repeated.

    :param run_batch: works on one batch, returns how many rows it was
    :param size: rows of a full batch, after which there may be more
    """
    tries = 0
    while True:
        try:
            count = run_batch()
            # What was written last reaches the database only now.
            time_left = env["ir.cron"]._commit_progress(
                count, remaining=int(count >= size)
            )
            tries = 0
        except psycopg2.Error as error:
            tries += 1
            if not is_concurrency(error) or tries >= MAX_TRIES:
                raise
            env.cr.rollback()
            _logger.info("Batch is repeated after %s", type(error).__name__)
            # By chance, so that two that met do not meet again.
            longest = min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE)
            time.sleep(random.uniform(0, longest))
            continue
        if not count or not time_left:
            return


def is_concurrency(error):
    """Whether ``error`` came from somebody else's work at the same time.

    Two workers that find the same dependency missing both link it: the second one's
    insertion into our own tables violates a unique index, and at the next try it sees
    the first one's.
    """
    if isinstance(error, errors.UniqueViolation):
        return (error.diag.table_name or "").startswith("q2c_")
    return isinstance(
        error,
        (
            errors.SerializationFailure,
            errors.DeadlockDetected,
            errors.LockNotAvailable,
        ),
    )
