# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Prices that are entries of a price list."""

from dataclasses import dataclass

from odoo import models

from ...canonical import Hold, Price, Ref, UnitAmount, Wait

ENTRY = "q2c.price.entry"


@dataclass(frozen=True, slots=True)
class Facts:
    """Of all entries of a batch, read together.

    ``amounts``: {entry: Decimal or None}, standard ones included. ``products``,
    ``books``, ``entries``: {record: the provider's id}. ``standards``: {entry: the
    standard one in its currency, itself where it is that}.
    """

    amounts: dict
    products: dict
    books: dict
    entries: dict
    standards: dict


class PriceExporter(models.AbstractModel):
    _inherit = "q2c.exporter.price"

    def _documents(self, connection, records):
        if records._name != ENTRY:
            return super()._documents(connection, records)
        facts = self._facts(connection, records)
        return self._each(
            records, lambda entry: self._of_entry(connection, entry, facts)
        )

    def _facts(self, connection, entries):
        company = connection.company_id
        lists = self.env["product.pricelist"]
        standard_lists = {
            currency: lists._q2c_standard(company, currency)
            for currency in entries.currency_id
        }
        keys = {
            entry: (
                entry.product_id,
                standard_lists[entry.currency_id],
                entry.currency_id,
            )
            for entry in entries
        }
        found = self.env[ENTRY]._obtain(company, keys.values())
        standards = {entry: found[key] for entry, key in keys.items()}
        everything = entries.union(*standards.values())
        books = lists.union(*(self._book(connection, e) for e in everything))
        return Facts(
            amounts=everything._own_amounts(),
            products=self._known_ids(connection, "product", entries.product_id),
            books=self._known_ids(connection, "price_list", books),
            entries=self._known_ids(connection, "price", everything),
            standards=standards,
        )

    def _of_entry(self, connection, entry, facts):
        """What Odoo has no price of any more is not on sale there.

        :raises Wait: book, product or standard price are not there yet
        :raises Hold: there is no standard price
        """
        amount = facts.amounts[entry]
        book = self._book(connection, entry)
        if not facts.books.get(book):
            raise Wait(
                "dependency",
                f"The price book of {entry.display_name} is not linked to one at "
                f"{connection.name} yet.",
                needs=Ref("price_list", f"{book._name},{book.id}") if book else None,
            )
        if not facts.products.get(entry.product_id):
            self._require(connection, {"product": entry.product_id})
        self._check_standard(connection, entry, facts)
        currency, product = entry.currency_id.name, entry.product_id
        return Price(
            **self._common(connection, entry),
            product_id=facts.products[product],
            price_list_id=facts.books[book],
            unit_amount=None
            if amount is None
            else UnitAmount.of_major(amount, currency),
            currency=currency,
            interval=product.q2c_interval,
            interval_count=product.q2c_interval_count,
            active=amount is not None and (entry.pricelist_id or book).active,
        )

    def _book(self, connection, entry):
        """The list that is linked to the price book that the entry is in."""
        pricelist = entry.pricelist_id
        if pricelist and not pricelist.q2c_is_standard:
            return pricelist.q2c_main_id or pricelist
        return pricelist._q2c_standard_book(connection.company_id)

    def _check_standard(self, connection, entry, facts):
        """A book wants the standard price in its currency first."""
        standard = facts.standards[entry]
        if standard == entry or standard in facts.entries or entry in facts.entries:
            return
        if not facts.amounts[standard]:
            currency = entry.currency_id.name
            raise Hold(
                "no_standard_price",
                f"{entry.product_id.display_name} has no standard price in {currency}, "
                "which a price book needs first.",
                f"Enter it in a pricelist in {currency} that is marked as Standard "
                "Prices.",
            )
        self._require(connection, {"price": standard})
