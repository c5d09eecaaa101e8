# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lines of opportunities and orders."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ....canonical import Hold, OrderLine, UnitAmount
from ....canonical.currency import exponent
from ..identifier import to_18
from ..lines import OF_SOBJECT
from ..moment import parse_date
from ..schema import Schema
from .common import currency_of_prices, extras, number, text

HUNDRED = Decimal(100)
_SOBJECT_OF_KEY = {lines.key: lines.sobject for lines in OF_SOBJECT.values()}


def order_lines(
    parent: dict, key: str, order_by: str, schema: Schema
) -> tuple[OrderLine, ...]:
    """The lines under ``key`` of ``parent``, in the order of the field ``order_by``.

    :raises Hold: ``currency_unknown``, ``line_total_mismatch``, ``malformed``
    """
    records = (parent.get(key) or {}).get("records") or []
    if not records:
        return ()
    currency = currency_of_prices(parent, schema)
    ordered = sorted(records, key=lambda record: _position(record, order_by))
    sobject = _SOBJECT_OF_KEY[key]
    return tuple(
        replace(_line(record, currency), extras=extras(record, sobject, schema))
        for record in ordered
    )


def _position(record: dict, order_by: str) -> tuple:
    # Lines that were never sorted come last, in the order of their creation.
    value = record.get(order_by)
    return value is None, str(value or "").zfill(10), record["Id"]


def _line(record: dict, currency: str) -> OrderLine:
    quantity = _required(record, "Quantity")
    unit_price = _required(record, "UnitPrice")
    discount = number(record, "Discount") or Decimal(0)
    _check_total(record, quantity * unit_price * (1 - discount / HUNDRED), currency)
    return OrderLine(
        id=to_18(record["Id"]),
        product_id=to_18(record["Product2Id"]),
        name=text(record, "Description", "Product2.Name"),
        quantity=quantity,
        unit_price=UnitAmount.of_major(unit_price, currency),
        discount=discount,
        service_date=parse_date(record.get("ServiceDate")),
    )


def _check_total(record: dict, computed: Decimal, currency: str) -> None:
    """What Salesforce shows for the line must be what it amounts to, to the cent,
    whichever way a half cent was rounded."""
    total = _required(record, "TotalPrice")
    half_a_unit = Decimal("0.5").scaleb(-exponent(currency))
    if abs(computed - total) <= half_a_unit:
        return
    raise Hold(
        "line_total_mismatch",
        f"The line {_name(record)} shows a total of {total} {currency}, but quantity,"
        f" price and discount make {computed.normalize():f}.",
        "Correct the line in Salesforce: a revenue schedule, a trigger or a hidden"
        " Discount field makes its total differ.",
    )


def _required(record: dict, name: str) -> Decimal:
    value = number(record, name)
    if value is None:
        raise Hold(
            "line_incomplete",
            f"The line {_name(record)} has no {name}.",
            f"Fill {name} on the line in Salesforce.",
        )
    return value


def _name(record: dict) -> str:
    title = text(record, "Product2.Name", "Description")
    return f"{title} ({record['Id']})" if title else str(record["Id"])
