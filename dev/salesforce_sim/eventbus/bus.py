# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was published, in order, for as long as it is kept."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from .avro import EventSchema, of_platform_event

#: Pub/Sub API guide, "Event Message Durability"
RETENTION = timedelta(hours=72)
#: Pub/Sub API reference, Subscribe: an empty answer comes within so many seconds
KEEPALIVE_SECONDS = 270
FIRST = 1000


@dataclass(frozen=True)
class Published:
    """``topics``: names of those that bring it; none: only a place to go on from."""

    number: int
    at: datetime
    topics: frozenset[str]
    id: str = ""
    schema_id: str = ""
    payload: bytes = b""

    @property
    def replay_id(self) -> bytes:
        return self.number.to_bytes(8, "big")


class Bus:
    """``changed`` is notified of everything that a subscriber may have to look at.

    ``mode``: ``normal``; ``gap``: changes are told without their values; ``silent``:
    they are not told at all. ``interruptions`` goes up when all streams are cut off.
    """

    MODES = ("normal", "gap", "silent")

    def __init__(self, clock):
        self._clock = clock
        self._kept: list[Published] = []
        self._last = FIRST
        self._schemas: dict[str, EventSchema] = {}
        self._platform_events: dict[str, EventSchema] = {}
        self.changed = threading.Condition()
        self.mode = "normal"
        self.keepalive = KEEPALIVE_SECONDS
        self.interruptions = 0
        self.delivered = 0

    # Publishing

    def publish(self, topics, schema: EventSchema, content: dict) -> Published:
        with self.changed:
            self._schemas[schema.id] = schema
            event = self._add(
                frozenset(topics),
                id=str(uuid.uuid4()),
                schema_id=schema.id,
                payload=schema.payload(content),
            )
            self.changed.notify_all()
            return event

    def tip(self) -> Published:
        """A place behind all that was published."""
        with self.changed:
            return self._add(frozenset())

    def _add(self, topics, **more) -> Published:
        self._last += 1
        event = Published(self._last, self._clock.now(), topics, **more)
        self._kept.append(event)
        return event

    # Platform events

    def define(self, topic: str, fields: list[str]) -> None:
        """Raises ValueError for a name that is none of a platform event."""
        if not (topic.startswith("/event/") and topic.endswith("__e")):
            raise ValueError(f"{topic} is not as /event/Name__e")
        name = topic.removeprefix("/event/")
        self._platform_events[topic] = of_platform_event(name, fields)

    def platform_event(self, topic: str) -> EventSchema | None:
        return self._platform_events.get(topic)

    # Hearing

    def schema(self, schema_id: str) -> EventSchema | None:
        return self._schemas.get(schema_id)

    def knows(self, replay_id: bytes) -> bool:
        """Whether it can be gone on from there: it is still kept."""
        self._forget_old()
        return any(event.replay_id == replay_id for event in self._kept)

    def first(self) -> int:
        """The number before the oldest that is kept."""
        self._forget_old()
        return self._kept[0].number - 1 if self._kept else self._last

    def last(self) -> int:
        return self._last

    def after(self, number: int, topic: str, limit: int) -> list[Published]:
        self._forget_old()
        return [
            event
            for event in self._kept
            if event.number > number and topic in event.topics
        ][:limit]

    def _forget_old(self) -> None:
        oldest = self._clock.now() - RETENTION
        self._kept = [event for event in self._kept if event.at >= oldest]

    # Trouble

    def interrupt(self) -> None:
        with self.changed:
            self.interruptions += 1
            self.changed.notify_all()

    def set_mode(self, mode: str) -> None:
        """Raises ValueError for a mode that is not known."""
        if mode not in self.MODES:
            raise ValueError(f"mode must be one of {', '.join(self.MODES)}")
        self.mode = mode
