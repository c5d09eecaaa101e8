# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Faults that concern a transaction, not what was done in it: all of it is repeated."""

import logging
import math
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

    When the time is up, the action is triggered anew, and its turn comes after the
    others'. Told that rows remain, Odoo would run it at least ten times in a row
    instead: a worker that is at it for longer than the server allows is killed in the
    middle of a batch, and one that is not sleeps for a minute before it goes on.

    :param run_batch: works on one batch of up to as many rows as it is given, returns
        how many it was
    :param size: rows of a full batch
    """
    size = _fitting(env, size)
    tries = 0
    while True:
        try:
            count = run_batch(size)
            is_over = time.monotonic() >= env.context.get("cron_end_time", math.inf)
            if count and is_over:
                env["ir.cron"].browse(env.context["cron_id"])._trigger()
            # What was written last reaches the database only now.
            env["ir.cron"]._commit_progress(count, remaining=0)
            tries = 0
        except psycopg2.Error as error:
            tries += 1
            if not is_concurrency(error) or tries >= MAX_TRIES:
                raise
            env.cr.rollback()
            _logger.info("Batch is repeated after %s", type(error).__name__)
            _pause(tries)
            continue
        if not count or is_over:
            return


def _fitting(env, size):
    """Less than ``size`` where the server has killed this action for its time, so that
    in the end a batch fits in."""
    # sudo: how the scheduled action fared is the system's
    progress = env["ir.cron.progress"].sudo()
    progress = progress.browse(env.context.get("ir_cron_progress_id"))
    # Odoo counts this time beforehand.
    killed = max(progress.timed_out_counter - 1, 0)
    return max(size // 4**killed, 1)


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
