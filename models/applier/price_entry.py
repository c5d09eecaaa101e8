# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...canonical import Ref
from ..policy.owned_fields import ORIGIN
from .currencies import Currencies


class PriceEntryApplier(models.AbstractModel):
    """Entries of price books keep their place, whatever they cost; what Odoo says they
    cost follows them where the provider is the one to ask."""

    _name = "q2c.applier.price.entry"
    _inherit = "q2c.applier"
    _description = "Price to Price List Entry"

    _target = "q2c.price.entry"

    def _apply(self, batch):
        codes = [item.document.currency for item in batch.open_items]
        currencies = Currencies(batch.connection, codes)
        lists = {}
        keys = batch.collect(lambda item: self._key(batch, item, currencies, lists))
        company = batch.connection.company_id
        entries = batch.env[self._target]._obtain(company, keys.values())
        records = {item: entries[key] for item, key in keys.items()}
        batch.bind(records)
        self._take(batch, records)

    def _key(self, batch, item, currencies, lists):
        """
        :param lists: {(id of the price book, currency): pricelist}, filled in
        """
        document = item.document
        product = batch.record(Ref("product", document.product_id), "product.product")
        currency = currencies.get(document.currency, f"The price {document.id}")
        ref = Ref("price_list", document.price_list_id)
        book = batch.record(ref, "product.pricelist")
        if (ref, currency) not in lists:
            # sudo: lists follow from the books
            found = book.sudo()._q2c_in(currency, book in lists.values())
            lists[ref, currency] = found.with_env(batch.env)
        return product, lists[ref, currency], currency

    def _take(self, batch, records):
        """Where the provider says what a product costs, it costs that in Odoo; else
        only what has no price yet gets one."""
        owner = batch.env["q2c.ownership.rule"]._owners(
            batch.connection.company_id, "price"
        )
        owner = owner.get("amount", ORIGIN)
        own = batch.env[self._target].browse([e.id for e in records.values()])
        own = own._own_amounts()
        amounts = {}
        for item, entry in records.items():
            said = self._amount(item)
            if self._wins(batch, item, owner) or (said and not own[entry]):
                # The sales price is never taken away, only lists can lack a product.
                amounts[entry] = said
        # sudo: prices follow from the books, whoever the flow runs as
        batch.env[self._target].sudo()._set_amounts(
            {entry.sudo(): amount for entry, amount in amounts.items()}
        )

    def _wins(self, batch, item, owner):
        if owner != ORIGIN:
            return owner == batch.connection.provider
        binding = batch.bindings.get(Ref("product", item.document.product_id))
        return bool(binding and binding.is_origin)

    def _amount(self, item):
        document = item.document
        if document.deleted or not document.active or document.unit_amount is None:
            return None
        return document.unit_amount.major
