# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What all records have in common."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from ....canonical import Address, Hold
from ..identifier import to_18
from ..moment import parse_datetime
from ..schema import Schema


def head(record: dict, sobject: str, schema: Schema) -> dict[str, Any]:
    """The arguments that every document takes from its record."""
    return {
        "extras": extras(record, sobject, schema),
        "id": to_18(record["Id"]),
        "updated": parse_datetime(record["SystemModstamp"]),
        "deleted": bool(record.get("IsDeleted")),
    }


def reference(record: dict, schema: Schema) -> str:
    """Ours, on what was made from here; empty where the settings name no field."""
    return text(record, schema.reference) if schema.reference else ""


def extras(record: dict, sobject: str, schema: Schema) -> tuple[tuple[str, Any], ...]:
    """The mapped fields that were read of ``record``, as Document wants them: text,
    truth, an exact number, or None where the field is empty."""
    return tuple(
        (f"{sobject}.{path}", _exact(_follow(record, path)))
        for path in schema.mapped_of(sobject)
        if path.partition(".")[0] in record
    )


def _exact(value: Any) -> Any:
    """A number comes as one type or another, by what it was read with."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return plain(Decimal(str(value))) if is_number else value


def text(record: dict, *names: str) -> str:
    """The first of the fields ``names`` that says something, else empty. A name may be
    a path (Owner.Email)."""
    for name in names:
        value = _follow(record, name)
        if value not in (None, ""):
            return str(value).strip()
    return ""


def number(record: dict, name: str) -> Decimal | None:
    """The field as an exact number in one form only: 10, not 10.0 or 1E+1.

    :raises Hold: ``malformed``
    """
    value = record.get(name)
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise Hold(
            "malformed",
            f"{name} of {record['Id']} is {value!r}, not a number.",
            "Correct the record in Salesforce.",
        )
    return plain(amount)


def plain(value: Decimal) -> Decimal:
    """``value`` without trailing zeros and without an exponent."""
    normal = value.normalize()
    return normal.quantize(Decimal(1)) if normal.as_tuple().exponent > 0 else normal


def address(record: dict, prefix: str) -> Address:
    """The address in the fields ``<prefix>Street`` and so on. Codes of countries and
    states are there where the org uses its picklists of them, else what was typed."""
    lines = text(record, prefix + "Street").splitlines()
    return Address(
        street=lines[0].strip() if lines else "",
        street2=", ".join(filter(None, map(str.strip, lines[1:]))),
        city=text(record, prefix + "City"),
        state=text(record, prefix + "StateCode", prefix + "State"),
        postal_code=text(record, prefix + "PostalCode"),
        country=text(record, prefix + "CountryCode", prefix + "Country"),
    )


def currency(record: dict, schema: Schema) -> str:
    """ISO code; empty where neither record nor settings tell."""
    return (text(record, "CurrencyIsoCode") or schema.currency).upper()


def payment_terms(record: dict, schema: Schema) -> str:
    """What the configured field says; empty where there is none."""
    return text(record, schema.payment_terms) if schema.payment_terms else ""


def currency_of_prices(record: dict, schema: Schema) -> str:
    """As ``currency``, for what cannot be without one.

    :raises Hold: ``currency_unknown``
    """
    code = currency(record, schema)
    if not code:
        raise Hold(
            "currency_unknown",
            f"{record['Id']} does not say its currency: the org has only one, and the"
            " connection does not know which.",
            "Set the company's currency on the connection.",
        )
    return code


def _follow(record: dict, path: str) -> Any:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
