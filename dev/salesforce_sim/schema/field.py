# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One field of an object, and short ways to write one down."""

from __future__ import annotations

from dataclasses import dataclass

#: longest textarea that Salesforce still filters and sorts by
FILTERABLE_TEXT = 255


@dataclass(frozen=True)
class Field:
    """What describe tells about a field; lengths in characters.

    ``children`` names the relationship from the referenced object back to this one.
    ``derived`` values are computed by the organisation and cannot be written.
    """

    name: str
    type: str
    label: str = ""
    length: int = 0
    precision: int = 0
    scale: int = 0
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    default: object = None
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    children: str | None = None
    cascade: bool = False
    external_id: bool = False
    unique: bool = False
    name_field: bool = False
    derived: bool = False
    auto_number: bool = False
    compound: str | None = None

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def filterable(self) -> bool:
        long_text = self.type == "textarea" and self.length > FILTERABLE_TEXT
        return not long_text and self.type != "address"

    @property
    def required(self) -> bool:
        """Must be given on create."""
        return self.createable and not self.nillable and self.default is None


READ_ONLY = {"createable": False, "updateable": False}


def text(name, length=255, **more) -> Field:
    return Field(name, "string", length=length, **more)


def area(name, length=32000, **more) -> Field:
    return Field(name, "textarea", length=length, **more)


def choice(name, *values, length=255, **more) -> Field:
    return Field(name, "picklist", length=length, picklist=values, **more)


def money(name, scale=2, **more) -> Field:
    return Field(name, "currency", precision=18, scale=scale, **more)


def number(name, precision=18, scale=2, **more) -> Field:
    return Field(name, "double", precision=precision, scale=scale, **more)


def percent(name, precision=5, scale=2, **more) -> Field:
    return Field(name, "percent", precision=precision, scale=scale, **more)


def flag(name, default=False, **more) -> Field:
    return Field(name, "boolean", nillable=False, default=default, **more)


def day(name, **more) -> Field:
    return Field(name, "date", **more)


def moment(name, **more) -> Field:
    return Field(name, "datetime", **more)


def link(name, target, relationship="", **more) -> Field:
    """A reference to the object ``target`` (or to one of several).

    The relationship is named as the field without Id, unless said otherwise; None is
    a reference that queries cannot follow.
    """
    targets = (target,) if isinstance(target, str) else tuple(target)
    if relationship == "":
        relationship = name.removesuffix("Id").removesuffix("__c") or None
    return Field(
        name,
        "reference",
        length=18,
        reference_to=targets,
        relationship=relationship,
        **more,
    )
