# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where a poll has got to: ``{"modstamp": ISO datetime in UTC, "id": record id}``."""

from __future__ import annotations

from datetime import datetime, timedelta

from .moment import format_datetime, parse_datetime


def after(record: dict) -> dict:
    """The cursor behind ``record``, the last of a page."""
    moment = parse_datetime(record["SystemModstamp"])
    return {"modstamp": format_datetime(moment), "id": record["Id"]}


def rewound(cursor: dict, overlap: timedelta) -> dict:
    """``cursor`` moved back by ``overlap``: rows are stamped when they are written, but
    seen only when their transaction commits, which may be after a later stamp was read.
    """
    if not cursor.get("modstamp"):
        return {}
    moment = parse_datetime(cursor["modstamp"]) - overlap
    return {"modstamp": format_datetime(moment)}


def not_after(cursor: dict, since: datetime) -> dict:
    """``cursor`` where it is before ``since`` (aware), else one that is there."""
    if not cursor.get("modstamp") or parse_datetime(cursor["modstamp"]) <= since:
        return cursor
    return {"modstamp": format_datetime(since)}
