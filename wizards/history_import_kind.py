# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an import is about, and what its dry run found."""

from odoo import api, fields, models

from ..models.engine.event import KIND_LABELS


class HistoryImportKind(models.Model):
    _name = "q2c.history.import.kind"
    _description = "Kind of a History Import"
    _order = "import_id desc, sequence, id"

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
    state = fields.Selection(related="import_id.state")
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(KIND_LABELS, required=True, readonly=True)
    included = fields.Boolean(default=True, help="Whether it is imported.")
    provider_count = fields.Integer(
        string="At Provider", readonly=True, help="Objects of the period that count."
    )
    known_count = fields.Integer(
        string="Known", readonly=True, help="Those that are in Odoo already."
    )
    new_count = fields.Integer(
        string="New", readonly=True, help="Those that would be brought in."
    )
    stored_count = fields.Integer(
        string="Brought In", readonly=True, help="Put into the inbox so far."
    )

    @api.depends("kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = kinds.get(row.kind, "")

    def _count(self, provider, known, new):
        self.write(
            {
                "provider_count": self.provider_count + provider,
                "known_count": self.known_count + known,
                "new_count": self.new_count + new,
            }
        )


class HistoryImportMonth(models.Model):
    _name = "q2c.history.import.month"
    _inherit = "q2c.monthly"
    _description = "Month of a History Import"
    _order = "import_id desc, month, sequence, id"

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
    sequence = fields.Integer(readonly=True)
    month = fields.Date(help="First day of the month of the documents.")
    kind = fields.Selection(KIND_LABELS, required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    count = fields.Integer(readonly=True)
    amount = fields.Monetary(readonly=True)

    @api.model
    def _add(self, imported, kind, month, currency, amounts):
        """:param amounts: list of floats, one a new document"""
        row = imported.month_ids.filtered(
            lambda each: (
                (each.kind, each.month, each.currency_id)
                == (kind.kind, month, currency)
            )
        )
        if not row:
            row = self.create(
                {
                    "import_id": imported.id,
                    "sequence": kind.sequence,
                    "month": month,
                    "kind": kind.kind,
                    "currency_id": currency.id,
                }
            )
        row.write(
            {"count": row.count + len(amounts), "amount": row.amount + sum(amounts)}
        )
