# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Looking into the database beside Odoo, also while Odoo is dead."""

from contextlib import closing, contextmanager

import psycopg2
from machine import bootstrap
from psycopg2.extras import RealDictCursor

LATER = """
    UPDATE q2c_event SET next_attempt = now() AT TIME ZONE 'UTC'
     WHERE state = 'waiting' AND next_attempt > now() AT TIME ZONE 'UTC';
    UPDATE q2c_command SET next_attempt = now() AT TIME ZONE 'UTC'
     WHERE state = 'waiting' AND next_attempt > now() AT TIME ZONE 'UTC';
    UPDATE q2c_connection SET breaker_until = NULL
     WHERE breaker_until > now() AT TIME ZONE 'UTC';
    -- Whole seconds, as Odoo's own: it does not clear away others.
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT id, date_trunc('second', now() AT TIME ZONE 'UTC') FROM ir_cron
     WHERE active AND (q2c_lane > 0
           OR id IN (SELECT send_cron_id FROM q2c_connection));
"""

# Odoo reads what a payment settled by joining these with OR. Planned for the empty
# tables of a new database, which autovacuum has not come to yet, that takes minutes.
STATISTICS = """
    ANALYZE account_move, account_move_line, account_payment,
            account_partial_reconcile
"""


def rows(name, statement, parameters=()):
    """The rows of a query, or of a command's RETURNING."""
    connection = psycopg2.connect(**bootstrap.prepare().postgres.libpq(name))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            # Without parameters a percent sign stands for itself.
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def value(name, statement, parameters=()):
    """The one value of a query."""
    return rows(name, statement, parameters)[0][0]


@contextmanager
def locked(name, statement):
    """Hold the rows that a ``SELECT ... FOR UPDATE`` locks, as whoever is at work."""
    with closing(psycopg2.connect(**bootstrap.prepare().postgres.libpq(name))) as held:
        held.cursor().execute(statement)
        yield
        held.rollback()


def let_time_pass(name):
    """What waits for its next try need not wait any longer, and autovacuum has been
    here."""
    rows(name, LATER)
    rows(name, STATISTICS)
    rows("postgres", "SELECT pg_notify('cron_trigger', %s)", [name])


class Snapshot:
    """A database as it was at one moment, whatever is done to it afterwards."""

    def __init__(self, name):
        self._connection = psycopg2.connect(**bootstrap.prepare().postgres.libpq(name))
        self._connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        self.dicts("SELECT 1")

    def dicts(self, statement, parameters=()):
        """The rows of a query, each as a dict by the names of its columns."""
        with self._connection.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(statement, parameters or None)
            return [dict(row) for row in cursor.fetchall()]
