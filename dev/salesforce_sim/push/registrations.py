# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who wants to hear of which changes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from ..ids import base62, to_18

SAVED, CLOSED_WON = "saved", "closed_won"


@dataclass(frozen=True)
class Registration:
    """``kind``: outbound (SOAP) or flow (signed JSON). ``id`` is the action's id."""

    kind: str
    object: str
    url: str
    when: str
    id: str
    fields: tuple[str, ...] = ()
    secret: str = ""


class Registrations:
    def __init__(self):
        self._items = []
        self._counter = itertools.count(1)

    def add(self, kind, object_name, url, when, **more) -> Registration:
        """Raises ValueError for an unknown ``when``."""
        if when not in (SAVED, CLOSED_WON):
            raise ValueError(f"when must be {SAVED} or {CLOSED_WON}, not {when}")
        action_id = to_18("04kQy0" + base62(next(self._counter), 9))
        item = Registration(kind, object_name, url, when, action_id, **more)
        self._items.append(item)
        return item

    def of_kind(self, kind: str) -> list[Registration]:
        return [item for item in self._items if item.kind == kind]

    def clear(self, kind: str) -> None:
        self._items = [item for item in self._items if item.kind != kind]

    def matching(self, name: str, before, after) -> list[Registration]:
        """Deletions, merges and purges send nothing: no rule sees them."""
        if after is None or after.get("IsDeleted"):
            return []
        return [
            item
            for item in self._items
            if item.object == name and _fits(item.when, before, after)
        ]


def _fits(when: str, before, after) -> bool:
    if when == SAVED:
        return True
    return bool(after.get("IsWon")) and not (before and before.get("IsWon"))
