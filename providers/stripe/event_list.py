# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 3: the events of the last 30 days, for what no webhook brought.

https://docs.stripe.com/api/events/list gives the newest first. A sweep must begin with
the oldest that was not read, or one that is interrupted leaves a gap.

The cursor: ``{"created": seconds, "id": event id}`` behind the last event that was
read; without ``id`` it stands before all events of that second.
"""

from __future__ import annotations

from datetime import timedelta

from ...canonical import Hold, Page
from .connector import PAGE_SIZE, Connector
from .envelope import envelope_of_event

_PATH = "/v1/events"
# A day more than Stripe keeps them.
_RETENTION = int(timedelta(days=31).total_seconds())


def rewound(cursor: dict, overlap: timedelta) -> dict:
    """``cursor`` moved back by ``overlap``: events are listed in the order of
    ``created``, but one may show up after a later one was read."""
    if not cursor.get("created"):
        return {}
    return {"created": cursor["created"] - int(overlap.total_seconds())}


def page(connector: Connector, cursor: dict, limit: int = PAGE_SIZE) -> Page:
    """Events after ``cursor`` (``{}``: from the oldest there is), oldest first.

    :raises Hold: refused
    :raises Retry: passing fault
    """
    limit = max(1, min(limit, PAGE_SIZE))
    found = _following(connector, cursor, limit) if cursor.get("id") else None
    if found is None:
        found = _oldest(connector, cursor.get("created") or 0, limit)
    newest_first, more = found
    events = newest_first[::-1]
    if events:
        cursor = {"created": events[-1]["created"], "id": events[-1]["id"]}
    return Page(
        envelopes=tuple(envelope_of_event(event) for event in events),
        cursor=cursor,
        more=more,
    )


def _following(
    connector: Connector, cursor: dict, limit: int
) -> tuple[list[dict], bool] | None:
    """What was created right after an event; None where Stripe has forgotten it."""
    params = {"limit": limit, "ending_before": cursor["id"]}
    try:
        answer = connector.get(_PATH, params, "events")
    except Hold as failure:
        if failure.code != "missing":
            raise
        return None
    return answer["data"], bool(answer["has_more"])


def _oldest(connector: Connector, begin: int, limit: int) -> tuple[list[dict], bool]:
    """The oldest page from ``begin`` on. As long as a page is not all there is before
    some moment, that moment is moved back half the way."""
    end = None
    while True:
        bounds = {"gte": begin} if end is None else {"gte": begin, "lt": end}
        answer = connector.get(_PATH, {"limit": limit, "created": bounds}, "events")
        events = answer["data"]
        if not answer["has_more"]:
            if events or end is None:
                return events, end is not None
            begin, end = end, None
            continue
        begin = max(begin, events[0]["created"] - _RETENTION)
        if end == begin + 1:
            return _last_page(connector, bounds, events, limit), True
        end = begin + max(1, (events[-1]["created"] - begin) // 2)


def _last_page(
    connector: Connector, bounds: dict, events: list[dict], limit: int
) -> list[dict]:
    """Of one second with more events than a page has."""
    params = {"limit": limit, "created": bounds, "starting_after": events[-1]["id"]}
    for answer in connector.pages(_PATH, params):
        events = (events + answer["data"])[-limit:]
    return events
