# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an event says that changed.

A change event holds the values that changed, and no others; which ones is of no matter
here, since it is taken as a hint: the record is read. Members of its header:
https://developer.salesforce.com/docs/platform/change-data-capture/guide/cdc-event-fields-header.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from ....canonical import Envelope, Hold
from ..envelope import hint
from ..identifier import sobject_of
from ..streams import STREAMS, Stream
from .topic import Topic

HEADER = "ChangeEventHeader"
ORIGIN = "change_event"
# So many changes in one transaction that Salesforce does not name the records.
OVERFLOW = "GAP_OVERFLOW"
# Records are stamped when they are saved, and the event when all is committed. Ten
# minutes is what Salesforce gives a batch, the longest of transactions
# (https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm).
LONGEST_TRANSACTION = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Changes:
    """``envelopes``: hints. ``behind``: {code of a stream that is to be polled:
    since when}, where the records are not named."""

    envelopes: list[Envelope] = field(default_factory=list)
    behind: dict[str, datetime] = field(default_factory=dict)


def read(topic: Topic, event_id: str, content: dict, streams: Iterable[str]) -> Changes:
    """
    :param event_id: Salesforce's id of the event
    :param content: the event as it was decoded
    :param streams: codes of what is read here; changes of all else are passed over
    """
    by_sobject = {STREAMS[code].sobject: STREAMS[code] for code in streams}
    header = content.get(HEADER)
    if header is not None:
        stream = by_sobject.get(header["entityName"])
        return _of_change(stream, header, content) if stream else Changes()
    return _of_platform_event(topic, event_id, content, by_sobject)


def _of_change(stream: Stream, header: dict, content: dict) -> Changes:
    moment = _moment(header["commitTimestamp"])
    ids = header["recordIds"]
    if stream.parent_field:
        # Only what changed is told, so of a changed line not what it is a line of.
        parent = content.get(stream.parent_field)
        ids = [parent] if parent else []
    sobject = _whole(stream).sobject
    key = f"{header['transactionKey']}-{header['sequenceNumber']}"
    account = content.get("AccountId") or ""
    try:
        envelopes = [
            hint(
                external_id=f"{key}-{record_id}",
                sobject=sobject,
                record_id=record_id,
                occurred_at=moment,
                origin=ORIGIN,
                account_id=account,
            )
            for record_id in ids
        ]
    except Hold:
        # "001*": all accounts, after the type of a field was changed.
        envelopes = []
    if header["changeType"] == OVERFLOW or not envelopes:
        return Changes(behind={stream.code: moment - LONGEST_TRANSACTION})
    return Changes(envelopes)


def _whole(stream: Stream) -> Stream:
    """The stream of the objects that those of ``stream`` are, or are part of."""
    return next(
        whole
        for whole in STREAMS.values()
        if whole.kind == stream.kind and not whole.parent_field
    )


def _of_platform_event(topic, event_id, content, by_sobject) -> Changes:
    """Its author says which record it is about; the id says of which object."""
    record_id = content.get(topic.record_field)
    try:
        stream = by_sobject.get(sobject_of(record_id or ""))
    except Hold:
        return Changes()
    if stream is None or stream.parent_field:
        return Changes()
    envelope = hint(
        external_id=f"{event_id}-{record_id}",
        sobject=stream.sobject,
        record_id=record_id,
        occurred_at=_moment(content["CreatedDate"]),
        origin=topic.name,
    )
    return Changes([envelope])


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
