# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Finding rows by one field's value without reading the whole table."""

from __future__ import annotations

from collections import defaultdict


def index_key(value):
    """Texts match in any case, as Salesforce compares them."""
    return value.casefold() if isinstance(value, str) else value


class Index:
    """Ids by value of one field of one table."""

    def __init__(self, field: str, rows):
        self._field = field
        self._ids = defaultdict(dict)
        for row in rows:
            self.add(row)

    def add(self, row: dict) -> None:
        self._ids[index_key(row.get(self._field))][row["Id"]] = True

    def discard(self, row: dict) -> None:
        self._ids[index_key(row.get(self._field))].pop(row["Id"], None)

    def ids(self, value) -> list[str]:
        return list(self._ids.get(index_key(value), ()))
