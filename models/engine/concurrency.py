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
            _pause(tries)
            continue
        if not count or not time_left:
            return


def in_own_transaction(env, work):
    """What ``work`` returns, given ``env`` with a cursor of its own: committed at once,
    whatever becomes of the transaction that asks. Repeated where it met somebody
    else's work, so nothing in it may be done twice that cannot be undone.

    Rows that the asking transaction has changed must be left alone: it would wait for
    itself.
    """
    for tries in range(1, MAX_TRIES + 1):
        try:
            with env.registry.cursor() as cr:
                return work(env(cr=cr))
        except psycopg2.Error as error:
            if not is_concurrency(error) or tries == MAX_TRIES:
                raise
            _pause(tries)


def _pause(tries):
    """By chance, so that two that met do not meet again."""
    longest = min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE)
    time.sleep(random.uniform(0, longest))


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
