# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One object: its fields by name, looked up in any case as Salesforce does."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as member

from .field import READ_ONLY, Field, flag, link, moment

IDENTITY = (Field("Id", "id", length=18, nillable=False, default="", **READ_ONLY),)
DELETION = (flag("IsDeleted", **READ_ONLY),)
AUDIT = (
    moment("CreatedDate", nillable=False, default="", **READ_ONLY),
    link("CreatedById", "User", nillable=False, default="", **READ_ONLY),
    moment("LastModifiedDate", nillable=False, default="", **READ_ONLY),
    link("LastModifiedById", "User", nillable=False, default="", **READ_ONLY),
    moment("SystemModstamp", nillable=False, default="", **READ_ONLY),
)


@dataclass
class SObject:
    name: str
    key_prefix: str
    label: str
    plural: str
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    undeletable: bool = True
    mergeable: bool = False
    searchable: bool = True
    tooling: bool = False
    fields: dict[str, Field] = member(default_factory=dict)

    def add(self, *fields: Field) -> SObject:
        for item in fields:
            self.fields[item.name.lower()] = item
        return self

    def remove(self, name: str) -> None:
        """Raises KeyError where there is no such field."""
        del self.fields[name.lower()]

    def field(self, name: str) -> Field | None:
        return self.fields.get(name.lower())

    def parent_link(self, relationship: str) -> Field | None:
        """The reference field whose relationship has this name."""
        wanted = relationship.lower()
        for item in self.fields.values():
            if item.relationship and item.relationship.lower() == wanted:
                return item
        return None

    @property
    def soft_deletes(self) -> bool:
        return "isdeleted" in self.fields


def define(name, prefix, fields, label=None, plural=None, **flags) -> SObject:
    """An object with the system fields around its own; ``flags`` as SObject's."""
    label = label or name
    made = SObject(name, prefix, label, plural or label + "s", **flags)
    deletion = DELETION if made.deletable else ()
    return made.add(*IDENTITY, *deletion, *fields, *AUDIT)
