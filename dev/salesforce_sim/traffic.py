# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many calls came, in all and per method and path, and which queries."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

RECORD_ID = re.compile(r"/(?=[A-Za-z]*\d)[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?(?=[-/]|$)")
DAY = timedelta(hours=24)


class Traffic:
    """``requests`` counts by method and path, with ids in paths shown as {id}.
    ``queries``: SOQL as it came, each text once."""

    def __init__(self, clock):
        self._clock = clock
        self._day = clock.now()
        self._calls = 0
        self.requests = Counter()
        self._queries: dict[str, None] = {}

    @property
    def api_calls(self) -> int:
        """Calls of the daily allocation, which begins anew after 24 hours."""
        if not timedelta(0) <= self._clock.now() - self._day < DAY:
            self._day, self._calls = self._clock.now(), 0
        return self._calls

    def note(self, method: str, path: str) -> None:
        self.requests[f"{method} {RECORD_ID.sub('/{id}', path)}"] += 1

    @property
    def queries(self) -> list[str]:
        return list(self._queries)

    def note_query(self, text: str) -> None:
        self._queries[text] = None

    def count_call(self) -> None:
        self._calls = self.api_calls + 1
