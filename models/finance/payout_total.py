# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a payout is made of, by reporting category."""

from odoo import api, fields, models
from odoo.tools import SQL

from .balance_transaction import in_words


class PayoutTotal(models.Model):
    """Computed whenever it is looked at, for all payouts on a screen at once."""

    _name = "q2c.payout.total"
    _description = "Payout by Category"
    _auto = False
    _order = "payout_id desc, net desc, id"
    _rec_name = "category"
    _depends = {
        "q2c.balance.transaction": [
            "amount",
            "category",
            "company_id",
            "currency_id",
            "fee",
            "net",
            "payout_id",
        ],
    }

    payout_id = fields.Many2one("q2c.payout", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    category = fields.Char(readonly=True, help="The provider's reporting category.")
    category_label = fields.Char(
        string="Category Name", compute="_compute_category_label"
    )
    transaction_count = fields.Integer(string="Transactions", readonly=True)
    gross = fields.Monetary(readonly=True)
    fees = fields.Monetary(readonly=True)
    net = fields.Monetary(readonly=True)

    @api.depends("category")
    def _compute_category_label(self):
        for total in self:
            total.category_label = in_words(total.category)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(id) AS id, payout_id, company_id, currency_id, category,
                   count(*) AS transaction_count, sum(amount) AS gross,
                   sum(fee) AS fees, sum(net) AS net
              FROM q2c_balance_transaction
             WHERE payout_id IS NOT NULL
          GROUP BY payout_id, company_id, currency_id, category
            """
        )
