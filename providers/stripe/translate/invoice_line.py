# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One line of an invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ....canonical import Hold, InvoiceLine, Money, TaxAmount, UnitAmount
from ..moment import parse_moment
from . import billing_credits
from .common import identifier, money, number, part, text, unit_amount


def invoice_line(entry: dict, currency: str, credits: dict[str, str]) -> InvoiceLine:
    """
    :param credits: see ``billing_credits.categories``
    :raises Hold: ``malformed``, ``mixed_currencies``, ``billing_credits``,
        ``unknown_billing_credits``
    """
    _check(entry, currency)
    price = entry.get("price") or entry.get("plan") or {}
    details = part(entry, "pricing", "price_details") or {}
    return InvoiceLine(
        id=entry["id"],
        description=text(entry, "description"),
        amount=money(entry.get("amount"), currency, f"amount of {entry['id']}"),
        quantity=_quantity(entry),
        unit_amount=_unit_amount(entry, price, currency),
        discount=_discount(entry, currency)
        + billing_credits.taken_off(entry, credits, currency),
        prepaid=billing_credits.prepaid(entry, credits, currency),
        taxes=tuple(tax_amount(tax, currency) for tax in taxes_of(entry)),
        price_id=identifier(details.get("price") or price),
        product_id=identifier(details.get("product") or part(price, "product")),
        proration=_is_proration(entry),
        period_start=parse_moment(part(entry, "period", "start")),
        period_end=parse_moment(part(entry, "period", "end")),
        subscription_item_id=_subscription_item(entry),
    )


def taxes_of(content: dict, new: str = "taxes", old: str = "tax_amounts") -> list:
    """The taxes of a line, or of an invoice under other names."""
    found = content.get(new)
    return (content.get(old) if found is None else found) or []


def tax_amount(tax: dict, currency: str) -> TaxAmount:
    """Since 2025-03-31 with ``tax_behavior`` and ``tax_rate_details``, before with
    ``inclusive`` and ``tax_rate``."""
    rate = part(tax, "tax_rate_details", "tax_rate") or tax.get("tax_rate")
    taxable = tax.get("taxable_amount")
    return TaxAmount(
        rate_id=identifier(rate),
        amount=money(tax.get("amount"), currency, "the amount of a tax"),
        taxable=None
        if taxable is None
        else money(taxable, currency, "the base of a tax"),
        inclusive=tax.get("tax_behavior") == "inclusive" or bool(tax.get("inclusive")),
        reason=text(tax, "taxability_reason"),
    )


def _check(entry: dict, currency: str) -> None:
    own = text(entry, "currency").upper()
    if own and own != currency:
        raise Hold(
            "mixed_currencies",
            f"The line {entry['id']} is in {own}, its invoice in {currency}.",
            "Ask Stripe's support: an invoice has one currency.",
        )


def _quantity(entry: dict) -> Decimal:
    for name in ("quantity_decimal", "quantity"):
        if entry.get(name) is not None:
            return number(entry[name], f"{name} of {entry['id']}")
    return Decimal(1)


def _unit_amount(entry: dict, price: Any, currency: str) -> UnitAmount | None:
    told = part(entry, "pricing", "unit_amount_decimal")
    if told is not None:
        return UnitAmount(number(told, f"unit amount of {entry['id']}"), currency)
    return unit_amount(price, currency)


def _discount(entry: dict, currency: str) -> Money:
    """All discounts, the line's own and its share of the invoice's."""
    given = entry.get("discount_amounts") or []
    what = f"a discount of {entry['id']}"
    amounts = (money(part(each, "amount"), currency, what) for each in given)
    return Money.total(amounts, currency)


def _parent(entry: dict) -> dict:
    """Since 2025-03-31 a line says in ``parent`` what it came from."""
    return part(entry, "parent", part(entry, "parent", "type") or "") or {}


def _is_proration(entry: dict) -> bool:
    return bool(_parent(entry).get("proration") or entry.get("proration"))


def _subscription_item(entry: dict) -> str:
    found = _parent(entry).get("subscription_item") or entry.get("subscription_item")
    return identifier(found)
