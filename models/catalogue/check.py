# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The catalogue check: each price as Odoo and the providers have it."""

from odoo import fields, models

from ..commerce.intervals import SELECTION
from .check_query import query

ISSUES = [
    ("double", "Two prices"),
    ("active", "Archived"),
    ("amount", "Amount"),
    ("missing", "Missing"),
    ("name", "Name"),
    ("code", "Code"),
    ("none", "Agrees"),
]


class CatalogueCheck(models.Model):
    """Computed whenever it is looked at, from what each side said last."""

    _name = "q2c.catalogue.check"
    _description = "Catalogue Check"
    _auto = False
    _order = "product_id, currency_id, id"
    _rec_name = "product_id"
    _depends = {
        "product.category": ["parent_path"],
        "product.pricelist": ["active", "q2c_is_standard"],
        "product.pricelist.item": [
            "compute_price",
            "date_end",
            "date_start",
            "fixed_price",
            "min_quantity",
            "pricelist_id",
            "product_id",
            "product_tmpl_id",
        ],
        "product.product": ["active", "default_code", "product_tmpl_id"],
        "product.template": [
            "categ_id",
            "list_price",
            "name",
            "q2c_interval",
            "q2c_interval_count",
            "q2c_publish",
            "sale_ok",
        ],
        "product.template.attribute.value": ["price_extra"],
        "q2c.binding": ["figures", "provider", "res_id", "sent_at"],
        "q2c.connection": ["publish_catalogue", "publish_category_id", "state"],
        "q2c.price": ["active", "is_catalogue", "unit_amount"],
        "q2c.price.entry": ["pricelist_id"],
        "res.company": ["currency_id"],
    }

    product_id = fields.Many2one("product.product", readonly=True)
    product_tmpl_id = fields.Many2one("product.template", readonly=True)
    categ_id = fields.Many2one("product.category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    entry_id = fields.Many2one("q2c.price.entry", readonly=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        readonly=True,
        help="Empty: the product's sales price. In Stripe only standard prices are.",
    )
    is_standard = fields.Boolean(string="Standard Price", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    interval = fields.Selection(SELECTION, string="Billed Every", readonly=True)
    interval_count = fields.Integer(
        string="Billing Interval Count", readonly=True, aggregator=None
    )
    our_amount = fields.Float(
        string="Odoo", digits=(16, 6), readonly=True, aggregator=None
    )
    our_active = fields.Boolean(string="On Sale in Odoo", readonly=True)
    our_code = fields.Char(string="Code in Odoo", readonly=True)
    salesforce_amount = fields.Float(
        string="Salesforce", digits=(16, 6), readonly=True, aggregator=None
    )
    salesforce_active = fields.Boolean(string="On Sale in Salesforce", readonly=True)
    salesforce_name = fields.Char(string="Name in Salesforce", readonly=True)
    salesforce_code = fields.Char(string="Code in Salesforce", readonly=True)
    stripe_amount = fields.Float(
        string="Stripe", digits=(16, 6), readonly=True, aggregator=None
    )
    stripe_active = fields.Boolean(string="On Sale in Stripe", readonly=True)
    stripe_name = fields.Char(string="Name in Stripe", readonly=True)
    stripe_code = fields.Char(string="Code in Stripe", readonly=True)
    has_ours = fields.Boolean(string="Priced in Odoo", readonly=True)
    has_salesforce = fields.Boolean(string="Priced in Salesforce", readonly=True)
    has_stripe = fields.Boolean(string="Priced in Stripe", readonly=True)
    is_double = fields.Boolean(string="Two Prices on Sale", readonly=True)
    is_missing = fields.Boolean(string="Missing Somewhere", readonly=True)
    differs_active = fields.Boolean(string="Archived Somewhere", readonly=True)
    differs_amount = fields.Boolean(string="Amounts Differ", readonly=True)
    differs_name = fields.Boolean(string="Names Differ", readonly=True)
    differs_code = fields.Boolean(string="Codes Differ", readonly=True)
    issue = fields.Selection(
        ISSUES,
        string="Difference",
        readonly=True,
        help="What weighs most of all that differs. Two prices: both are on sale in "
        "Stripe. Archived: at one, and on sale at another. Missing: at one to which it "
        "is published, or here.",
    )

    @property
    def _table_query(self):
        return query()
