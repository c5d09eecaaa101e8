# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How often something is billed, as a selection."""

from ...canonical import INTERVALS

ONE_TIME = INTERVALS[0]

SELECTION = [
    ("one_time", "One time"),
    ("day", "Day"),
    ("week", "Week"),
    ("month", "Month"),
    ("year", "Year"),
]

# Months in one interval, for monthly recurring revenue. Days and weeks by the average
# year of 365.25 days, 30.4375 days a month.
MONTHS = {"day": 1 / 30.4375, "week": 7 / 30.4375, "month": 1, "year": 12}
