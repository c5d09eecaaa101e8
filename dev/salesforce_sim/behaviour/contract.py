# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contract: its last day and the category of its status."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

MONTHS = 12


def before(org, before, row: dict) -> dict:
    row["StatusCode"] = row.get("Status")
    start, term = row.get("StartDate"), row.get("ContractTerm")
    row["EndDate"] = _last_day(start, int(term)) if start and term else None
    return row


def _last_day(begin: date, months: int) -> date:
    """The day before the one that is ``months`` later."""
    years, month = divmod(begin.month - 1 + months, MONTHS)
    year, month = begin.year + years, month + 1
    day = min(begin.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) - timedelta(days=1)


def after(org, before, row) -> None:
    """Nothing else hangs on a contract."""
