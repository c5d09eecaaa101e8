# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "q2c.synced"]

    q2c_trace = fields.Char(
        string="Trace",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="One id for everything that belongs to this deal.",
    )
