# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A query run: its total and its records."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ApiError
from .aggregation import aggregate
from .binding import bind
from .criteria import IDS
from .failures import no_such_object
from .filters import matcher
from .nodes import Query
from .parser import parse
from .projection import Projector, shape_of
from .sorting import in_order

#: SOQL reference, OFFSET
MAX_OFFSET = 2000


@dataclass(frozen=True)
class Result:
    total: int
    records: list[dict]


class Execution:
    """One query over one organisation; ``deleted`` as in queryAll; ``tooling``: over
    the objects of the Tooling API."""

    def __init__(self, org, version: str, deleted=False, tooling=False):
        self._org = org
        self._version = version
        self._deleted = deleted
        self._tooling = tooling

    def run(self, text: str) -> Result:
        self._org.traffic.note_query(text)
        query = parse(text)
        sobject = self.source(query)
        if query.counts_only and not query.group and len(query.items) == 1:
            return Result(len(self._select(query, sobject)), [])
        if query.aggregates:
            rows = self._filtered(query, sobject, self._rows(sobject))
            records = aggregate(self._org, query, sobject, rows, self._version)
            records = _window(query, records)
            return Result(len(records), records)
        shape = shape_of(self._org, query, sobject)
        projector = Projector(self._org, self._version, self._deleted, self._select)
        rows = self._select(query, sobject)
        return Result(len(rows), [projector.show(shape, row) for row in rows])

    def source(self, query: Query):
        """The object that is read. Raises ApiError where the user sees none."""
        sobject = self._org.seen(query.source, self._tooling)
        if sobject is None:
            raise no_such_object(query.text, query.source_position, query.source)
        if query.offset > MAX_OFFSET:
            raise ApiError(
                "NUMBER_OUTSIDE_VALID_RANGE",
                f"Maximum SOQL offset allowed is {MAX_OFFSET}",
            )
        return sobject

    def _rows(self, sobject) -> list[dict]:
        return self._org.store.rows(sobject.name, self._deleted)

    def _filtered(self, query: Query, sobject, rows) -> list[dict]:
        match = matcher(self._org, query, sobject, query.where, self._inner_values)
        return [row for row in rows if match(row)]

    def _select(self, query: Query, sobject, rows=None) -> list[dict]:
        rows = self._rows(sobject) if rows is None else rows
        rows = self._filtered(query, sobject, rows)
        return _window(query, in_order(self._org, query, sobject, rows))

    def _inner_values(self, query: Query) -> list:
        """The column of ``IN (SELECT …)``, in the form of comparison."""
        sobject = self.source(query)
        bound = bind(self._org, query, sobject, query.items[0])
        values = [bound.value(self._org, row) for row in self._select(query, sobject)]
        if bound.field.type in IDS:
            return values
        return [v.casefold() if isinstance(v, str) else v for v in values]


def _window(query: Query, rows: list) -> list:
    end = None if query.limit is None else query.offset + query.limit
    return rows[query.offset : end]
