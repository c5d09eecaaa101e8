# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Query results handed out in batches, the rest fetched by a locator."""

from __future__ import annotations

from ..errors import ApiError
from ..ids import to_18
from .execute import Result

#: REST API guide, Sforce-Query-Options
DEFAULT_BATCH, SMALLEST_BATCH, LARGEST_BATCH = 2000, 200, 2000
LOCATOR_PREFIX = "01g"


def batch_size(header: str | None, forced: int | None) -> int:
    """``header``: batchSize=N, drawn into 200…2000. ``forced`` is a test's own."""
    if forced:
        return forced
    name, _equals, value = (header or "").partition("=")
    if name.strip().lower() != "batchsize" or not value.strip().isdigit():
        return DEFAULT_BATCH
    return min(max(int(value), SMALLEST_BATCH), LARGEST_BATCH)


class Cursors:
    """Results by locator. They keep what the query saw when it ran."""

    def __init__(self, ids):
        self._ids = ids
        self._open = {}

    def first(self, result: Result, size: int, path: str) -> dict:
        """``path``: that of the query resource, /services/data/v66.0/query."""
        if len(result.records) <= size:
            return {
                "totalSize": result.total,
                "done": True,
                "records": result.records,
            }
        locator = to_18(self._ids.next(LOCATOR_PREFIX))
        self._open[locator] = (result, size)
        return self._page(locator, 0, path)

    def more(self, locator: str, path: str) -> dict:
        """Raises ApiError for a locator that is unknown or out of range."""
        record_id, _dash, start = locator.partition("-")
        known = self._open.get(record_id)
        if not known or not start.isdigit() or int(start) >= known[0].total:
            raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(record_id, int(start), path)

    def expire(self) -> None:
        self._open.clear()

    def _page(self, locator: str, start: int, path: str) -> dict:
        result, size = self._open[locator]
        end = start + size
        done = end >= len(result.records)
        page = {"totalSize": result.total, "done": done}
        if not done:
            page["nextRecordsUrl"] = f"{path}/{locator}-{end}"
        return {**page, "records": result.records[start:end]}
