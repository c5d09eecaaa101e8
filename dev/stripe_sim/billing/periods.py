# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Billing periods, in UTC."""

from datetime import datetime, timezone

from dateutil.relativedelta import relativedelta


def add_interval(moment: int, interval: str, count: int) -> int:
    """`count` intervals later; the 31st becomes the last day of a shorter month."""
    start = datetime.fromtimestamp(moment, timezone.utc)
    later = start + relativedelta(**{f"{interval}s": count})
    return int(later.timestamp())


def period_end(anchor: int, after: int, interval: str, count: int) -> int:
    """The first moment on the anchor's grid that is later than `after`.

    Counted from the anchor, so that a clamped 31st comes back in longer months.
    """
    step = 1
    while add_interval(anchor, interval, count * step) <= after:
        step += 1
    while add_interval(anchor, interval, count * (step - 1)) > after:
        step -= 1
    return add_interval(anchor, interval, count * step)


def day(moment: int) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%d %b %Y")
