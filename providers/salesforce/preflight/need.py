# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a configuration asks of an org."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A field of the org itself: ns__Name__c would be of an installed package, whose fields
# cannot be created from outside.
_OWN_FIELD = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c")
PREFIX = "Q2C_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """How a custom field is created. ``type``: Text, Currency, Date or Picklist, as in
    CustomField of the Metadata API. ``length`` of a text; ``values`` of a picklist."""

    type: str
    length: int = 0
    values: tuple[str, ...] = ()
    external_id: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectNeed:
    """An object is read; ``write``: it is changed too. ``standard``: fields that are
    read of it, without which it is not understood; ``optional``: further ones.
    ``without``: what is not done where the object is closed to the user; empty where
    the connection cannot do without."""

    sobject: str
    purpose: str
    write: bool = False
    standard: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    without: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNeed:
    """A field that the configuration names. ``types``: those of describe that do.
    ``external_id``: records are found by it, so it must be unique too.
    ``definition``: how it is created where it is missing, None where that is for people
    to do. ``field`` may lead over one parent (Owner.Email). ``either``: of the needs
    that have the same word here, one is enough."""

    sobject: str
    field: str
    purpose: str
    types: tuple[str, ...]
    definition: Definition | None = None
    write: bool = False
    external_id: bool = False
    either: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.sobject}.{self.field}"

    @property
    def is_own(self) -> bool:
        """Whether it is a custom field of the org itself."""
        return bool(_OWN_FIELD.fullmatch(self.field))

    @property
    def creatable(self) -> bool:
        return self.is_own and self.definition is not None

    @property
    def label(self) -> str:
        """Q2C_Amount_Due__c → Amount Due"""
        name = self.field.removesuffix("__c").removeprefix(PREFIX)
        return name.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureNeed:
    """Changes of an object are heard of. ``members``: names of channel members any one
    of which brings them (``ChangeEvents_AccountChangeEvent``)."""

    sobject: str
    purpose: str
    members: tuple[str, ...]
