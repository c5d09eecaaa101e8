# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How often something is billed, in the words of a picklist."""

from __future__ import annotations

import re

from ....canonical import Hold

# word (letters only, lower case) → interval and count
_INTERVALS = {
    **dict.fromkeys(("daily", "day", "perday"), ("day", 1)),
    **dict.fromkeys(("weekly", "week", "perweek"), ("week", 1)),
    **dict.fromkeys(("biweekly", "fortnightly"), ("week", 2)),
    **dict.fromkeys(("monthly", "month", "permonth"), ("month", 1)),
    **dict.fromkeys(("quarterly", "quarter", "perquarter"), ("month", 3)),
    **dict.fromkeys(("semiannual", "semiannually", "halfyearly"), ("month", 6)),
    **dict.fromkeys(
        ("annual", "annually", "yearly", "year", "peryear", "perannum"), ("year", 1)
    ),
    **dict.fromkeys(("onetime", "once", "oneoff", "nonrecurring"), ("one_time", 1)),
}


def interval_of(value: str, subject: str) -> tuple[str, int]:
    """Interval (one of INTERVALS) and count; an empty ``value`` stays empty.

    :raises Hold: ``unknown_billing_interval``
    """
    if not value:
        return "", 1
    word = re.sub(r"[^a-z]", "", value.lower())
    if word not in _INTERVALS:
        raise Hold(
            "unknown_billing_interval",
            f"The billing interval of {subject} is {value[:40]!r}, which is not known.",
            "Use one of: One-Time, Daily, Weekly, Monthly, Quarterly, Semiannual,"
            " Annual.",
        )
    return _INTERVALS[word]
