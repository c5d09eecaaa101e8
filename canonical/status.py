# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What sales is told about a deal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdate(Document):
    """Values for the fields of one object of the CRM. ``object_name``: its API name
    (Account, Opportunity); ``values``: field API name → value."""

    KIND = "status"

    object_name: str
    values: dict[str, str | bool | int | Decimal | date | None] = field(
        default_factory=dict
    )
