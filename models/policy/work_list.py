# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the work list says of conflicts: one matter for each linked object."""

from odoo import models


class ExceptionCase(models.Model):
    _inherit = "q2c.exception"

    def action_open_conflicts(self):
        """Show both values, to decide there."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "quote_to_cash.q2c_conflict_action"
            ),
            "domain": [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", self.kind),
                ("binding_id.external_id", "=", self.external_id),
            ],
        }


class Binding(models.Model):
    _inherit = "q2c.binding"

    def _q2c_tell_conflicts(self):
        """One exception for each of these objects that has open conflicts."""
        if not self:
            return
        # sudo: see Conflict._keep
        opened = (
            self.env["q2c.conflict"]
            .sudo()
            .search(
                [("binding_id", "in", self.ids), ("state", "=", "open")], order="id"
            )
            .grouped("binding_id")
        )
        cases = self.env["q2c.exception"]
        first = self.env["q2c.conflict"].sudo().union(*(r[:1] for r in opened.values()))
        records = {row.binding_id: record for row, record in first._records().items()}
        for connection, share in self.grouped("connection_id").items():
            cases._report_many(
                connection,
                [
                    {
                        "code": "ownership_conflict",
                        "category": "conflict",
                        "severity": "info",
                        "key": binding._q2c_conflict_key(),
                        "ref": binding._ref(),
                        "record": records.get(binding),
                        "trace": binding.trace,
                        **opened[binding]._explained(),
                    }
                    for binding in share
                    if binding in opened
                ],
            )
            cases._resolve_keys(
                connection,
                [b._q2c_conflict_key() for b in share if b not in opened],
            )

    def _q2c_conflict_key(self):
        return f"conflict:{self._ref()}"
