# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Paths of a query bound to fields, reached over parent relationships."""

from __future__ import annotations

from dataclasses import dataclass

from ..records.render import value_of
from ..schema.field import Field
from ..schema.sobject import SObject
from .failures import no_such_column, no_such_relationship
from .nodes import Path, Query


@dataclass(frozen=True)
class Bound:
    """A field and the references to follow to its record."""

    links: tuple[Field, ...]
    owner: SObject
    field: Field

    def value(self, org, row: dict):
        for link in self.links:
            parent_id = row.get(link.name)
            parent = parent_id and org.store.get(link.reference_to[0], parent_id)
            if not parent:
                return None
            row = parent
        return value_of(row, self.field)


def target(org, link: Field) -> SObject | None:
    """The object that a reference leads to; None where the user does not see it."""
    return org.seen(link.reference_to[0])


def bind(org, query: Query, sobject: SObject, path: Path) -> Bound:
    """Raises ApiError INVALID_FIELD for unknown relationships and fields."""
    *relationships, name = own_parts(query, sobject, path)
    links, owner = [], sobject
    for relationship in relationships:
        link = owner.parent_link(relationship)
        owner = link and target(org, link)
        if owner is None:
            raise no_such_relationship(query.text, path.position, relationship)
        links.append(link)
    field = owner.field(name)
    if field is None:
        raise no_such_column(query.text, path.position, name, owner.name)
    return Bound(tuple(links), owner, field)


def own_parts(query: Query, sobject: SObject, path: Path) -> tuple[str, ...]:
    """Without the alias or the object's own name in front."""
    parts = path.parts
    own_names = {sobject.name.lower(), (query.alias or sobject.name).lower()}
    if len(parts) > 1 and parts[0].lower() in own_names:
        if not sobject.parent_link(parts[0]):
            return parts[1:]
    return parts
