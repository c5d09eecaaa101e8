# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The simulated clock and the work that falls due on it."""

import heapq
import itertools
import time
from collections.abc import Callable


class Clock:
    """Seconds since the epoch, movable forwards; runs with real time unless frozen.

    Work is scheduled with `at` and done by `advance_to` in the order of its
    due time, with the clock standing at that time, so that a year of renewals
    takes as long as its computation.
    """

    def __init__(self):
        self._offset = 0.0
        self._frozen_at: int | None = None
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._running_at: int | None = None

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def now(self) -> int:
        if self._running_at is not None:
            return self._running_at
        if self._frozen_at is not None:
            return int(self._frozen_at)
        return int(time.time() + self._offset)

    def start_at(self, moment: int) -> None:
        """Stand still at `moment`, wherever the clock was; for a fresh start."""
        self._frozen_at = moment
        self._offset = moment - time.time()

    def freeze(self) -> None:
        self._frozen_at = self.now()

    def thaw(self) -> None:
        self._set(self.now())
        self._frozen_at = None

    def at(self, due: int, work: Callable[[], None]) -> None:
        heapq.heappush(self._due, (int(due), next(self._order), work))

    def catch_up(self) -> None:
        """Do what has fallen due by the passing of real time."""
        self._do_due(self.now())

    def advance_to(self, target: int) -> None:
        """Move to `target`, doing the work due until then; never backwards."""
        if target < self.now():
            raise ValueError("The clock moves forwards only.")
        self._do_due(target)
        if target > self.now():
            self._set(target)

    def _do_due(self, target: int) -> None:
        try:
            while self._due and self._due[0][0] <= target:
                due, _order, work = heapq.heappop(self._due)
                self._running_at = max(due, self._running_at or 0)
                work()
        finally:
            self._running_at = None

    def _set(self, moment: int) -> None:
        if self._frozen_at is not None:
            self._frozen_at = moment
        self._offset = moment - time.time()
