# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One change on its way to one receiver."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

from .registrations import Registration

PENDING, DELIVERED, ABANDONED = "pending", "delivered", "abandoned"
#: seconds until the next try: short, so that tests need not wait
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0


@dataclass
class Notification:
    """``created`` is the organisation's time; ``due`` the machine's monotonic one."""

    id: str
    registration: Registration
    record_id: str
    created: datetime
    held: bool = False
    repeats: int = 0
    attempts: int = 0
    state: str = PENDING
    due: float = field(default_factory=time.monotonic)

    def failed(self) -> None:
        wait = min(FIRST_WAIT * 2**self.attempts, LONGEST_WAIT)
        self.attempts += 1
        self.due = time.monotonic() + wait

    def accepted(self) -> None:
        """Delivered, or due once more where duplicates are wanted."""
        self.attempts += 1
        if self.repeats:
            self.repeats -= 1
            self.due = time.monotonic()
        else:
            self.state = DELIVERED

    def shown(self) -> dict:
        return {
            "id": self.id,
            "kind": self.registration.kind,
            "url": self.registration.url,
            "object": self.registration.object,
            "record_id": self.record_id,
            "state": self.state,
            "attempts": self.attempts,
            "held": self.held,
        }
