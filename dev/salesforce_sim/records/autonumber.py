# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Numbers given out by auto-number fields: 00000001, 00000002, …"""

from __future__ import annotations

import itertools


class AutoNumbers:
    def __init__(self):
        self._counters = {}

    def next(self, object_name: str, field_name: str) -> str:
        key = (object_name, field_name)
        counter = self._counters.setdefault(key, itertools.count(1))
        return f"{next(counter):08d}"
