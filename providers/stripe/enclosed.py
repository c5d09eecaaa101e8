# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Objects that came inside others and need not be asked for again."""

from __future__ import annotations

from collections.abc import Iterator

from ...canonical import Ref
from .event_types import KIND_OF_OBJECT
from .translate.common import part
from .translate.payout import TRANSACTIONS

# Canonical kind → where its object may hold others, of whatever kind, one or a list.
_PLACES = {
    "payment": (
        ("balance_transaction",),
        ("failure_balance_transaction",),
        ("latest_charge", "balance_transaction"),
        ("latest_charge", "failure_balance_transaction"),
    ),
    "refund": (("balance_transaction",), ("failure_balance_transaction",)),
    "dispute": (("balance_transactions",),),
    "payout": (
        ("balance_transaction",),
        ("failure_balance_transaction",),
        (TRANSACTIONS,),
    ),
}


def enclosed(kind: str, content: dict) -> dict[Ref, dict]:
    """The whole objects, by what they are."""
    return dict(_objects(kind, content))


def _objects(kind: str, content: dict) -> Iterator[tuple[Ref, dict]]:
    for path in _PLACES.get(kind, ()):
        found = part(content, *path)
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict):
                yield Ref(KIND_OF_OBJECT[each["object"]], each["id"]), each
