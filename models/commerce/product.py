# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .intervals import ONE_TIME, SELECTION


class ProductTemplate(models.Model):
    _inherit = "product.template"

    q2c_interval = fields.Selection(
        SELECTION,
        string="Billed Every",
        default=ONE_TIME,
        required=True,
        help="How often the product is billed by the subscription that is created when "
        "an order with it is confirmed.",
    )
    q2c_interval_count = fields.Integer(
        string="Billing Interval Count",
        default=1,
        required=True,
        help="3 with a monthly interval is billed every quarter.",
    )

    _q2c_interval_count_positive = models.Constraint(
        "CHECK (q2c_interval_count > 0)", "The billing interval count must be positive."
    )
