# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoice → invoice."""

from __future__ import annotations

from datetime import date

from ....canonical import Invoice, InvoiceLine, Money
from .. import metadata
from ..moment import parse_day
from . import billing_credits, totals
from .common import entries, head, identifier, money, part, text
from .invoice_line import invoice_line
from .shipping import shipping_line


def invoice(content: dict, tolerance: int = 0) -> Invoice:
    """Only if it adds up, line by line and rate by rate (rules 2, 16 and 17).

    :raises Hold: ``incomplete_list``, and the faults of ``totals.check``
    """
    common = head(content)
    if common["deleted"] and "lines" not in content:
        return _stub(common, content)
    currency = text(content, "currency").upper()
    lines = _lines(content, currency)
    common["trace"] = common["trace"] or _trace(content)
    document = Invoice(
        **common,
        **_amounts(content, currency, lines),
        metadata=_metadata(content),
        number=text(content, "number"),
        status=text(content, "status"),
        customer_id=identifier(content.get("customer")),
        subscription_id=_subscription_id(content),
        currency=currency,
        lines=lines,
        issued_on=_issued_on(content),
        uncollectible_on=parse_day(
            part(content, "status_transitions", "marked_uncollectible_at")
        ),
        voided_on=parse_day(part(content, "status_transitions", "voided_at")),
        due_on=parse_day(content.get("due_date")),
        next_attempt_on=parse_day(content.get("next_payment_attempt")),
        memo=text(content, "description"),
        footer=text(content, "footer"),
        custom_fields=_custom_fields(content),
        revises_id=_revises(content),
        revised_by_id=identifier(content.get("latest_revision")),
        hosted_url=text(content, "hosted_invoice_url"),
        pdf_url=text(content, "invoice_pdf"),
        billing_reason=text(content, "billing_reason"),
        automatic_tax=bool(part(content, "automatic_tax", "enabled")),
    )
    totals.check(document, content, tolerance)
    return document


def _lines(content: dict, currency: str) -> tuple[InvoiceLine, ...]:
    credits = billing_credits.categories(content)
    lines = [
        invoice_line(entry, currency, credits) for entry in entries(content, "lines")
    ]
    shipping = shipping_line(content, currency)
    return (*lines, shipping) if shipping else tuple(lines)


def _amounts(
    content: dict, currency: str, lines: tuple[InvoiceLine, ...]
) -> dict[str, Money | None]:
    def amount(name: str, otherwise: int | None = None) -> Money:
        value = content.get(name, otherwise)
        value = otherwise if value is None else value
        return money(value, currency, f"{name} of {content['id']}")

    total, tax = amount("total"), totals.tax_of(lines, currency)
    paid = amount("amount_paid", 0)
    due = amount("amount_due", 0)
    return {
        "subtotal": Money.total((line.amount for line in lines), currency),
        "discount": Money.total((line.discount for line in lines), currency),
        # Told since 2022; before, it is what is left without the taxes.
        "untaxed": amount("total_excluding_tax", (total - tax).amount),
        "tax": tax,
        "total": total,
        "paid": paid,
        "remaining": amount("amount_remaining", (due - paid).amount),
        "starting_balance": amount("starting_balance", 0),
        "ending_balance": None
        if content.get("ending_balance") is None
        else amount("ending_balance"),
    }


def _issued_on(content: dict) -> date | None:
    """What is printed on it: not known before it is finalized."""
    finalized = part(content, "status_transitions", "finalized_at")
    moment = content.get("effective_at") or finalized
    if not moment and content.get("status") != "draft":
        moment = content.get("created") or content.get("date")
    return parse_day(moment)


def _custom_fields(content: dict) -> tuple[tuple[str, str], ...]:
    given = content.get("custom_fields") or []
    return tuple((text(each, "name"), text(each, "value")) for each in given)


def _revises(content: dict) -> str:
    """The invoice that it takes the place of, not one that it is only a copy of."""
    source = content.get("from_invoice")
    if part(source, "action") != "revision":
        return ""
    return identifier(part(source, "invoice"))


def _subscription_id(content: dict) -> str:
    """Since 2025-03-31 under ``parent``, before at the top."""
    parent = content.get("parent")
    if isinstance(parent, dict):
        if parent.get("type") != "subscription_details":
            return ""
        return identifier(part(parent, "subscription_details", "subscription"))
    return identifier(content.get("subscription"))


def _trace(content: dict) -> str:
    places = [*_subscription_details(content), *(part(content, "lines", "data") or [])]
    return next(filter(None, map(metadata.trace_of, places)), "")


def _metadata(content: dict) -> tuple[tuple[str, str], ...]:
    """Its own, and of its subscription what it does not say itself."""
    found: dict[str, str] = {}
    for place in (*reversed(_subscription_details(content)), content):
        found.update(metadata.foreign(place))
    return tuple(sorted(found.items()))


def _subscription_details(content: dict) -> list:
    """Where the subscription's metadata are as they were when the invoice was
    finalized: under ``parent`` since 2025-03-31, at the top since 2023."""
    return [
        part(content, "parent", "subscription_details"),
        content.get("subscription_details"),
    ]


def _stub(common: dict, content: dict) -> Invoice:
    """A deleted draft of which nothing is known but its id."""
    nothing = Money(0, text(content, "currency") or "USD")
    names = ("subtotal", "discount", "untaxed", "tax", "total", "paid", "remaining")
    return Invoice(
        **common,
        **dict.fromkeys(names, nothing),
        number="",
        status="void",
        customer_id="",
        currency=nothing.currency,
        lines=(),
        starting_balance=nothing,
    )
