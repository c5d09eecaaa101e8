# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Records and hints as they are kept in the inbox, and read from there."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone

from ...canonical import Envelope, Hold, Reading
from ..json_text import dumps, loads
from ..pasted import malformed
from . import lines
from .identifier import SOBJECT_OF_PREFIX, optional, to_18
from .moment import format_datetime, parse_datetime
from .streams import KIND_OF_SOBJECT, Stream, sobject_of
from .version import API_VERSION

# The key that tells a hint from a record; no API name begins so.
HINT = "_hint"


def envelope_of_record(
    kind: str, record: dict, api_version: str = API_VERSION
) -> Envelope:
    """For a record that was polled or fetched, with its lines.

    The same state of a record gets the same external id, however often it is read: the
    overlap of polls costs nothing.
    """
    sobject = sobject_of(kind)
    identifier = to_18(record["Id"])
    occurred_at = parse_datetime(record["SystemModstamp"])
    return Envelope(
        external_id=_version_id(record),
        type=f"{sobject}.{'deleted' if record.get('IsDeleted') else 'changed'}",
        kind=kind,
        object_id=identifier,
        partition=_partition(kind, record) or identifier,
        occurred_at=occurred_at,
        payload=dumps(record),
        api_version=api_version,
    )


def envelope_of_pasted(record: dict) -> Envelope:
    """For a record that nobody vouches for, with the name of its object or told by its
    id; as if it had been read right now, where it does not say when it changed.

    :raises Hold: ``malformed``, ``malformed_id``
    """
    identifier = to_18(record.get("Id"))
    attributes = record.get("attributes")
    sobject = isinstance(attributes, dict) and attributes.get("type")
    kind = KIND_OF_SOBJECT.get(sobject or SOBJECT_OF_PREFIX.get(identifier[:3]))
    if not kind:
        raise malformed(
            "It is none of the records that are read: "
            f"{', '.join(sorted(KIND_OF_SOBJECT))}"
        )
    now = format_datetime(datetime.now(timezone.utc))
    return envelope_of_record(kind, {"SystemModstamp": now, **record})


def envelope_of_line(
    stream: Stream, record: dict, api_version: str = API_VERSION
) -> Envelope:
    """For a record of a stream of lines: a hint that its parent changed."""
    return hint(
        external_id=_version_id(record),
        sobject=sobject_of(stream.kind),
        record_id=record[stream.parent_field],
        occurred_at=parse_datetime(record["SystemModstamp"]),
        origin=stream.code,
        api_version=api_version,
    )


def envelope_of_change(
    stream: Stream, record: dict, api_version: str = API_VERSION
) -> Envelope:
    """For whatever ``Client.changes`` gave for ``stream``."""
    if stream.parent_field:
        return envelope_of_line(stream, record, api_version)
    return envelope_of_record(stream.kind, record, api_version)


def hint(
    *,
    external_id: str,
    sobject: str,
    record_id: str,
    occurred_at: datetime,
    origin: str,
    account_id: str = "",
    api_version: str = API_VERSION,
) -> Envelope:
    """For a message that says no more than that a record changed.

    :param origin: outbound_message, flow, or the stream that noticed
    :raises Hold: ``malformed_id``
    """
    identifier = to_18(record_id)
    kind = KIND_OF_SOBJECT.get(sobject, "")
    account = identifier if kind == "customer" else optional(account_id)
    payload = {HINT: origin, "Id": identifier, "sobject": sobject}
    return Envelope(
        external_id=external_id,
        type=f"{sobject}.changed",
        kind=kind,
        object_id=identifier,
        partition=account or identifier,
        occurred_at=occurred_at,
        payload=dumps(payload),
        api_version=api_version,
    )


def open_payload(payload: str, kind: str) -> Reading:
    """Read back what an envelope carried. Not complete: hints, and opportunities and
    orders without all of their lines.

    :raises Hold: ``malformed``, ``unknown_kind``
    """
    try:
        content = loads(payload)
    except ValueError:
        content = None
    if not isinstance(content, dict) or "Id" not in content:
        raise Hold(
            "malformed",
            "The stored message is no Salesforce record.",
            "Skip it; the next poll brings the record.",
        )
    complete = HINT not in content and _has_lines(content, sobject_of(kind))
    return Reading(content=content, complete=complete)


def _has_lines(record: dict, sobject: str) -> bool:
    wanted = lines.OF_SOBJECT.get(sobject)
    if wanted is None or record.get("IsDeleted"):
        return True
    children = record.get(wanted.key)
    return isinstance(children, dict) and children.get("done") is True


def _partition(kind: str, record: dict) -> str:
    if kind == "customer":
        return to_18(record["Id"])
    # A converted lead goes the way of what it became, one after the other.
    return optional(record.get("AccountId") or record.get("ConvertedAccountId"))


def _version_id(record: dict) -> str:
    """Id and SystemModstamp, and a digest of the content: the stamp has one-second
    steps, and a second change within the same second must not pass for the first."""
    moment = parse_datetime(record["SystemModstamp"])
    digest = hashlib.sha256(dumps(record).encode()).hexdigest()[:12]
    return f"{to_18(record['Id'])}@{moment:%Y%m%dT%H%M%SZ}-{digest}"
