# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Billing credits: what was granted to a customer and is taken off before tax
(https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits).

Credits that were given away make the revenue smaller, as a discount does. What was paid
for is a prepayment: using it is revenue, against the liability that its sale was booked
to. Stripe takes either off before tax, so its taxes are of what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....canonical import Hold, InvoiceLine, Money
from .common import identifier, money, part

GIVEN_AWAY = "promotional"
SOLD = "paid"
_KIND = "credit_balance_transaction"
# The list of all credits, on an invoice and on a credit note.
_TOTALS = ("total_pretax_credit_amounts", "pretax_credit_amounts")


def categories(content: dict) -> dict[str, str]:
    """{id of a use of a grant: category of the grant, empty where it is not told}"""
    uses = [use for name in _TOTALS for use in _uses(content.get(name))]
    return {
        identifier(use): part(use, "credit_grant", "category") or "" for use in uses
    }


def is_incomplete(content: dict) -> bool:
    """Whether credits were used of which it is not known what they are."""
    known = categories(content)
    lines = part(content, "lines", "data") or []
    used = {
        identifier(use)
        for line in lines
        for use in _uses(line.get("pretax_credit_amounts"))
    }
    return not all(known.get(use) for use in used | set(known))


def taken_off(entry: dict, known: dict[str, str], currency: str) -> Money:
    """What credits that were given away take off a line.

    :param known: see :func:`categories`
    :raises Hold: ``unknown_billing_credits``
    """
    return _used(entry, known, currency, GIVEN_AWAY)


def prepaid(entry: dict, known: dict[str, str], currency: str) -> Money | None:
    """What of a line is paid with credits that were sold; None for nothing.

    :param known: see :func:`categories`
    :raises Hold: ``billing_credits``, ``unknown_billing_credits``
    """
    amount = _used(entry, known, currency, SOLD)
    if not amount:
        return None
    taxes = entry.get("taxes") or entry.get("tax_amounts") or []
    if any(
        tax.get("tax_behavior") == "inclusive" or tax.get("inclusive") for tax in taxes
    ):
        raise Hold(
            "billing_credits",
            f"The line {entry['id']} is paid for, in part, with billing credits that "
            f"the customer bought ({amount}), and its price includes tax: how much of "
            "that is tax, and whether it was due when the credits were sold, is not "
            "told.",
            "Post this invoice by hand: what the credits pay as revenue, and as tax "
            "where it is due, against the account of sold credits; then skip the "
            "event.",
        )
    return amount


def check_credited(lines: Iterable[InvoiceLine], note: str) -> None:
    """Whether credits that were sold live up again by a credit note is not told on it.

    :param note: id of the credit note
    :raises Hold: ``billing_credits``
    """
    if any(line.prepaid for line in lines):
        raise Hold(
            "billing_credits",
            f"The credit note {note} takes back what was paid for, in part, with "
            "billing credits that the customer bought. It does not say whether the "
            "customer can use them again.",
            "Look at the customer's credit grants in Stripe, post this credit note by "
            "hand, against the account of sold credits where they were given back; "
            "then skip the event.",
        )


def _used(entry: dict, known: dict[str, str], currency: str, category: str) -> Money:
    amounts = []
    for credit in entry.get("pretax_credit_amounts") or []:
        if credit.get("type") == _KIND:
            found = known.get(identifier(credit.get(_KIND)))
            _check(entry, found)
            if found == category:
                what = f"a billing credit on {entry['id']}"
                amounts.append(money(credit.get("amount"), currency, what))
    return Money.total(amounts, currency)


def _uses(credits: list[dict] | None) -> Iterator[dict | str]:
    for credit in credits or []:
        if credit.get("type") == _KIND:
            yield credit.get(_KIND)


def _check(entry: dict, category: str | None) -> None:
    if category not in (GIVEN_AWAY, SOLD):
        raise Hold(
            "unknown_billing_credits",
            f"It is not known whether the billing credits on the line {entry['id']} "
            "were sold or given away.",
            "Retry: it is read from Stripe.",
        )
