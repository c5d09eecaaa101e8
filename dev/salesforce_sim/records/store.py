# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows by object and id, changed in transactions that can be undone.

A row is a dict of field name to Python value; a stored row is never changed in
place but replaced, so that the journal and the listeners may hold on to old ones.
Names that begin with an underscore are the simulator's own and never shown.
"""

from __future__ import annotations

from contextlib import contextmanager

from .index import Index


class Store:
    """``listeners`` are called with (object name, before, after) per committed row."""

    def __init__(self):
        self._tables = {}
        self._indexes = {}
        self._journal = []
        self._depth = 0
        self.listeners = []

    def get(self, name: str, record_id: str) -> dict | None:
        return self._tables.get(name, {}).get(record_id)

    def rows(self, name: str, deleted=False) -> list[dict]:
        """All rows in the order of their making; those in the bin on demand."""
        rows = self._tables.get(name, {}).values()
        return [row for row in rows if deleted or not row.get("IsDeleted")]

    def find(self, name: str, field: str, value, deleted=False) -> list[dict]:
        """Rows whose field has the value; texts in any case, ids exactly."""
        index = self._indexes.get((name, field))
        table = self._tables.get(name, {})
        if index is None:
            index = self._indexes[name, field] = Index(field, table.values())
        found = [table[record_id] for record_id in index.ids(value)]
        return [row for row in found if deleted or not row.get("IsDeleted")]

    def children(self, name: str, field: str, parent_id: str, deleted=False):
        """Rows that refer to the parent; ids differ by case, unlike texts."""
        found = self.find(name, field, parent_id, deleted)
        return [row for row in found if row[field] == parent_id]

    def put(self, name: str, row: dict) -> None:
        before = self.get(name, row["Id"])
        self._journal.append((name, row["Id"], before))
        self._place(name, row["Id"], row)

    def remove(self, name: str, record_id: str) -> None:
        self._journal.append((name, record_id, self.get(name, record_id)))
        self._place(name, record_id, None)

    def _place(self, name, record_id, row) -> None:
        table = self._tables.setdefault(name, {})
        before = table.get(record_id)
        for (indexed, _field), index in self._indexes.items():
            if indexed == name:
                if before is not None:
                    index.discard(before)
                if row is not None:
                    index.add(row)
        if row is None:
            table.pop(record_id, None)
        else:
            table[record_id] = row

    @contextmanager
    def transaction(self):
        """All or nothing; the outermost one tells the listeners at its end."""
        mark = len(self._journal)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._undo(mark)
            raise
        finally:
            self._depth -= 1
        if not self._depth:
            self._announce()

    def _undo(self, mark: int) -> None:
        while len(self._journal) > mark:
            name, record_id, before = self._journal.pop()
            self._place(name, record_id, before)

    def _announce(self) -> None:
        first = {}
        for name, record_id, before in self._journal:
            first.setdefault((name, record_id), before)
        self._journal.clear()
        for (name, record_id), before in first.items():
            after = self.get(name, record_id)
            for listener in self.listeners:
                listener(name, before, after)
