# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Count and sum of one kind of object in one currency."""

from odoo import api, fields, models

from ..engine.event import KIND_LABELS

COUNTS = ("provider_count", "applied_count", "odoo_count")
AMOUNTS = ("provider_amount", "applied_amount", "odoo_amount")


class ReconciliationLine(models.Model):
    _name = "q2c.reconciliation.line"
    _description = "Reconciliation Line"
    _order = "run_id desc, sequence, id"

    run_id = fields.Many2one(
        "q2c.reconciliation.run",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    connection_id = fields.Many2one(
        related="run_id.connection_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, precompute=True, index=True
    )
    date_to = fields.Date(
        string="Period End", related="run_id.date_to", store=True, precompute=True
    )
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(KIND_LABELS, required=True, readonly=True)
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Empty for what is no money."
    )
    provider_count = fields.Integer(
        string="At Provider",
        readonly=True,
        help="Objects that count: not drafts, nor what was voided or failed.",
    )
    provider_amount = fields.Monetary(string="Sum at Provider", readonly=True)
    applied_count = fields.Integer(
        string="In Inbox",
        readonly=True,
        help="Those of them that came in and were applied.",
    )
    applied_amount = fields.Monetary(string="Sum in Inbox", readonly=True)
    odoo_count = fields.Integer(
        string="In Odoo",
        readonly=True,
        help="Records that are linked to objects of the period, and count.",
    )
    odoo_amount = fields.Monetary(string="Sum in Odoo", readonly=True)
    count_difference = fields.Integer(
        string="Missing",
        compute="_compute_differences",
        store=True,
        help="At the provider, less in Odoo.",
    )
    amount_difference = fields.Monetary(
        string="Difference",
        compute="_compute_differences",
        store=True,
        help="At the provider, less in Odoo.",
    )

    _line_uniq = models.UniqueIndex("(run_id, kind, COALESCE(currency_id, 0))")

    @api.depends(*COUNTS, *AMOUNTS)
    def _compute_differences(self):
        for line in self:
            line.count_difference = line.provider_count - line.odoo_count
            difference = line.provider_amount - line.odoo_amount
            currency = line.currency_id
            line.amount_difference = currency.round(difference) if currency else 0

    @api.depends("kind", "currency_id.name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            parts = (kinds.get(line.kind), line.currency_id.name)
            line.display_name = " ".join(filter(None, parts))

    @api.model
    def _tally(self, run, sequence, kind, compared, currencies):
        """Add a page to the lines of ``run``.

        :param compared: list of Compared, none of which was added before
        :param currencies: {code: res.currency}
        """
        sums = {}
        for each in compared:
            if each.told is None and each.booked is None:
                continue
            currency = currencies.get(each.currency, self.env["res.currency"])
            found = sums.setdefault(currency, dict.fromkeys((*COUNTS, *AMOUNTS), 0))
            for name, figure in _figures(each):
                if figure is not None and not figure.note:
                    found[f"{name}_count"] += 1
                    found[f"{name}_amount"] += float(figure.amount or 0)
        for currency, found in sums.items():
            line = self._obtain(run, sequence, kind, currency)
            line.write({name: line[name] + value for name, value in found.items()})

    @api.model
    def _obtain(self, run, sequence, kind, currency):
        line = run.line_ids.filtered(
            lambda li: li.kind == kind and li.currency_id == currency
        )
        return line or self.create(
            {
                "run_id": run.id,
                "sequence": sequence,
                "kind": kind,
                "currency_id": currency.id,
            }
        )


def _figures(compared):
    yield "provider", compared.told
    yield "applied", compared.told if compared.is_applied else None
    yield "odoo", compared.booked
