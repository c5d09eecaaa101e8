# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""ORDER BY, and the order that rows have without it."""

from __future__ import annotations

from ..errors import ApiError
from .binding import bind
from .criteria import IDS
from .failures import located
from .nodes import Query


def in_order(org, query: Query, sobject, rows: list[dict]) -> list[dict]:
    """Sorted by the last key first: Python's sort keeps what is equal in place."""
    rows = sorted(rows, key=lambda row: row["Id"])
    for ordering in reversed(query.order):
        bound = bind(org, query, sobject, ordering.path)
        if not bound.field.filterable:
            message = f"field '{bound.field.name}' can not be sorted in a query call"
            raise ApiError(
                "INVALID_FIELD", located(query.text, ordering.path.position, message)
            )
        rows = _by_field(org, bound, ordering, rows)
    return rows


def _by_field(org, bound, ordering, rows):
    def key(row):
        value = bound.value(org, row)
        fold = isinstance(value, str) and bound.field.type not in IDS
        return value.casefold() if fold else value

    keyed = [(key(row), row) for row in rows]
    empty = [row for value, row in keyed if value is None]
    filled = [pair for pair in keyed if pair[0] is not None]
    filled.sort(key=lambda pair: pair[0], reverse=ordering.descending)
    known = [row for _value, row in filled]
    return known + empty if ordering.nulls_last else empty + known
