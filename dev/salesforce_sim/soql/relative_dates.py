# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Date literals that name a span of days, seen from the organisation's clock.

Source: SOQL reference, "Date Formats and Date Literals". Weeks, months, quarters and
years of the reference are left out: the addon's queries do not use them.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

PLAIN = ("TODAY", "YESTERDAY", "TOMORROW")
WITH_NUMBER = ("LAST_N_DAYS", "NEXT_N_DAYS", "N_DAYS_AGO")


def days_of(word: str, number: int, today: date) -> tuple[date, date]:
    """First day and the day after the last one."""
    first, count = {
        "TODAY": (0, 1),
        "YESTERDAY": (-1, 1),
        "TOMORROW": (1, 1),
        "LAST_N_DAYS": (-number, number + 1),
        "NEXT_N_DAYS": (1, number),
        "N_DAYS_AGO": (-number, 1),
    }[word]
    start = today + timedelta(days=first)
    return start, start + timedelta(days=count)


def moments_of(word: str, number: int, today: date) -> tuple[datetime, datetime]:
    """The same span in UTC: the organisation's time zone is taken as UTC."""
    first, last = days_of(word, number, today)
    return (
        datetime.combine(first, time(), timezone.utc),
        datetime.combine(last, time(), timezone.utc),
    )
