# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which objects a run has met, as long as it runs."""

from odoo import api, fields, models
from odoo.tools import SQL


class ReconciliationSeen(models.Model):
    """What is linked here and was not met is what the provider may not know. Nobody
    looks at these rows; they are gone when the run is over."""

    _name = "q2c.reconciliation.seen"
    _description = "Object Met by a Reconciliation Run"

    run_id = fields.Many2one(
        "q2c.reconciliation.run", required=True, ondelete="cascade"
    )
    kind = fields.Char(required=True)
    external_id = fields.Char(required=True)

    _object_uniq = models.UniqueIndex("(run_id, kind, external_id)")

    @api.model
    def _add(self, run, refs):
        """Note ``refs`` down.

        :return: those that were not met before in this run
        """
        refs = list(dict.fromkeys(refs))
        if not refs:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO q2c_reconciliation_seen (run_id, kind, external_id)
                VALUES %s
                ON CONFLICT DO NOTHING
                RETURNING external_id
                """,
                SQL(", ").join(SQL("(%s, %s, %s)", run.id, r.kind, r.id) for r in refs),
            )
        )
        added = {external_id for (external_id,) in rows}
        return {ref for ref in refs if ref.id in added}

    @api.model
    def _forget(self, run):
        self.env.execute_query(
            SQL(
                "DELETE FROM q2c_reconciliation_seen WHERE run_id = %s RETURNING 1",
                run.id,
            )
        )
