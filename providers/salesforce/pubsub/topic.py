# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is listened to."""

from dataclasses import dataclass

# Change Data Capture: /data/ChangeEvents, /data/AccountChangeEvent,
# /data/Custom__chn; platform events: /event/Custom__e.
CHANGES, PLATFORM_EVENTS = "/data/", "/event/"
# Of all objects that are selected for Change Data Capture in the org's Setup.
STANDARD = "/data/ChangeEvents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """``position``: the replay id, in hexadecimal digits, that was heard last; empty to
    begin at the tip. ``record_field``: of platform events, the field that holds the id
    of the record that each is about."""

    name: str
    position: str = ""
    record_field: str = ""
