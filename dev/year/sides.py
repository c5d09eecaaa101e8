# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is planted to be held, and what is left of Stripe's side without it."""

from collections import Counter
from functools import cached_property

from . import catalogue
from .compare import NOTHING
from .stripe_books import rates


class Sides:
    """``StripeBooks`` and ``OdooBooks``.

    What is held is left out of Stripe's side: it is not to be in the books, and the
    checks say so where it is.

    :param paid_in_odoo: invoices that were paid into the bank without Stripe's knowing
    """

    def __init__(self, stripe, odoo, paid_in_odoo):
        self.stripe = stripe
        self.odoo = odoo
        self.paid_in_odoo = paid_in_odoo
        self.accounts = odoo.accounts()

    def planted(self):
        """{(kind, id): reason} of what is planted to be held."""
        code = catalogue.INACTIVE
        held = {
            ("tax_rate", key): "tax_not_mapped"
            for key, rate in self.stripe.tax_rates.items()
            if rate["display_name"] == catalogue.TAXES[catalogue.UNKNOWN].name
        }
        for kind, rows in (
            ("price", self._prices(code)),
            ("subscription", self.stripe.subscriptions),
            ("invoice", self.stripe.invoices),
            ("payment", by_intent(self.stripe.charges)),
            ("balance_transaction", self.stripe.transactions),
            ("payout", self.stripe.payouts),
        ):
            held |= {
                (kind, key): "currency_inactive"
                for key, row in rows.items()
                if row["currency"] == code
            }
        return held | {
            ("balance_transaction", key): "no_category_account"
            for key, row in self.stripe.transactions.items()
            if row["reporting_category"] == catalogue.UNMAPPED
        }

    def _prices(self, code):
        return {k: p for k, p in self.stripe.prices.items() if p["currency"] == code}

    @cached_property
    def held_invoices(self):
        """Ids of the invoices that cannot be booked because of what failed."""
        unknown = {key for kind, key in self.odoo.failed if kind == "tax_rate"}
        return {
            key
            for key, invoice in self.stripe.invoices.items()
            if ("invoice", key) in self.odoo.failed or unknown & rates(invoice)
        }

    @cached_property
    def invoices(self):
        """Stripe's invoices that must be in the books."""
        return {
            key: invoice
            for key, invoice in self.stripe.invoices.items()
            if key not in self.held_invoices
        }

    @cached_property
    def gifts(self):
        """Ids of the uses of billing credits that were given away."""
        uses = self.stripe.credit_uses.items()
        return {use for use, grant in uses if grant not in self.stripe.sold_credits}

    @cached_property
    def charges(self):
        """Stripe's charges that must be in the books."""
        return {
            key: charge
            for key, charge in self.stripe.charges.items()
            if not self.held_invoices & set(self.paid(charge))
        }

    @cached_property
    def returned(self):
        """{invoice: what the bank took back of its payments}"""
        found = Counter()
        for charge in self.charges.values():
            if not is_kept(charge):
                found.update(self.paid(charge))
        return found

    def owed(self, key):
        """What is still to be paid of the invoice ``key``. What was given up is written
        off; where a debit was returned Stripe still has it as paid."""
        invoice = self.invoices[key]
        remaining = invoice["amount_remaining"] if invoice["status"] == "open" else 0
        return remaining + self.returned[key]

    def paid(self, charge):
        """{invoice: what the charge paid of it}"""
        return self.stripe.paid_by.get(charge["payment_intent"], NOTHING)

    def planted_payments(self):
        """What is planted to be booked and looked at all the same."""
        return {("payment", key): "overpaid" for key in self.paid_twice()}

    def paid_twice(self):
        """{PaymentIntent: amount} of what was paid into the bank before."""
        return {
            key: charge["amount"]
            for key, charge in by_intent(self.charges).items()
            if self.paid_in_odoo & set(self.paid(charge))
        }


def by_intent(charges):
    """{PaymentIntent: charge}"""
    return {charge["payment_intent"]: charge for charge in charges.values()}


def is_kept(charge):
    """Whether its money was not returned."""
    return not charge["failure_balance_transaction"]
