# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bringing products and prices to one connection. Everything goes through the outbox;
commands that have nothing new to say are dropped there."""

from odoo import models
from odoo.fields import Domain

from ..engine.queued import OPEN_STATES
from ..policy.owned_fields import ODOO, ORIGIN


class Connection(models.Model):
    _inherit = "q2c.connection"

    # ------------------------------------------------------------------
    # PRODUCTS
    # ------------------------------------------------------------------

    def _publish(self, products, anyway=False):
        """Have ``products`` and their prices brought there, as far as they are to be
        published and Odoo is asked what they are.

        :param anyway: a person says so, whatever is published or owned
        """
        self.ensure_one()
        # sudo: see _followers
        products = products.sudo().with_context(active_test=False)
        if not anyway:
            products = products.filtered_domain(self._published())
        if not products:
            return
        linked = self.env["q2c.binding"]._of_records(self, "product", products)
        new = products.filtered(lambda p: p.active and p.id not in linked)
        self._enqueue("create", "product", new)
        priced = products if anyway else self._whose_prices_are_told(products)
        if self._provider()._catalogue == "lists":
            self._publish_entries(priced, anyway)
        else:
            self._publish_prices(priced, anyway)
        # After their prices: a product names one, which must be on sale by then.
        by_rule = ODOO in self._owners_of("product").values()
        told = products.filtered(
            lambda p: (
                p.id in linked and (anyway or by_rule or not linked[p.id].is_origin)
            )
        )
        self._enqueue("update", "product", told, linked if anyway else ())

    def _whose_prices_are_told(self, products):
        """Those of which somebody else than this connection says what they cost."""
        owner = self._owners_of("price").get("amount", ORIGIN)
        if owner == self.provider:
            return products.browse()
        if owner != ORIGIN:
            return products
        linked = self.env["q2c.binding"]._of_records(self, "product", products)
        origins = {id_ for id_, binding in linked.items() if binding.is_origin}
        return products.filtered(lambda product: product.id not in origins)

    def _owners_of(self, kind):
        return self.env["q2c.ownership.rule"]._owners(self.company_id, kind)

    def _enqueue(self, verb, kind, records, linked=()):
        """
        :param linked: {record id: binding}; what is told although it may be the same
            that was sent last, before the other side changed it
        """
        for binding in (linked[id_] for id_ in records.ids if id_ in linked):
            binding.sent_fingerprint = False
        self.env["q2c.command"]._enqueue(self, verb, kind, records)

    # ------------------------------------------------------------------
    # WHERE PRICE LISTS ARE KEPT
    # ------------------------------------------------------------------

    def _publish_lists(self, pricelists):
        """Have price books made of ``pricelists``, and changed as these are. Those that
        came from a book are the provider's."""
        self.ensure_one()
        if self._provider()._catalogue != "lists":
            return
        mains = pricelists.sudo().q2c_main_id | pricelists.sudo().filtered(
            lambda pricelist: not pricelist.q2c_main_id
        )
        mains = mains.filtered(lambda pricelist: not pricelist.q2c_is_standard)
        linked = self.env["q2c.binding"]._of_records(self, "price_list", mains)
        new = mains.filtered(lambda m: m.q2c_publish and m.active)
        self._enqueue(
            "create", "price_list", new.filtered(lambda m: m.id not in linked)
        )
        told = mains.filtered(lambda m: m.id in linked and not linked[m.id].is_origin)
        self._enqueue("update", "price_list", told)

    def _publish_entries(self, products, anyway=False):
        entries = self._entries(products, self._lists_kept())
        linked = self.env["q2c.binding"]._of_records(self, "price", entries)
        own = entries._own_amounts()
        new = entries.filtered(
            lambda e: e.id not in linked and own[e] and e.product_id.active
        )
        self._enqueue("create", "price", new)
        told = entries.filtered(lambda e: e.id in linked)
        self._enqueue("update", "price", told, linked if anyway else ())

    def _lists_kept(self):
        """Pricelists that are, or are to be, price books there."""
        # sudo: links are the engine's own
        bindings = self.env["q2c.binding"].search(
            [("connection_id", "=", self.id), ("kind", "=", "price_list")]
        )
        ids = bindings.mapped("res_id")
        kept = Domain("id", "in", ids) | Domain("q2c_main_id", "in", ids)
        published = Domain("q2c_publish", "=", True)
        return self._standard_lists() | self.env["product.pricelist"].search(
            (kept | published | Domain("q2c_main_id.q2c_publish", "=", True))
            & Domain("company_id", "in", [False, self.company_id.id])
            & Domain("q2c_is_standard", "=", False)
        )

    def _standard_lists(self):
        company = self.company_id
        return self.env["product.pricelist"].search(
            [
                ("q2c_is_standard", "=", True),
                ("currency_id", "!=", company.currency_id.id),
                ("company_id", "in", [False, company.id]),
            ]
        )

    def _entries(self, products, pricelists):
        """Where ``products`` stand: at their sales prices and in ``pricelists``. Also
        where they stood once, for what is told of that."""
        empty = self.env["product.pricelist"]
        keys = [(product, empty, self.company_id.currency_id) for product in products]
        items = self.env["product.pricelist.item"].search(
            [
                ("pricelist_id", "in", pricelists.ids),
                ("product_tmpl_id", "in", products.product_tmpl_id.ids),
                ("compute_price", "=", "fixed"),
            ]
        )
        by_template = products.grouped("product_tmpl_id")
        for item in items:
            share = item.product_id & products
            if not item.product_id:
                share = by_template[item.product_tmpl_id]
            lists = item.pricelist_id
            keys += [(product, lists, lists.currency_id) for product in share]
        model = self.env["q2c.price.entry"]
        entries = model.union(*model._obtain(self.company_id, keys).values())
        return entries | model.search(
            [
                ("company_id", "=", self.company_id.id),
                ("product_id", "in", products.ids),
                ("pricelist_id", "in", [False, *pricelists.ids]),
            ]
        )

    # ------------------------------------------------------------------
    # WHERE PRICES STAND ALONE
    # ------------------------------------------------------------------

    def _publish_prices(self, products, anyway=False):
        """A price is fixed for good there: another amount is a new price, which takes
        over once it is there; then the former one is archived."""
        products = products.filtered("active")
        entries = self._entries(products, self._standard_lists())
        keys = self._price_keys(entries)
        model = self.env["q2c.price"]
        current = model.union(*model._obtain(keys.values()).values())
        former = self._former(entries, current)
        former.write({"is_catalogue": False, "active": False})
        self._withdraw(former)
        current.filtered(lambda price: not (price.is_catalogue and price.active)).write(
            {"is_catalogue": True, "active": True}
        )
        linked = self.env["q2c.binding"]._of_records(self, "price", current)
        new = current.filtered(lambda price: price.id not in linked)
        self._enqueue("create", "price", new)
        self._enqueue("update", "price", current - new, linked if anyway else ())
        self._take_over(current - new)
        replaced = {(price.product_id, price.currency_id) for price in current}
        gone = former.filtered(
            lambda price: (price.product_id, price.currency_id) not in replaced
        )
        gone._take_off_sale()

    def _price_keys(self, entries):
        """{entry: key of its billing price} of those that cost something."""
        keys = {}
        for entry, amount in entries._own_amounts().items():
            product = entry.product_id
            taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
            if amount:
                keys[entry] = (
                    product,
                    entry.currency_id,
                    float(amount),
                    product.q2c_interval,
                    product.q2c_interval_count,
                    bool(taxes) and all(taxes.mapped("price_include")),
                    False,
                )
        return keys

    def _former(self, entries, current):
        """Prices that were published for ``entries``, and are not ``current``."""
        places = {(entry.product_id, entry.currency_id) for entry in entries}
        prices = self.env["q2c.price"].search(
            [
                ("is_catalogue", "=", True),
                ("product_id", "in", entries.product_id.ids),
            ]
        )
        prices = prices.filtered(lambda p: (p.product_id, p.currency_id) in places)
        return prices - current

    def _withdraw(self, prices):
        """What was not sent yet need not be any more."""
        commands = self.env["q2c.command"].search(
            [
                ("connection_id", "=", self.id),
                ("verb", "=", "create"),
                ("kind", "=", "price"),
                ("res_model", "=", prices._name),
                ("res_id", "in", prices.ids),
                ("state", "in", OPEN_STATES),
                ("first_sent_at", "=", False),
            ]
        )
        commands._finish("skipped", "superseded")

    def _take_over(self, prices):
        """``prices`` are there: products come to name them, then what they were sold at
        before is archived, which is refused as long as a product names it."""
        own = self.company_id.currency_id
        products = prices.filtered(lambda p: p.currency_id == own).product_id
        self.env["q2c.command"]._enqueue(self, "update", "product", products)
        former = self.env["q2c.price"].search(
            [("active", "=", False), ("product_id", "in", prices.product_id.ids)]
        )
        linked = self.env["q2c.binding"]._of_records(self, "price", former)
        on_sale = former.filtered(
            lambda price: (
                price.id in linked
                and (linked[price.id].figures or {}).get("active", True)
            )
        )
        self.env["q2c.command"]._enqueue(self, "update", "price", on_sale)
