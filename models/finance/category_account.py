# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where a movement of the balance is booked that no payment, refund, dispute or payout
stands behind."""

from odoo import api, fields, models


class CategoryAccount(models.Model):
    _name = "q2c.category.account"
    _description = "Account of a Balance Category"
    _order = "connection_id, category"
    _rec_name = "category"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "q2c.connection", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True
    )
    category = fields.Selection(
        selection="_selection_category",
        required=True,
        help="The provider's reporting category of the balance transaction.",
    )
    account_id = fields.Many2one(
        "account.account",
        required=True,
        check_company=True,
        domain=[("account_type", "not in", ("off_balance", "asset_receivable"))],
        help="The other side of the entry: what leaves the balance is its debit.",
    )

    _category_uniq = models.Constraint(
        "UNIQUE (connection_id, category)",
        "A category has one account per connection.",
    )

    @api.model
    def _selection_category(self):
        """All that providers tell of; and what came without being known, under the
        provider's own word."""
        known = {
            code: label
            for provider, _label in self.env["q2c.connection"]
            ._fields["provider"]
            ._description_selection(self.env)
            for code, (label, _role) in self.env[f"q2c.provider.{provider}"]
            ._balance_categories()
            .items()
        }
        # sudo: words of the provider only
        seen = self.env["q2c.balance.transaction"].sudo()._own_categories()
        return sorted(
            {**{code: code for code in seen}, **known}.items(),
            key=lambda entry: entry[1].lower(),
        )
