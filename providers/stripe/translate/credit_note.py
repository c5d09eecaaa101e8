# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credit note → credit note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ....canonical import CreditNote, Hold, InvoiceLine, Money, RefundPart, UnitAmount
from ..moment import parse_day
from . import billing_credits, totals
from .common import entries, head, identifier, money, number, part, text
from .invoice_line import invoice_line
from .shipping import shipping_line


def credit_note(content: dict, tolerance: int = 0) -> CreditNote:
    """Only if it adds up, line by line and rate by rate (rules 16, 17 and 20).

    :raises Hold: ``incomplete_list``, ``incomplete_credit``, ``credit_mismatch``, and
        the faults of ``totals.check_credit_note``
    """
    currency = text(content, "currency").upper()
    total = _money(content, "total", currency)
    lines = _lines(content, currency)
    tax = totals.tax_of(lines, currency)
    untaxed = content.get("total_excluding_tax")
    document = CreditNote(
        **head(content),
        **_parts(content, total),
        number=text(content, "number"),
        status=text(content, "status"),
        invoice_id=identifier(content.get("invoice")),
        customer_id=identifier(content.get("customer")),
        currency=currency,
        lines=lines,
        untaxed=total - tax if untaxed is None else Money(untaxed, currency),
        tax=tax,
        total=total,
        # Told since 2023.
        issued_on=parse_day(content.get("effective_at") or content.get("created")),
        voided_on=parse_day(content.get("voided_at")),
        reason=text(content, "reason"),
        memo=text(content, "memo"),
        pdf_url=text(content, "pdf"),
    )
    totals.check_credit_note(document, content, tolerance)
    return document


def has_unknown_parts(content: dict) -> bool:
    """Whether only the id is known of what went to the customer's balance."""
    return isinstance(content.get("customer_balance_transaction"), str)


def _lines(content: dict, currency: str) -> tuple[InvoiceLine, ...]:
    credits = billing_credits.categories(content)
    lines = [_line(entry, currency, credits) for entry in entries(content, "lines")]
    billing_credits.check_credited(lines, content["id"])
    shipping = shipping_line(content, currency)
    return (*lines, shipping) if shipping else tuple(lines)


def _line(entry: dict, currency: str, credits: dict[str, str]) -> InvoiceLine:
    """Like one of an invoice, but that its unit amount stands on it and its product on
    the line that it credits."""
    unit = entry.get("unit_amount_decimal") or entry.get("unit_amount")
    what = f"unit amount of {entry['id']}"
    return replace(
        invoice_line(entry, currency, credits),
        unit_amount=None if unit is None else UnitAmount(number(unit, what), currency),
        invoice_line_id=identifier(entry.get("invoice_line_item")),
    )


# ----------------------------------------------------------------------
# WHERE IT WENT
# ----------------------------------------------------------------------


def _parts(content: dict, total: Money) -> dict[str, Any]:
    """The four places that a credit can go to; they make up the total."""
    before = _before_payment(content, total)
    outside = _money(content, "out_of_band_amount", total.currency, 0)
    credited = _credited(content, total.currency)
    after = total - before - outside
    refunds = tuple(_refunds(content, after, credited))
    left = _less(after, (refund.amount for refund in refunds))
    if left.amount < 0 or credited not in (None, left):
        raise Hold(
            "credit_mismatch",
            f"The credit note {content['id']} of {total} does not say where all of it "
            f"went: {left} would have gone to the customer's balance, "
            f"but {credited or 'nothing'} did.",
            "Compare it in Stripe; retry reads it again. Post it by hand if the "
            "difference is Stripe's.",
        )
    return {
        "before_payment": before,
        "refunds": refunds,
        "to_balance": left,
        "out_of_band": outside,
    }


def _before_payment(content: dict, total: Money) -> Money:
    """Told since 2025-03-31; before, all of it was the one or the other."""
    if content.get("pre_payment_amount") is not None:
        return _money(content, "pre_payment_amount", total.currency)
    before = content.get("type") == "pre_payment"
    return total if before else Money(0, total.currency)


def _credited(content: dict, currency: str) -> Money | None:
    """To the customer's balance; None where only the id of it is known. The balance is
    what the customer owes: credits are negative."""
    found = content.get("customer_balance_transaction")
    if isinstance(found, str):
        return None
    if not found:
        return Money(0, currency)
    return -money(found.get("amount"), currency, f"amount of {found['id']}")


def _refunds(content: dict, after: Money, credited: Money | None):
    """Listed, with their amounts, since 2025-03-31; before, there could be but one, of
    which the id was told."""
    if content.get("refunds") is not None:
        for each in content["refunds"]:
            what = f"a refund of {content['id']}"
            amount = money(each.get("amount_refunded"), after.currency, what)
            yield RefundPart(_refund_id(each), amount)
        return
    single = content.get("refund")
    if not single:
        return
    if credited is None:
        raise Hold(
            "incomplete_credit",
            f"It is not known how much of the credit note {content['id']} was refunded "
            "and how much went to the customer's balance.",
            "Retry: it is read from Stripe.",
        )
    yield RefundPart(identifier(single), after - credited)


def _refund_id(each: dict) -> str:
    """Empty for one that was made outside of Stripe and only recorded there."""
    return identifier(each.get("refund"))


def _less(amount: Money, parts: Iterable[Money]) -> Money:
    return amount - Money.total(parts, amount.currency)


def _money(content: dict, name: str, currency: str, otherwise: Any = None) -> Money:
    value = content.get(name)
    given = otherwise if value is None else value
    return money(given, currency, f"{name} of {part(content, 'id')}")
