# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a dry run would book, as a journal report adds it up."""

from odoo import api, fields, models


class HistoryImportTotal(models.Model):
    _name = "q2c.history.import.total"
    _inherit = "q2c.monthly"
    _description = "Journal Total of a History Import"
    _order = "import_id desc, month, journal_id, account_id, id"

    import_id = fields.Many2one(
        "q2c.history.import",
        string="History Import",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    connection_id = fields.Many2one(
        related="import_id.connection_id", store=True, precompute=True
    )
    month = fields.Date(help="First day of the month of the entries.")
    journal_id = fields.Many2one(
        "account.journal", required=True, readonly=True, ondelete="cascade"
    )
    account_id = fields.Many2one(
        "account.account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="journal_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    move_state = fields.Selection(
        [("posted", "Posted"), ("draft", "Draft")],
        string="Status",
        required=True,
        readonly=True,
        help="Drafts are in nobody's books until a person posts them.",
    )
    debit = fields.Monetary(readonly=True)
    credit = fields.Monetary(readonly=True)
    balance = fields.Monetary(
        compute="_compute_balance", store=True, help="Debit less credit."
    )
    entry_count = fields.Integer(
        string="Entries",
        readonly=True,
        # An entry has items on several accounts.
        aggregator=None,
        help="Journal entries with items on the account.",
    )

    _total_uniq = models.UniqueIndex(
        "(import_id, month, journal_id, account_id, move_state)"
    )

    @api.depends("debit", "credit")
    def _compute_balance(self):
        for row in self:
            row.balance = row.debit - row.credit

    @api.depends("month_label", "account_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.month_label} {row.account_id.display_name}"

    @api.model
    def _add(self, imported, totals):
        """:param totals: see Forecast"""
        rows = {row._key(): row for row in imported.total_ids}
        created = self.create(
            [
                {
                    "import_id": imported.id,
                    "month": month,
                    "journal_id": journal,
                    "account_id": account,
                    "move_state": state,
                }
                for month, journal, account, state in totals
                if (month, journal, account, state) not in rows
            ]
        )
        rows |= {row._key(): row for row in created}
        for key, (debit, credit, entries) in totals.items():
            row = rows[key]
            row.write(
                {
                    "debit": row.debit + float(debit),
                    "credit": row.credit + float(credit),
                    "entry_count": row.entry_count + entries,
                }
            )

    def _key(self):
        return self.month, self.journal_id.id, self.account_id.id, self.move_state

    def _drop_empty(self):
        """Proposals that later documents took back."""
        self.filtered(lambda row: not row.entry_count).unlink()
