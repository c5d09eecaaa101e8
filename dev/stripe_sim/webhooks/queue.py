# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What waits for delivery, in the order the chosen mode gives it."""

import heapq
import itertools
import random
import threading
import time
from dataclasses import dataclass

# What has arrived within this time is shuffled together.
_SHUFFLE_WINDOW = 0.4


@dataclass
class Mode:
    """normal, hold (until released), duplicate (each twice) or shuffle."""

    name: str = "normal"
    seed: int | None = None


class Queue:
    def __init__(self):
        self._condition = threading.Condition()
        self._due: list[tuple] = []
        self._order = itertools.count()
        self._held: list = []
        self._working = 0
        self._mode = Mode()
        self._random = random.Random()

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._mode = mode
        self._random = random.Random(mode.seed)

    def put(self, delivery) -> None:
        if self._mode.name == "hold":
            self._held.append(delivery)
            return
        times = 2 if self._mode.name == "duplicate" else 1
        for _ in range(times):
            self._push(delivery, 0)

    def put_later(self, delivery, seconds: float) -> None:
        self._push(delivery, seconds)

    def _push(self, delivery, seconds: float) -> None:
        shuffled = self._mode.name == "shuffle" and not seconds
        wait = _SHUFFLE_WINDOW if shuffled else seconds
        rank = self._random.random() if shuffled else 0
        with self._condition:
            entry = (time.monotonic() + wait, next(self._order), rank, delivery)
            heapq.heappush(self._due, entry)
            self._condition.notify()

    def release(self, order: str = "as_is", times: int = 1) -> int:
        """Send what is held, each `times` times, in the order asked for."""
        held, self._held = self._held, []
        batch = held * times
        if order == "reverse":
            batch.reverse()
        if order == "shuffle":
            self._random.shuffle(batch)
        for delivery in batch:
            self._push_now(delivery)
        return len(batch)

    def _push_now(self, delivery) -> None:
        with self._condition:
            entry = (time.monotonic(), next(self._order), 0, delivery)
            heapq.heappush(self._due, entry)
            self._condition.notify()

    def take(self, timeout: float):
        """The next that is due, or None when the time is out."""
        with self._condition:
            now = time.monotonic()
            if not self._due or self._due[0][0] > now:
                wait = min(timeout, self._due[0][0] - now) if self._due else timeout
                self._condition.wait(max(wait, 0))
            now = time.monotonic()
            if not self._due or self._due[0][0] > now:
                return None
            self._working += 1
            return self._pop(now)

    def _pop(self, now: float):
        if self._mode.name != "shuffle":
            return heapq.heappop(self._due)[-1]
        # What waits for its next try, and so has no rank, may not go before its time.
        ready = (entry for entry in self._due if entry[2] or entry[0] <= now)
        entry = min(ready, key=lambda waiting: waiting[2])
        self._due.remove(entry)
        heapq.heapify(self._due)
        return entry[-1]

    def done(self) -> None:
        with self._condition:
            self._working -= 1

    def idle(self) -> bool:
        with self._condition:
            return not self._due and not self._working

    @property
    def held(self) -> int:
        return len(self._held)

    def wake(self) -> None:
        with self._condition:
            self._condition.notify_all()

    def clear(self) -> None:
        with self._condition:
            self._due.clear()
            self._held.clear()
