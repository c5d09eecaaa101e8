# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many calls were made, and what the provider says of the whole allocation.

Rows are only added, one for each errand of some calls: workers that call at the same
time would else wait for each other's count.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

# Allocations are of a rolling day, as Salesforce's are
# (https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm).
WINDOW = timedelta(hours=24)


class Use(NamedTuple):
    """``calls``: ours in the window. ``used``, ``allowed``: the whole account's, as the
    provider told last, at ``told_at``; zero where it has not."""

    calls: int = 0
    used: int = 0
    allowed: int = 0
    told_at: datetime | None = None


class ApiUse(models.Model):
    _name = "q2c.api.use"
    _description = "Calls to a Provider"
    _order = "id desc"
    _log_access = False

    connection_id = fields.Many2one(
        "q2c.connection", required=True, readonly=True, ondelete="cascade"
    )
    at = fields.Datetime(required=True, readonly=True)
    calls = fields.Integer(readonly=True)
    used = fields.Integer(readonly=True)
    allowed = fields.Integer(readonly=True)

    _window_idx = models.Index("(connection_id, at)")

    @api.model
    def _note(self, connection, calls, told):
        """Count ``calls``.

        Plain SQL: whoever has the provider asked counts, but nobody may write it.

        :param told: (used, allowed) of the whole account, None where it was not told
        """
        used, allowed = told or (0, 0)
        self.env.cr.execute(
            SQL(
                "INSERT INTO q2c_api_use (connection_id, at, calls, used, allowed)"
                " VALUES (%s, %s, %s, %s, %s)",
                connection.id,
                fields.Datetime.now(),
                calls,
                used,
                allowed,
            )
        )

    @api.model
    def _of(self, connections):
        """{connection id: Use} of those that made a call in the window."""
        if not connections.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ours.connection_id, ours.calls, told.used, told.allowed, told.at
                  FROM (
                    SELECT connection_id, sum(calls) AS calls FROM q2c_api_use
                     WHERE connection_id IN %(ids)s AND at > %(since)s
                     GROUP BY connection_id
                  ) AS ours
                  LEFT JOIN LATERAL (
                    SELECT used, allowed, at FROM q2c_api_use
                     WHERE connection_id = ours.connection_id AND allowed > 0
                       AND at > %(since)s
                     ORDER BY at DESC, id DESC LIMIT 1
                  ) AS told ON true
                """,
                ids=tuple(connections.ids),
                since=fields.Datetime.now() - WINDOW,
            )
        )
        return {
            connection_id: Use(int(calls), used or 0, allowed or 0, told_at)
            for connection_id, calls, used, allowed, told_at in rows
        }

    @api.model
    def _free_at(self, connection, calls):
        """When so many of the calls in the window will have left it; None if never."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT at FROM (
                    SELECT at, sum(calls) OVER (ORDER BY at, id) AS gone
                      FROM q2c_api_use WHERE connection_id = %s AND at > %s
                ) AS oldest
                 WHERE gone >= %s ORDER BY at LIMIT 1
                """,
                connection.id,
                fields.Datetime.now() - WINDOW,
                calls,
            )
        )
        return rows[0][0] + WINDOW if rows else None

    @api.autovacuum
    def _gc_old(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM q2c_api_use WHERE at < %s",
                fields.Datetime.now() - 2 * WINDOW,
            )
        )
