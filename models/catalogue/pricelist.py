# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Price lists, which elsewhere hold several currencies, and here one each."""

from odoo import api, fields, models


class ProductPricelist(models.Model):
    _name = "product.pricelist"
    _inherit = ["product.pricelist", "q2c.synced"]

    q2c_main_id = fields.Many2one(
        "product.pricelist",
        string="Further Currency Of",
        index="btree_not_null",
        domain="[('q2c_main_id', '=', False)]",
        help="Both are one price book in Salesforce, in two currencies.",
    )
    q2c_is_standard = fields.Boolean(
        string="Standard Prices",
        copy=False,
        help="The prices in this currency that other pricelists depart from: what the "
        "sales price of a product is in the company's own currency.",
    )
    q2c_is_book = fields.Boolean(
        string="From a Price Book",
        readonly=True,
        copy=False,
        help="It was made from a price book. No customer gets it unless somebody says "
        "so.",
    )
    q2c_publish = fields.Boolean(
        string="Publish",
        copy=False,
        help="Make it a price book where the catalogue is published to and price lists "
        "are kept.",
    )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        pricelists = super().create(vals_list)
        pricelists.filtered("q2c_publish")._q2c_publish()
        return pricelists

    def write(self, vals):
        result = super().write(vals)
        if {"name", "active", "q2c_publish", "q2c_is_standard"}.intersection(vals):
            self._q2c_publish()
        return result

    def _q2c_publish(self):
        """Bring the lists and their prices to where the catalogue is published."""
        connections = self.env["q2c.connection"]._followers() if self else ()
        for connection in connections:
            connection._publish_lists(self)
            connection._publish(self.item_ids._q2c_products())

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    def _q2c_in(self, currency, is_used=False):
        """The list of the same price book in ``currency``; made if there is none.

        The standard prices in the company's own currency are the products' sales
        prices: of those there is no list, and it is empty.

        :param is_used: it is known to be one in its currency
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        if self.q2c_is_standard and currency == company.currency_id:
            return self.browse()
        if self.currency_id == currency:
            return self
        is_used = is_used or not self.q2c_is_book or self.q2c_is_standard
        if not is_used and not self._q2c_is_used():
            # It is in the first currency that the book has.
            self.currency_id = currency
            return self
        further = self.with_context(active_test=False).search(
            [("q2c_main_id", "=", self.id), ("currency_id", "=", currency.id)], limit=1
        )
        if self.q2c_is_standard:
            further = further or self._q2c_standard(company, currency)
        return further or self.create(
            {
                "name": self.name,
                "active": self.active,
                "sequence": self.sequence,
                "currency_id": currency.id,
                "company_id": self.company_id.id,
                "q2c_main_id": self.id,
                "q2c_is_standard": self.q2c_is_standard,
                "q2c_is_book": self.q2c_is_book,
                "q2c_publish": self.q2c_publish,
            }
        )

    def _q2c_is_used(self):
        self.ensure_one()
        entries = self.env["q2c.price.entry"].sudo()  # only whether there is one
        return bool(
            self.item_ids or entries.search([("pricelist_id", "=", self.id)], limit=1)
        )

    @api.model
    def _q2c_standard(self, company, currency):
        """The list of the standard prices in a further currency; empty where there is
        none, and for the company's own."""
        return self.search(
            [
                ("q2c_is_standard", "=", True),
                ("currency_id", "=", currency.id),
                ("currency_id", "!=", company.currency_id.id),
                ("company_id", "in", [False, company.id]),
            ],
            order="company_id, sequence, id",
            limit=1,
        )

    @api.model
    def _q2c_standard_made(self, company, currency, name):
        """As above, made under ``name`` if there is none."""
        if currency == company.currency_id:
            return self.browse()
        return self._q2c_standard(company, currency) or self.create(
            {
                "name": name,
                "currency_id": currency.id,
                "company_id": company.id,
                "sequence": 100,
                "q2c_is_standard": True,
                "q2c_is_book": True,
            }
        )

    @api.model
    def _q2c_standard_book(self, company):
        """The list that is linked to the price book of the standard prices."""
        return self.with_context(active_test=False).search(
            [
                ("q2c_is_standard", "=", True),
                ("q2c_is_book", "=", True),
                ("q2c_main_id", "=", False),
                ("currency_id", "=", company.currency_id.id),
                ("company_id", "in", [False, company.id]),
            ],
            limit=1,
        )

    def _get_partner_pricelist_multi_search_domain_hook(self, company_id):
        """A price book is not somebody's pricelist because there is no other."""
        domain = super()._get_partner_pricelist_multi_search_domain_hook(company_id)
        return [*domain, ("q2c_is_book", "=", False)]
