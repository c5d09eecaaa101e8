# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The thread that delivers notifications until they are acknowledged."""

from __future__ import annotations

import itertools
import random
import threading
import time
import uuid
from datetime import timedelta

import requests

from ..ids import base62, to_18
from . import flow_callout, outbound_message
from .notification import ABANDONED, PENDING, Notification

#: Salesforce help, "Track Outbound Message Status": retried for up to 24 hours
GIVE_UP_AFTER = timedelta(hours=24)
TIMEOUT = 10
MODES = ("normal", "hold", "duplicate", "shuffle")
#: shuffling is the same in every run
SHUFFLE_SEED = 20


class Sender:
    """Modes: ``hold`` and ``shuffle`` keep notifications until they are released (the
    latter out of order), ``duplicate`` sends each twice."""

    def __init__(self, org):
        self._org = org
        self._changed = threading.Condition()
        self._http = requests.Session()
        self._http.trust_env = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.reset()

    def start(self) -> None:
        self._thread.start()

    def reset(self) -> None:
        with self._changed:
            self._queue = []
            self.log = []
            self.mode = "normal"
            self._numbers = itertools.count(1)
            self._changed.notify_all()

    def set_mode(self, mode: str) -> None:
        """Raises ValueError for a mode that is not known."""
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}")
        self.mode = mode

    def queue(self, registration, record_id: str) -> None:
        with self._changed:
            notification = Notification(
                self._new_id(registration.kind),
                registration,
                record_id,
                self._org.clock.now(),
                held=self.mode in ("hold", "shuffle"),
                repeats=int(self.mode == "duplicate"),
            )
            self._queue.append(notification)
            self._changed.notify_all()

    def _new_id(self, kind: str) -> str:
        if kind == "flow":
            return uuid.uuid4().hex
        return to_18("04lQy0" + base62(next(self._numbers), 9))

    def release(self) -> None:
        """Let go of what is held, out of order in the shuffle mode."""
        with self._changed:
            if self.mode == "shuffle":
                random.Random(SHUFFLE_SEED).shuffle(self._queue)
            for notification in self._queue:
                notification.held = False
            self._changed.notify_all()

    def wait_until_quiet(self, timeout: float) -> int:
        """The number of notifications still pending after at most that long."""
        with self._changed:
            self._changed.wait_for(lambda: not self._pending(), timeout)
            return len(self._pending())

    def notifications(self) -> list[dict]:
        with self._changed:
            return [notification.shown() for notification in self._queue]

    def _pending(self) -> list[Notification]:
        return [item for item in self._queue if item.state == PENDING]

    def _run(self) -> None:
        while True:
            with self._changed:
                batch = self._next_batch()
                while not batch:
                    self._changed.wait(self._pause())
                    batch = self._next_batch()
            self._deliver(batch)

    def _next_batch(self) -> list[Notification]:
        """Those that are due for the registration of the first one."""
        now = time.monotonic()
        due = [item for item in self._pending() if not item.held and item.due <= now]
        if not due:
            return []
        registration = due[0].registration
        if registration.kind == "flow":
            return due[:1]
        same = [item for item in due if item.registration == registration]
        return same[: outbound_message.MOST_NOTIFICATIONS]

    def _pause(self) -> float | None:
        waits = [item.due for item in self._pending() if not item.held]
        return max(min(waits) - time.monotonic(), 0.01) if waits else None

    def _deliver(self, batch: list[Notification]) -> None:
        with self._org.lock:
            batch = self._without_expired(batch)
            content, headers = self._request(batch) if batch else (None, None)
        if content is None:
            return
        entry = self._post(batch, content, headers)
        with self._changed:
            if batch[0] in self._queue:
                self.log.append(entry)
            for notification in batch:
                accepted = entry["acknowledged"]
                notification.accepted() if accepted else notification.failed()
            self._changed.notify_all()

    def _without_expired(self, batch):
        """Gone records and those older than a day are given up."""
        kept = []
        for item in batch:
            old = self._org.clock.now() - item.created > GIVE_UP_AFTER
            if old or not self._row(item):
                item.state = ABANDONED
            else:
                kept.append(item)
        with self._changed:
            self._changed.notify_all()
        return kept

    def _row(self, item: Notification) -> dict | None:
        return self._org.store.get(item.registration.object, item.record_id)

    def _request(self, batch) -> tuple[bytes, dict]:
        """The record's values are those of now, not of the change."""
        registration = batch[0].registration
        if registration.kind == "flow":
            content = flow_callout.body(self._org, registration, batch[0])
            return content, flow_callout.headers(registration.secret, content)
        rows = [(item.id, self._row(item)) for item in batch]
        content = outbound_message.envelope(self._org, registration, rows)
        return content, outbound_message.HEADERS

    def _post(self, batch, content, headers) -> dict:
        registration = batch[0].registration
        entry = {
            "kind": registration.kind,
            "url": registration.url,
            "notification_ids": [item.id for item in batch],
            "record_ids": [item.record_id for item in batch],
            "status": None,
            "acknowledged": False,
            "error": None,
        }
        try:
            answer = self._http.post(
                registration.url, data=content, headers=headers, timeout=TIMEOUT
            )
        except requests.RequestException as failure:
            return {**entry, "error": str(failure)}
        entry["status"] = answer.status_code
        if registration.kind == "flow":
            entry["acknowledged"] = answer.ok
        else:
            entry["acknowledged"] = outbound_message.acknowledged(
                answer.status_code, answer.content
            )
        return entry
