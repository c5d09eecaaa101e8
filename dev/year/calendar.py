# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The days of the year that is played, counted from 0, in UTC."""

import datetime

FIRST = datetime.date(2025, 1, 1)
DAYS = 365
WEEKS = DAYS // 7
MONTHS = 12
DAY_SECONDS = 86400
# When people act; what Stripe does by itself it does at the hour of the contract.
HOUR = 9


def date_of(day):
    """The ``date`` of a day."""
    return FIRST + datetime.timedelta(days=day)


def moment(day, hour=HOUR):
    """Seconds since the epoch."""
    start = datetime.datetime.combine(date_of(day), datetime.time())
    return int(start.replace(tzinfo=datetime.timezone.utc).timestamp()) + hour * 3600


def date_at(seconds):
    """The UTC date of a moment of Stripe's."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).date()


def month_starts():
    """The first of each month, as dates."""
    return [FIRST.replace(month=month) for month in range(1, MONTHS + 1)]
