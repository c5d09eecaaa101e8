# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The organisation's clock, which can be moved.

Record stamps and the 24 hours of outbound retries follow it. What two parties must
agree on (token expiry, signature times) follows the machine's clock instead.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    """``now()`` runs with the machine's clock, shifted, or stands still if frozen."""

    def __init__(self):
        self._shift = timedelta(0)
        self._frozen = None

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def now(self) -> datetime:
        """Aware UTC time, whole seconds: Salesforce stamps carry no fraction."""
        moment = self._frozen or datetime.now(timezone.utc) + self._shift
        return moment.replace(microsecond=0)

    def advance(self, seconds: float) -> None:
        self.move_to(self.now() + timedelta(seconds=seconds))

    def move_to(self, moment: datetime) -> None:
        if self.frozen:
            self._frozen = moment
        else:
            self._shift = moment - datetime.now(timezone.utc)

    def freeze(self, standing: bool) -> None:
        moment = self.now()
        self._frozen = moment if standing else None
        self.move_to(moment)
