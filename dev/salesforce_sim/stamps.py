# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who made and last changed a record, and when."""

from __future__ import annotations


def created(org, row: dict) -> dict:
    now, user = org.clock.now(), org.acting_user
    return {**row, "CreatedDate": now, "CreatedById": user, **_modified(org)}


def changed(org, row: dict) -> dict:
    return {**row, **_modified(org)}


def _modified(org) -> dict:
    now = org.clock.now()
    return {
        "LastModifiedDate": now,
        "LastModifiedById": org.acting_user,
        "SystemModstamp": now,
    }
