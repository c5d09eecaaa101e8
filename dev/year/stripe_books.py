# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Stripe says at the end, in minor units (integers)."""

from collections import Counter
from functools import cached_property

from .calendar import date_at


class StripeBooks:
    """Everything of a ``SimulatedAccount``, each list read once."""

    def __init__(self, account):
        self._account = account

    def _all(self, resource, **filters):
        return {item["id"]: item for item in self._account.all_of(resource, **filters)}

    @cached_property
    def customers(self):
        return self._all("customers")

    @cached_property
    def invoices(self):
        """Those that were issued."""
        found = self._all("invoices")
        return {key: i for key, i in found.items() if i["status"] != "draft"}

    @cached_property
    def prices(self):
        return self._all("prices")

    @cached_property
    def coupons(self):
        return self._all("coupons")

    @cached_property
    def promotion_codes(self):
        return self._all("promotion_codes")

    @cached_property
    def subscriptions(self):
        return self._all("subscriptions", status="all")

    @cached_property
    def charges(self):
        """Those that brought money, and those of them that were returned."""
        return {
            key: charge
            for key, charge in self._all("charges").items()
            if charge["paid"] or charge["failure_balance_transaction"]
        }

    @cached_property
    def credit_notes(self):
        return self._all("credit_notes")

    @cached_property
    def refunds(self):
        return self._all("refunds")

    @cached_property
    def transactions(self):
        return self._all("balance_transactions")

    @cached_property
    def disputes(self):
        return self._all("disputes")

    @cached_property
    def payouts(self):
        return self._all("payouts")

    @cached_property
    def sold_credits(self):
        """Billing credits that were paid for: {grant: what Stripe says of it}."""
        return {
            grant["id"]: grant
            for grant in self._account.all_of("billing.credit_grants")
            if grant["category"] == "paid"
        }

    @cached_property
    def credit_uses(self):
        """{id of a use of billing credits: the grant that was used}"""
        return {
            row["id"]: row["credit_grant"]
            for customer in self.customers
            for row in self._account.all_of(
                "billing.credit_balance_transactions", customer=customer
            )
            if row["type"] == "debit"
        }

    @cached_property
    def tax_rates(self):
        return self._all("tax_rates")

    @cached_property
    def paid_by(self):
        """{PaymentIntent: {invoice: minor units that it paid of it}}"""
        found = {}
        for row in self._all("invoice_payments").values():
            intent = row["payment"].get("payment_intent")
            if intent and row["status"] == "paid":
                found.setdefault(intent, {})[row["invoice"]] = row["amount_paid"]
        return found


def figures(document):
    """An issued invoice or credit note, as the books must have it: what goes to the
    customer is negative."""
    sign = 1 if document["object"] == "invoice" else -1
    taxes = Counter()
    for tax in document["total_taxes"] or []:
        taxes[tax["tax_rate_details"]["tax_rate"]] += sign * tax["amount"]
    return {
        "currency": document["currency"].upper(),
        "date": _issued_on(document),
        "untaxed": sign * document["total_excluding_tax"],
        "taxes": {rate: amount for rate, amount in sorted(taxes.items()) if amount},
        "total": sign * document["total"],
    }


def _issued_on(document):
    if document["object"] == "invoice":
        return date_at(document["status_transitions"]["finalized_at"])
    return date_at(document["effective_at"] or document["created"])


def rates(invoice):
    """Ids of the tax rates that it bears, also those of zero."""
    return {tax["tax_rate_details"]["tax_rate"] for tax in invoice["total_taxes"] or []}


def lines(invoice, gifts):
    """{line: net} of an invoice, without taxes that are included.

    :param gifts: ids of the uses of billing credits that were given away
    """
    if invoice["lines"]["has_more"]:
        raise ValueError(f"{invoice['id']} has more lines than it shows")
    return {line["id"]: _net(line, gifts) for line in invoice["lines"]["data"]}


def before_tax(line):
    """What a line comes to after discounts, with the taxes that are included."""
    return line["amount"] - sum(
        each["amount"] for each in line["discount_amounts"] or []
    )


def credits_used(entry):
    """{id of a use of billing credits: minor units} of an invoice or a line of one."""
    for name in ("total_pretax_credit_amounts", "pretax_credit_amounts"):
        found = {
            each["credit_balance_transaction"]: each["amount"]
            for each in entry.get(name) or ()
            if each["type"] == "credit_balance_transaction"
        }
        if found:
            return found
    return {}


def _net(line, gifts):
    included = sum(
        tax["amount"]
        for tax in line["taxes"] or []
        if tax["tax_behavior"] == "inclusive"
    )
    given = sum(n for use, n in credits_used(line).items() if use in gifts)
    return before_tax(line) - given - included
