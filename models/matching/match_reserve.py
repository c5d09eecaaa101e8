# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two lanes, or two connections, that meet the same new customer at the same moment.

Neither would see the partner that the other is about to create. So each locks what its
customers would be found by until its transaction is over. Whoever had to wait sees what
there was before it waited, and not what the other created; it therefore looks with the
eyes of a new transaction, and where there is something that it does not see, begins
anew.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .match_key import MOST_HOLDERS


class MatchKey(models.Model):
    _inherit = "q2c.match.key"

    @api.model
    def _reserve(self, connection, keys):
        """Have whoever else is about to create a partner with one of ``keys`` wait for
        the end of this transaction; two statements here and one in a new transaction.

        :param keys: {(kind, value)}
        :raises psycopg2.errors.SerializationFailure: such a partner was created since
            this transaction began, so that it has to be repeated
        """
        rivals = self._rivals(connection)
        if not keys or not (connection.is_billing or rivals):
            return
        kinds, values = map(list, zip(*sorted(keys), strict=True))
        # Accounts of a CRM are never one another's partner.
        alone = not connection.is_billing and all(rivals.mapped("is_billing"))
        self._lock_keys(kinds, values, shared=alone)
        partners, bindings = self._committed(rivals, kinds, values)
        if self._unseen("res_partner", partners) or self._unseen(
            "q2c_binding", bindings
        ):
            self._begin_anew()

    @api.model
    def _rivals(self, connection):
        """The other connections that bring customers in."""
        return connection.search(
            Domain("state", "=", "active") & Domain("id", "!=", connection.id)
        )

    @api.model
    def _lock_keys(self, kinds, values, shared):
        """In one order, so that two batches do not wait for each other."""
        lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        self.env.execute_query(
            SQL(
                """
                SELECT count(%s(h)) FROM (
                    SELECT DISTINCT hashtextextended(concat_ws('/',
                               'q2c_match_key', kind, value), 0) AS h
                      FROM unnest(%s::text[], %s::text[]) AS t(kind, value)
                     ORDER BY h
                ) AS locks
                """,
                SQL.identifier(lock),
                kinds,
                values,
            )
        )

    @api.model
    def _committed(self, rivals, kinds, values):
        """(ids of partners, ids of links of ``rivals``) that are found by these keys
        right now, those included that came after this transaction began."""
        # Not ``in_own_transaction``: nothing is written, and what was locked stays.
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    SELECT found.partner_id, NULL
                      FROM unnest(%(kinds)s::text[], %(values)s::text[])
                        AS wanted(kind, value)
                     CROSS JOIN LATERAL (
                             SELECT k.partner_id FROM q2c_match_key k
                              WHERE k.value = wanted.value AND k.kind = wanted.kind
                              ORDER BY k.partner_id DESC
                              LIMIT %(most)s
                           ) AS found
                     UNION
                    SELECT NULL, b.id
                      FROM q2c_binding b
                     WHERE b.kind = 'customer' AND b.connection_id = ANY(%(rivals)s)
                       AND b.external_id = ANY(%(ids)s)
                    """,
                    kinds=kinds,
                    values=values,
                    most=MOST_HOLDERS,
                    rivals=rivals.ids,
                    ids=[v for k, v in zip(kinds, values, strict=True) if k == "id"],
                )
            )
            rows = cr.fetchall()
        partners, bindings = zip(*rows, strict=True) if rows else ((), ())
        return set(partners) - {None}, set(bindings) - {None}

    @api.model
    def _unseen(self, table, ids):
        """Whether one of the rows ``ids`` is not there for this transaction."""
        if not ids:
            return False
        query = SQL(
            "SELECT count(*) FROM %s WHERE id = ANY(%s)",
            SQL.identifier(table),
            list(ids),
        )
        return self.env.execute_query(query)[0][0] < len(ids)

    @api.model
    def _begin_anew(self):
        """Fail as the database does where two transactions met."""
        self.env.cr.execute(
            """
            DO $$ BEGIN
                RAISE EXCEPTION 'The same customer was created elsewhere meanwhile'
                USING ERRCODE = 'serialization_failure';
            END $$
            """,
            log_exceptions=False,
        )
