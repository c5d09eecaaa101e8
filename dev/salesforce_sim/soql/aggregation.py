# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""COUNT, SUM, MIN, MAX, AVG and GROUP BY."""

from __future__ import annotations

from ..errors import ApiError
from ..records.render import attributes
from ..records.values import shown
from .binding import bind
from .failures import malformed
from .nodes import Aggregate, Path, Query


def aggregate(org, query: Query, sobject, rows: list[dict], version: str) -> list:
    """One AggregateResult per group; groups come in the order of their values."""
    keys = [bind(org, query, sobject, path) for path in query.group]
    columns = [_column(org, query, sobject, item) for item in query.items]
    groups = {} if keys else {(): []}
    for row in rows:
        key = tuple(bound.value(org, row) for bound in keys)
        groups.setdefault(key, []).append(row)
    ordered = sorted(groups, key=lambda key: [(v is not None, v) for v in key])
    return [_record(columns, groups[key], version) for key in ordered]


def _record(columns, rows, version) -> dict:
    made = {"attributes": attributes("AggregateResult", None, version)}
    unnamed = 0
    for name, compute in columns:
        if name is None:
            name, unnamed = f"expr{unnamed}", unnamed + 1
        made[name] = shown(compute(rows))
    return made


def _column(org, query: Query, sobject, item):
    """(name or None, function of the group's rows)"""
    if isinstance(item, Path):
        bound = bind(org, query, sobject, item)
        if bound not in [bind(org, query, sobject, path) for path in query.group]:
            message = f"Field must be grouped or aggregated: {'.'.join(item.parts)}"
            raise malformed(query.text, item.position, message)
        return bound.field.name, lambda rows: bound.value(org, rows[0])
    if not isinstance(item, Aggregate):
        raise ApiError("MALFORMED_QUERY", "only aggregate expressions use subqueries")
    if item.path is None:
        return item.alias, len
    bound = bind(org, query, sobject, item.path)
    return item.alias, lambda rows: _value(org, item.function, bound, rows)


def _value(org, function: str, bound, rows):
    values = [value for row in rows if (value := bound.value(org, row)) is not None]
    if function == "COUNT":
        return len(values)
    if function == "COUNT_DISTINCT":
        return len(set(values))
    if not values:
        return None
    if function == "SUM":
        return sum(values)
    if function == "AVG":
        return sum(values) / len(values)
    return min(values) if function == "MIN" else max(values)
