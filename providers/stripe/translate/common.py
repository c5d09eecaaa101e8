# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What all objects have in common."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from ....canonical import Address, Hold, Money, UnitAmount
from .. import metadata


def head(content: dict) -> dict[str, Any]:
    """The arguments that every document takes from its object. The deleted ones are
    stubs of id and ``deleted``."""
    return {
        "id": content["id"],
        "live": content.get("livemode"),
        "deleted": bool(content.get("deleted")),
        "odoo_ref": metadata.read(content, metadata.ODOO_REF),
        "trace": metadata.trace_of(content),
    }


def part(content: Any, *names: str) -> Any:
    """What is at the path ``names``; None where anything on the way is missing."""
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def text(content: dict, *names: str) -> str:
    """The first of the fields ``names`` that says something, else empty."""
    for name in names:
        value = content.get(name)
        if value not in (None, ""):
            return str(value).strip()
    return ""


def identifier(value: Any) -> str:
    """The id of what may be expanded; empty for nothing."""
    if isinstance(value, dict):
        value = value.get("id")
    return str(value) if value else ""


def payment_of(content: dict) -> str:
    """Id of the payment that a refund or a dispute is about (see canonical.Payment):
    the intent's, the charge's where there is none."""
    charge = content.get("charge")
    intent = content.get("payment_intent") or part(charge, "payment_intent")
    return identifier(intent) or identifier(charge)


def number(value: Any, what: str) -> Decimal:
    """Exact, in one form only: 10, not 10.0 or 1E+1.

    :param what: which number, for a person
    :raises Hold: ``malformed``
    """
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise _malformed(what, value, "a number")
    normal = amount.normalize()
    return normal.quantize(Decimal(1)) if normal.as_tuple().exponent > 0 else normal


def money(value: Any, currency: str, what: str) -> Money:
    """Minor units as they come.

    :raises Hold: ``malformed``, ``unknown_currency``
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise _malformed(what, value, "a whole number of minor units")
    return Money(value, currency.upper())


def unit_amount(price: Any, currency: str) -> UnitAmount | None:
    """The flat amount of one unit: of a price, or of a plan as they were before prices.

    None for tiers, for packages and for amounts that the customer chooses.
    """
    if not isinstance(price, dict) or _has_no_flat_amount(price):
        return None
    value = flat_decimal(price)
    return None if value is None else UnitAmount(value, currency)


def flat_decimal(price: dict) -> Decimal | None:
    """The amount of a price or a plan, whatever it is for, in minor units."""
    for name in ("unit_amount_decimal", "unit_amount", "amount_decimal", "amount"):
        if price.get(name) is not None:
            return number(price[name], f"{name} of {price.get('id')}")
    return None


def address(content: Any) -> Address:
    given = content if isinstance(content, dict) else {}
    return Address(
        street=text(given, "line1"),
        street2=text(given, "line2"),
        city=text(given, "city"),
        state=text(given, "state"),
        postal_code=text(given, "postal_code"),
        country=text(given, "country"),
    )


def entries(content: dict, name: str) -> list[dict]:
    """All of the list ``name`` (rule 16).

    :raises Hold: ``incomplete_list``
    """
    found = content.get(name)
    data = part(found, "data")
    if not isinstance(data, list) or part(found, "has_more"):
        raise Hold(
            "incomplete_list",
            f"Only the beginning of the {name} of {content['id']} is known.",
            "Retry: the rest is read from Stripe.",
        )
    return data


def _has_no_flat_amount(price: dict) -> bool:
    return bool(
        price.get("billing_scheme") == "tiered"
        or price.get("transform_quantity")
        or price.get("transform_usage")
        or part(price, "custom_unit_amount", "minimum") is not None
        or part(price, "custom_unit_amount", "maximum") is not None
    )


def _malformed(what: str, value: Any, wanted: str) -> Hold:
    return Hold(
        "malformed",
        f"{what} is {str(value)[:40]!r}, not {wanted}.",
        "Check what sends it; Stripe's API never does.",
    )
