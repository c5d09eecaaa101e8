# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Moments as Stripe writes them: seconds since 1970, in UTC."""

from datetime import date, datetime, timezone
from typing import Any

from ...canonical import Hold


def parse_moment(value: Any) -> datetime | None:
    """An aware UTC datetime; nothing stays nothing.

    :raises Hold: ``malformed``
    """
    if value is None:
        return None
    try:
        return datetime.fromtimestamp(int(value), timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        raise Hold(
            "malformed",
            f"{str(value)[:40]!r} is not a time as Stripe writes them.",
            "Check what sends it; Stripe's API never does.",
        ) from None


def parse_day(value: Any) -> date | None:
    """The UTC date of a moment.

    :raises Hold: ``malformed``
    """
    moment = parse_moment(value)
    return moment.date() if moment else None


def format_moment(moment: datetime) -> int:
    """:raises ValueError: ``moment`` has no time zone"""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return int(moment.timestamp())
