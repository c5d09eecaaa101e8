# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Faults that concern a transaction, not what was done in it: all of it is repeated."""

from psycopg2 import errors

MAX_TRIES = 5


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
