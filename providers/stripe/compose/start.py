# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When a subscription starts, in the terms of Stripe, which starts it at the call."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta, timezone

from ....canonical import Subscription
from ..moment import format_moment

_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}


def start_of(document: Subscription, now: datetime) -> dict:
    """The parameters for a start that is not today (UTC).

    - Later, within one billing interval: the first full invoice is on that day, and the
      time until then is not charged. No trial, which would be reported as one and would
      bring an invoice of zero
      (https://docs.stripe.com/billing/subscriptions/billing-cycle).
    - Later still: Stripe takes no anchor beyond the first interval, so a trial until
      then (https://docs.stripe.com/billing/subscriptions/trials).
    - Earlier: the time that has passed is charged, and the billing day is that of the
      start; by itself Stripe would make it today's
      (https://docs.stripe.com/billing/subscriptions/backdating).
    """
    start = document.started_at
    if start is None or start.astimezone(timezone.utc).date() == _day(now):
        return {}
    if start < now:
        return {
            "backdate_start_date": format_moment(start),
            "billing_cycle_anchor": format_moment(_next_anchor(document, start, now)),
        }
    if start <= _after(document, now, 1):
        return {
            "billing_cycle_anchor": format_moment(start),
            "proration_behavior": "none",
        }
    return {"trial_end": format_moment(start)}


def _day(now: datetime):
    return now.astimezone(timezone.utc).date()


def _next_anchor(document: Subscription, start: datetime, now: datetime) -> datetime:
    count = 1
    while _after(document, start, count) <= now:
        count += 1
    return _after(document, start, count)


def _after(document: Subscription, moment: datetime, count: int) -> datetime:
    """``count`` billing intervals later. Of the shortest interval, where items differ:
    whatever is on a longer one has an anchor that fits."""
    return min(
        _add(moment, item.interval, item.interval_count * count)
        for item in document.items
    )


def _add(moment: datetime, interval: str, count: int) -> datetime:
    """As Stripe counts: a month without that day ends on its last."""
    if interval in _DAYS:
        return moment + timedelta(days=_DAYS[interval] * count)
    months = moment.month - 1 + _MONTHS.get(interval, 1) * count
    year, month = moment.year + months // 12, months % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
