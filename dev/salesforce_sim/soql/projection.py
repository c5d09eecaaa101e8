# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows as the records of a query's answer: fields, parents, children."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as member

from ..errors import ApiError
from ..records.render import attributes, value_of
from ..records.values import shown
from .binding import own_parts, target
from .failures import located, no_such_column, no_such_relationship
from .nodes import AllFields, Path, Query


@dataclass
class Shape:
    """What of one object is shown, in the order of the SELECT.

    ``entries``: (shown name, Field), (relationship, (link, Shape)) for parents, or
    (relationship, (child object, link, Query, Shape)) for children.
    """

    sobject: object
    entries: dict = member(default_factory=dict)


def shape_of(org, query: Query, sobject) -> Shape:
    shape = Shape(sobject)
    for item in query.items:
        if isinstance(item, Query):
            _add_children(org, shape, item)
        elif isinstance(item, AllFields):
            _add_all(query, shape, item)
        else:
            _add_path(org, query, shape, item)
    return shape


def _add_all(query: Query, shape: Shape, item: AllFields) -> None:
    limited = item.group == "STANDARD" or (query.limit or 201) <= 200
    if not limited:
        message = (
            "The SOQL FIELDS function must have a LIMIT of at most 200"
            " for FIELDS(ALL) and FIELDS(CUSTOM)"
        )
        raise ApiError("MALFORMED_QUERY", located(query.text, item.position, message))
    for field in shape.sobject.fields.values():
        if item.group == "ALL" or field.custom == (item.group == "CUSTOM"):
            shape.entries[field.name] = field


def _add_path(org, query: Query, shape: Shape, path: Path) -> None:
    *relationships, name = own_parts(query, shape.sobject, path)
    for relationship in relationships:
        link = shape.sobject.parent_link(relationship)
        parent = link and target(org, link)
        if parent is None:
            raise no_such_relationship(query.text, path.position, relationship)
        entry = (link, Shape(parent))
        shape = shape.entries.setdefault(link.relationship, entry)[1]
    field = shape.sobject.field(name)
    if field is None:
        raise no_such_column(query.text, path.position, name, shape.sobject.name)
    if field.name in shape.entries:
        message = f"duplicate field selected: {'.'.join(path.parts)}"
        raise ApiError("INVALID_FIELD", located(query.text, path.position, message))
    shape.entries[field.name] = field


def _add_children(org, shape: Shape, inner: Query) -> None:
    found = org.schema.child_link(shape.sobject.name, inner.source)
    child = found and org.seen(found[0].name)
    if child is None:
        raise no_such_relationship(
            inner.text, inner.source_position, inner.source, "FROM part of query call"
        )
    link = found[1]
    entry = (child, link, inner, shape_of(org, inner, child))
    shape.entries[link.children] = entry


class Projector:
    """Shows rows of one query. ``select(query, object, rows)`` filters and orders."""

    def __init__(self, org, version: str, deleted: bool, select):
        self._org = org
        self._version = version
        self._deleted = deleted
        self._select = select

    def show(self, shape: Shape, row: dict) -> dict:
        made = {"attributes": attributes(shape.sobject.name, row["Id"], self._version)}
        for name, entry in shape.entries.items():
            made[name] = self._entry(row, entry)
        return made

    def _entry(self, row, entry):
        if not isinstance(entry, tuple):
            return shown(value_of(row, entry))
        if len(entry) == 2:
            return self._parent(row, *entry)
        return self._children(row, *entry)

    def _parent(self, row, link, shape):
        parent_id = row.get(link.name)
        parent = parent_id and self._org.store.get(shape.sobject.name, parent_id)
        return self.show(shape, parent) if parent else None

    def _children(self, row, child, link, inner, shape):
        store = self._org.store
        rows = store.children(child.name, link.name, row["Id"], self._deleted)
        rows = self._select(inner, child, rows)
        if not rows:
            return None
        records = [self.show(shape, found) for found in rows]
        return {"totalSize": len(records), "done": True, "records": records}
