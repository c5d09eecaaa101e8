# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Dates and times as Salesforce writes them."""

import re
from datetime import date, datetime, timezone

from ...canonical import Hold

# Python 3.10 reads neither "+0000" nor "Z".
_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)$")


def parse_datetime(text: str) -> datetime:
    """``2026-11-24T09:00:00.000+0000`` (or with ``Z``) as an aware UTC datetime.

    :raises Hold: ``malformed``
    """
    normal = _OFFSET.sub(r"\1:\2", re.sub(r"[zZ]$", "+00:00", str(text)))
    try:
        moment = datetime.fromisoformat(normal)
        if moment.tzinfo is None:
            raise _malformed(text)
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise _malformed(text) from None


def parse_date(text: str | None) -> date | None:
    """``2026-11-24``; nothing stays nothing.

    :raises Hold: ``malformed``
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        raise _malformed(text) from None


def format_datetime(moment: datetime) -> str:
    """As a SOQL literal and cursor: UTC with milliseconds.

    :raises ValueError: ``moment`` has no time zone
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    utc = moment.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _malformed(text: object) -> Hold:
    return Hold(
        "malformed",
        f"{str(text)[:40]!r} is not a date or time as Salesforce writes them.",
        "Check what sends it; a Salesforce API never does.",
    )
