# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Billing credits: what was granted to a customer and is taken off before tax
(https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits).

Credits that were given away make the revenue smaller, as a discount does. What was paid
for is a prepayment: using it is revenue, against a liability of which the invoice does
not say where it is in the books.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....canonical import Hold, Money
from .common import identifier, money, part

GIVEN_AWAY = "promotional"
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
    :raises Hold: ``billing_credits``, ``unknown_billing_credits``
    """
    amounts = []
    for credit in entry.get("pretax_credit_amounts") or []:
        if credit.get("type") == _KIND:
            _check(entry, known.get(identifier(credit.get(_KIND))))
            what = f"a billing credit on {entry['id']}"
            amounts.append(money(credit.get("amount"), currency, what))
    return Money.total(amounts, currency)


def _uses(credits: list[dict] | None) -> Iterator[dict | str]:
    for credit in credits or []:
        if credit.get("type") == _KIND:
            yield credit.get(_KIND)


def _check(entry: dict, category: str | None) -> None:
    if not category:
        raise Hold(
            "unknown_billing_credits",
            f"It is not known whether the billing credits on the line {entry['id']} "
            "were sold or given away.",
            "Retry: it is read from Stripe.",
        )
    if category != GIVEN_AWAY:
        raise Hold(
            "billing_credits",
            f"The line {entry['id']} is paid for, in part, with billing credits that "
            "the customer bought: they settle a prepayment, which no account is chosen "
            "for.",
            "Post this invoice by hand: the whole price as revenue, and what the "
            "credits pay against the prepayment; then skip the event.",
        )
