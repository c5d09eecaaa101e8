# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From records to canonical documents. Pure: no call, no clock."""

from __future__ import annotations

from collections.abc import Callable

from ....canonical import Document, Hold
from ..schema import Schema
from .account import customer
from .contact import contact
from .contract import contract
from .lead import lead
from .opportunity import opportunity
from .order import order
from .price import price
from .price_list import price_list
from .product import product

_TRANSLATORS: dict[str, Callable[[dict, Schema], Document]] = {
    "customer": customer,
    "contact": contact,
    "contract": contract,
    "lead": lead,
    "product": product,
    "price_list": price_list,
    "price": price,
    "opportunity": opportunity,
    "order": order,
}


def translate(kind: str, record: dict, schema: Schema) -> Document:
    """The canonical document of ``record``, as read by the client or from a payload.

    :raises Hold: the record cannot be understood, with the reason
    """
    if kind not in _TRANSLATORS:
        raise Hold(
            "unknown_kind",
            f"Salesforce keeps no {kind.replace('_', ' ')}.",
            "Skip the event; Salesforce is not where this comes from.",
        )
    return _TRANSLATORS[kind](record, schema)
