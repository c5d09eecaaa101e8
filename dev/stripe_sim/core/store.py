# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All objects of one mode (test or live), in the order of their creation."""

import itertools
from collections import defaultdict

# Kinds that are looked up by fields that never change once the object is there.
INDEXES = {
    "balance_transaction": ("source",),
    "billing.credit_balance_transaction": ("_customer", "credit_grant"),
    "billing.credit_grant": ("customer",),
    "charge": ("customer", "payment_intent"),
    "credit_note": ("customer", "invoice"),
    "customer_balance_transaction": ("customer",),
    "dispute": ("charge", "payment_intent"),
    "invoice": ("customer", "_subscription"),
    "invoice_payment": ("invoice",),
    "invoiceitem": ("customer",),
    "refund": ("charge", "payment_intent"),
    "subscription": ("customer",),
    "tax_id": ("customer",),
}


class Store:
    """`_place` of a stored object rises with its creation, over all kinds."""

    def __init__(self):
        self._by_type: dict[str, dict[str, dict]] = defaultdict(dict)
        self._any: dict[str, dict] = {}
        self._index: dict[tuple, dict[str, dict]] = defaultdict(dict)
        self._places = itertools.count()
        self._added: list[dict] = []

    def begin(self) -> None:
        """From here on, remember what is added; see `roll_back`."""
        self._added = []

    def roll_back(self) -> None:
        """Take back what a refused call had added before it was refused."""
        for obj in self._added:
            self.remove(obj)

    def add(self, obj: dict) -> dict:
        obj["_place"] = next(self._places)
        self._added.append(obj)
        self._by_type[obj["object"]][obj["id"]] = obj
        self._any[obj["id"]] = obj
        for key in self._keys(obj):
            self._index[key][obj["id"]] = obj
        return obj

    def remove(self, obj: dict) -> None:
        self._by_type[obj["object"]].pop(obj["id"], None)
        self._any.pop(obj["id"], None)
        for key in self._keys(obj):
            self._index[key].pop(obj["id"], None)

    def _keys(self, obj: dict) -> list[tuple]:
        kind = obj["object"]
        return [(kind, name, obj.get(name)) for name in INDEXES.get(kind, ())]

    def find(self, kind: str, identifier) -> dict | None:
        return self._by_type[kind].get(identifier)

    def find_any(self, identifier) -> dict | None:
        return self._any.get(identifier)

    def holds(self, obj: dict) -> bool:
        return self._any.get(obj["id"]) is obj

    def all(self, kind: str) -> list[dict]:
        return list(self._by_type[kind].values())

    def having(self, kind: str, name: str, value) -> list[dict]:
        """The objects whose field, one of `INDEXES`, has this value; oldest first."""
        if name not in INDEXES.get(kind, ()):
            raise LookupError(f"There is no index of {kind} by {name}.")
        return list(self._index.get((kind, name, value), {}).values())

    def owned(self, kind: str, customer: str) -> list[dict]:
        return self.having(kind, "customer", customer)

    def counts(self) -> dict[str, int]:
        return {kind: len(rows) for kind, rows in self._by_type.items() if rows}
