# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What would be held, and why."""

from odoo import api, fields, models

from ..canonical import Ref
from ..models.engine.event import KIND_LABELS


class HistoryImportHold(models.Model):
    _name = "q2c.history.import.hold"
    _inherit = "q2c.reasoned"
    _description = "Hold Foreseen by a History Import"
    _order = "import_id desc, state, count desc, id"

    import_id = fields.Many2one(
        "q2c.history.import",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="import_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(KIND_LABELS, required=True, readonly=True)
    reason = fields.Char(string="Reason Code", required=True, readonly=True)
    state = fields.Selection(
        [("failed", "Held"), ("waiting", "Waiting"), ("busy", "Busy")],
        required=True,
        readonly=True,
        help="Held: a person must decide. Waiting: what it depends on would not be "
        "there. Busy: it is being applied already.",
    )
    count = fields.Integer(readonly=True)
    external_id = fields.Char(
        string="Object ID", readonly=True, help="The first of these objects."
    )
    message = fields.Text(
        string="For Example",
        readonly=True,
        help="What is wrong with the first of them.",
    )
    remedy = fields.Text(readonly=True, help="What to do about it.")

    def action_open_provider(self):
        self.ensure_one()
        connection = self.import_id.connection_id
        return connection._open_external(Ref(self.kind, self.external_id))

    @api.model
    def _add(self, imported, outcomes):
        """:param outcomes: list of dicts, see q2c.preview"""
        for told in outcomes:
            row = imported.hold_ids.filtered(
                lambda each, told=told: (
                    (each.kind, each.reason, each.state)
                    == (told["kind"], told["reason"], told["state"])
                )
            )
            row = row or self.create(
                {
                    "import_id": imported.id,
                    "external_id": told["object_id"],
                    **{
                        name: told[name]
                        for name in ("kind", "reason", "state", "message", "remedy")
                    },
                }
            )
            row.count += 1
