# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lines of invoices: quantities, prices, discounts and taxes as they were billed."""

from decimal import ROUND_HALF_UP, Decimal

from odoo.fields import Command

from ...canonical import Hold, Money, Ref
from .line_mappings import LineMappings
from .routing import Routing

# Decimals that the amount of one unit has at most, where it is an average.
AVERAGE_DECIMALS = 6
# Why a tax was not charged, Stripe's words
# (https://docs.stripe.com/api/invoice-line-item/object, taxes.taxability_reason).
REVERSE_CHARGE = "reverse_charge"
EXEMPT = ("customer_exempt", "product_exempt", "product_exempt_holiday")


class InvoiceLines:
    """Makes the values of the lines of all invoices of a batch."""

    def __init__(self, batch):
        self.batch = batch
        self.env = batch.env
        precision = self.env["decimal.precision"].precision_get
        self.quantity_digits = precision("Product Unit")
        self.discount_digits = precision("Discount")
        self._items = {}
        self.mappings = LineMappings(batch)
        self.routing = batch.lookup or Routing(batch)

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def values(self, document, line, currency, sign):
        """Values of the account.move.line of a line, and of the one that takes off what
        of it was prepaid.

        :param sign: -1 on a credit note, whose amounts are the negatives of the
            invoice's, else 1
        :raises Wait, Hold: a product or tax is not here, or cannot be used
        """
        values = self._line_values(document, line, currency, sign)
        if not line.prepaid:
            return [values]
        return [values, self._prepaid_values(document, line, values, currency, sign)]

    def _line_values(self, document, line, currency, sign):
        taxes = self._taxes(document, line)
        included = [
            amount for tax, amount in taxes.items() if tax.price_include and amount
        ]
        shown = Money.total([line.revenue, *included], line.amount.currency)
        quantity, price, discount = self._terms(line, shown, exact=not taxes)
        values = {
            "display_type": "product",
            "name": line.description or False,
            "q2c_line_id": line.id,
            "quantity": float(quantity),
            "price_unit": float(sign * price),
            "discount": float(discount),
            "tax_ids": [Command.set([tax.id for tax in taxes])],
            "q2c_period_start": line.period_start and line.period_start.date(),
            "q2c_period_end": line.period_end and line.period_end.date(),
            **self._product_values(document, line),
            **self._order_values(document, line),
        }
        if taxes:
            values["extra_tax_data"] = _tax_data(
                values, line.revenue, taxes, currency, sign
            )
        return values

    def _prepaid_values(self, document, line, billed, currency, sign):
        """What was sold before is used: it is not owed once more. The tax is the line's
        own, of what is left; its base is that of both together."""
        connection = self.batch.connection
        account = connection.sold_credit_account_id
        if not account:
            raise Hold(
                "no_sold_credit_account",
                f"{line.prepaid} of the invoice {document.number or document.id} are "
                "paid with billing credits that the customer bought, and the "
                f"connection {connection.name} has no account for what was sold so.",
                "Choose the account of sold credits on the connection's Accounting "
                "page (the one that invoices for credits are booked to, by the mapping "
                "of their product's income), then retry.",
            )
        off = -line.prepaid
        values = {
            "display_type": "product",
            "name": self.env._("Paid with credits: %s", line.description or line.id),
            "quantity": 1,
            "price_unit": float(off if sign > 0 else -off),
            "discount": 0,
            "tax_ids": billed["tax_ids"],
            "account_id": account.id,
        }
        taxes = dict.fromkeys(
            self._taxes(document, line), Money(0, line.amount.currency)
        )
        if taxes:
            values["extra_tax_data"] = _tax_data(values, off, taxes, currency, sign)
        return values

    def _product_values(self, document, line):
        books = self.batch.books
        product = self._product(line)
        account = self.mappings.account(line)
        if product and account:
            return {"product_id": product.id, "account_id": account.id}
        if product:
            return {"product_id": product.id}
        journal = self.journal(document)
        account = account or journal.default_account_id
        if not account:
            raise Hold(
                "no_income_account",
                f"The line {line.description!r} of the invoice {document.number} names "
                "no product, and there is no account to book it to.",
                f"Choose a product of free lines on the connection {books.name}, "
                f"or a default account on the journal {journal.name}, then retry.",
            )
        return {"account_id": account.id}

    def _product(self, line):
        books = self.batch.books
        shipping = books.shipping_product_id if line.is_shipping else None
        return (
            shipping
            or self.batch.record(Ref("price", line.price_id), "q2c.price").product_id
            or self.batch.record(Ref("product", line.product_id), "product.product")
            or books.fallback_product_id
        )

    def journal(self, document):
        """The journal to book it in: by the routing rules, else by the mappings; empty
        where none is chosen."""
        return self._routed("journal_id", document) or self.mappings.journal(document)

    def fiscal_position(self, document):
        """The one that the routing rules say; empty where they say none."""
        return self._routed("fiscal_position_id", document)

    def _routed(self, name, document):
        return self.routing.target(name, document)

    @property
    def _companies(self):
        """The company that is booked in, and those whose branch it is."""
        return self.batch.books.company_id.parent_ids

    # ------------------------------------------------------------------
    # QUANTITY, PRICE, DISCOUNT
    # ------------------------------------------------------------------

    def _terms(self, line, shown, exact):
        """(quantity, unit price, discount in percent) as Decimals that make ``shown``:
        as they were billed, if they do.

        :param exact: they must make it without any rounding, which Odoo might do for
            all lines of an invoice together
        """
        amount = line.amount.major
        percent = self._percent(line)
        terms = [(line.quantity, unit, percent) for unit in self._unit_amounts(line)]
        terms.append((Decimal(1), amount, percent))
        for quantity, price, discount in terms:
            made = quantity * price * (1 - discount / 100)
            step = Decimal(1).scaleb(shown.major.as_tuple().exponent)
            if not exact:
                made = made.quantize(step, ROUND_HALF_UP)
            if made == shown.major:
                return quantity, price, discount
        return Decimal(1), shown.major, Decimal(0)

    def _unit_amounts(self, line):
        """What one unit may have cost: as it is told, or, for tiers and packages, which
        have no one amount per unit, on average."""
        if not line.quantity or not self._keeps(line.quantity):
            return
        if line.unit_amount is not None:
            yield line.unit_amount.major
        average = line.amount.major / line.quantity
        if -average.as_tuple().exponent <= AVERAGE_DECIMALS:
            yield average

    def _percent(self, line):
        if not line.discount or not line.amount:
            return Decimal(0)
        percent = 100 * line.discount.major / line.amount.major
        return round(percent, self.discount_digits)

    def _keeps(self, quantity):
        """Whether Odoo stores ``quantity`` with all its decimals."""
        return quantity == round(quantity, self.quantity_digits)

    # ------------------------------------------------------------------
    # TAXES
    # ------------------------------------------------------------------

    def rates(self, document):
        """{id of a tax rate: account.tax} for all lines of ``document``.

        :raises Wait: a tax rate is not linked to a tax yet
        """
        return {
            tax.rate_id: self._rate(tax.rate_id)
            for line in document.lines
            for tax in line.taxes
        }

    def _rate(self, rate_id):
        """The tax that the rate is in the company that is booked in.

        :raises Wait: it is not linked to a tax yet
        :raises Hold: ``tax_not_mapped``
        """
        books, ref = self.batch.books, Ref("tax_rate", rate_id)
        if not rate_id or not self.batch.connection.entity_ids:
            return self.batch.record(ref, "account.tax")
        if mapped := self.mappings.target("tax_rate", rate_id):
            return mapped
        # sudo: a tax of another company says what the rate is
        tax = self.batch.record(ref, "account.tax").sudo()
        if tax.company_id in self._companies:
            return tax.sudo(False)
        self.mappings.seen(
            "tax_rate",
            rate_id,
            tax.name,
            name=tax.name,
            amount_type=tax.amount_type,
            amount=tax.amount,
            country=tax.country_code or "",
            inclusive=bool(tax.price_include),
        )
        raise Hold(
            "tax_not_mapped",
            f"The tax rate {rate_id} is {tax.name} in {tax.company_id.name}, and no "
            f"tax of {books.company_id.name} yet.",
            f"Choose its tax of {books.company_id.name} under Configuration, Mappings: "
            "what waits for it goes on by itself.",
        )

    def _taxes(self, document, line):
        """{account.tax: Money}; rates that are linked to the same tax are one."""
        sums = {}
        for told in line.taxes:
            tax = self._tax(told)
            if not tax or tax.amount_type == "group":
                raise Hold(
                    "tax_unusable",
                    f"The tax rate {told.rate_id or 'without an id'} on the invoice "
                    f"{document.number} is not linked to a single tax.",
                    "Link the tax rate to a tax that is not a group, then retry.",
                )
            sums[tax] = told.amount + sums[tax] if tax in sums else told.amount
        return sums

    def _tax(self, told):
        """The tax of the rate; where it was not charged for a reason, the tax under
        which that is reported, if one is chosen."""
        books, tax = self.batch.books, self._rate(told.rate_id)
        if told.amount:
            return tax
        if told.reason == REVERSE_CHARGE:
            return books.reverse_charge_tax_id or tax
        return told.reason in EXEMPT and books.exempt_tax_id or tax

    # ------------------------------------------------------------------
    # THE ORDER
    # ------------------------------------------------------------------

    def _order_values(self, document, line):
        """The order line that is billed, so that the order shows as invoiced."""
        subscription = self.batch.record(
            Ref("subscription", document.subscription_id), "q2c.subscription"
        )
        items = self._items_of(subscription)
        price = self.batch.record(Ref("price", line.price_id), "q2c.price")
        item = items.get(line.subscription_item_id) or items.get(price)
        order_line = item and item.order_line_id
        if not order_line:
            return {}
        return {"sale_line_ids": [Command.set(order_line.ids)]}

    def _items_of(self, subscription):
        """{external id, and price: item}; what is billed once has no external id."""
        if subscription not in self._items:
            keys = {item.price_id: item for item in reversed(subscription.item_ids)}
            for item in subscription.item_ids:
                if item.external_id:
                    keys[item.external_id] = item
            self._items[subscription] = keys
        return self._items[subscription]


def _tax_data(values, net, taxes, currency, sign):
    """The provider's amounts for Odoo's tax engine (account.tax, method
    _import_base_line_extra_tax_data), which takes them instead of its own as long as
    the line's currency, price, quantity, discount and taxes stay as they are here."""
    net = float(net if sign > 0 else -net)
    return {
        "currency_id": currency.id,
        "price_unit": values["price_unit"],
        "quantity": values["quantity"],
        "discount": values["discount"],
        "manual_total_excluded_currency": net,
        "manual_tax_amounts": {
            str(tax.id): {
                "base_amount_currency": net,
                "tax_amount_currency": float(amount if sign > 0 else -amount),
            }
            for tax, amount in taxes.items()
        },
    }
