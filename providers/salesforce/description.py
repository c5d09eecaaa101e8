# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an org says of one of its objects (sObject Describe), as far as we use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...canonical import Hold


@dataclass(frozen=True, slots=True)
class Field:
    """``type``: Salesforce's word (currency, reference, picklist…). ``parents``: API
    names of the objects that a reference may point at. ``label``: for a person."""

    name: str
    type: str
    updateable: bool
    relationship: str = ""
    parents: tuple[str, ...] = ()
    external_id: bool = False
    unique: bool = False
    createable: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """One object as the signed-in user sees it: fields hidden from the user are not
    there."""

    sobject: str
    fields: dict[str, Field]
    updateable: bool = True

    @classmethod
    def of_answer(cls, answer: dict) -> Description:
        """From the answer of ``/sobjects/<name>/describe``."""
        fields = [
            Field(
                name=field["name"],
                type=field["type"],
                updateable=bool(field.get("updateable")),
                relationship=field.get("relationshipName") or "",
                parents=tuple(field.get("referenceTo") or ()),
                external_id=bool(field.get("externalId")),
                unique=bool(field.get("unique")),
                createable=bool(field.get("createable")),
                label=field.get("label") or "",
            )
            for field in answer["fields"]
        ]
        return cls(
            answer["name"],
            {field.name: field for field in fields},
            bool(answer.get("updateable", True)),
        )

    def parent_of(self, relationship: str) -> str:
        """The object that ``relationship`` (Account, Owner, SyncedQuote) leads to;
        empty where there is no such relationship."""
        for field in self.fields.values():
            if field.relationship == relationship and field.parents:
                return field.parents[0]
        return ""

    def reference_of(self, relationship: str) -> str:
        """The field behind ``relationship``: AccountId; empty where there is none."""
        names = (f.name for f in self.fields.values() if f.relationship == relationship)
        return next(names, "")


# How the describe of an object fails that this user has no access to.
CLOSED = ("invalid_object", "insufficient_access")

Describe = Callable[[str], Description]


def has_path(describe: Describe, sobject: str, path: str) -> bool:
    """Whether ``path`` (Name, or Account.Name) can be selected from ``sobject``."""
    head, dot, rest = path.partition(".")
    description = describe(sobject)
    if not dot:
        return head in description.fields
    parent = description.parent_of(head)
    if not parent:
        return False
    try:
        return has_path(describe, parent, rest)
    except Hold as failure:
        if failure.code not in CLOSED:
            raise
        return False


def field_at(describe: Describe, sobject: str, path: str) -> Field | None:
    """The field that ``path`` ends at; None where there is none."""
    head, dot, rest = path.partition(".")
    description = describe(sobject)
    if not dot:
        return description.fields.get(head)
    parent = description.parent_of(head)
    return field_at(describe, parent, rest) if parent else None
