# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All objects of one mode (test or live), in the order of their creation."""

from collections import defaultdict

# Kinds that are looked up by a customer that never changes.
_OF_CUSTOMER = frozenset({"invoiceitem", "subscription", "tax_id"})


class Store:
    def __init__(self):
        self._by_type: dict[str, dict[str, dict]] = defaultdict(dict)
        self._any: dict[str, dict] = {}
        self._owned: dict[tuple, dict[str, dict]] = defaultdict(dict)
        self._added: list[dict] = []

    def begin(self) -> None:
        """From here on, remember what is added; see `roll_back`."""
        self._added = []

    def roll_back(self) -> None:
        """Take back what a refused call had added before it was refused."""
        for obj in self._added:
            self.remove(obj)

    def add(self, obj: dict) -> dict:
        self._added.append(obj)
        self._by_type[obj["object"]][obj["id"]] = obj
        self._any[obj["id"]] = obj
        if obj["object"] in _OF_CUSTOMER:
            self._owned[obj["object"], obj["customer"]][obj["id"]] = obj
        return obj

    def remove(self, obj: dict) -> None:
        self._by_type[obj["object"]].pop(obj["id"], None)
        self._any.pop(obj["id"], None)
        if obj["object"] in _OF_CUSTOMER:
            self._owned[obj["object"], obj["customer"]].pop(obj["id"], None)

    def find(self, kind: str, identifier) -> dict | None:
        return self._by_type[kind].get(identifier)

    def find_any(self, identifier) -> dict | None:
        return self._any.get(identifier)

    def all(self, kind: str) -> list[dict]:
        return list(self._by_type[kind].values())

    def owned(self, kind: str, customer: str) -> list[dict]:
        """A customer's objects of one of the kinds in `_OF_CUSTOMER`."""
        return list(self._owned[kind, customer].values())

    def counts(self) -> dict[str, int]:
        return {kind: len(rows) for kind, rows in self._by_type.items() if rows}
