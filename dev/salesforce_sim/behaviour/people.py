# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contact and User: the full name."""

from __future__ import annotations


def before(org, before, row: dict) -> dict:
    parts = (row.get("FirstName"), row.get("LastName"))
    row["Name"] = " ".join(part for part in parts if part)
    return row


def after(org, before, row) -> None:
    """Nothing else hangs on a person."""
