# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Change Data Capture: which objects are selected, and what is told of their changes.

A selection is a PlatformEventChannelMember (Tooling API).
"""

from __future__ import annotations

import uuid

from ..stamps import created
from . import avro

MEMBERS = "PlatformEventChannelMember"
STANDARD = "ChangeEvents"
#: who made the record and when is no change of it
QUIET = ("Id", "SystemModstamp", "LastModifiedById")
#: Change Data Capture guide, "Overflow Events": no record is named
NO_RECORD = "000000000000000AAA"


def select(org, names, channel: str = STANDARD) -> None:
    """Raises ValueError for an unknown object."""
    for name in names:
        found = org.schema.get(name)
        if found is None or found.tooling:
            raise ValueError(f"no object named {name}")
        row = {
            "Id": org.ids.next("0v8"),
            "IsDeleted": False,
            "DeveloperName": f"{channel.replace('__', '_')}_"
            f"{avro.event_name(found.name).replace('__', '_')}",
            "EventChannel": channel,
            "SelectedEntity": avro.event_name(found.name),
        }
        with org.store.transaction():
            org.store.put(MEMBERS, created(org, row))


def topics_of(org, sobject) -> set[str]:
    """Names of the topics that bring its changes; empty where it is not selected."""
    name = avro.event_name(sobject.name)
    channels = {
        row["EventChannel"] for row in org.store.find(MEMBERS, "SelectedEntity", name)
    }
    own = {f"/data/{name}"} if channels else set()
    return own | {f"/data/{channel}" for channel in channels}


def exists(org, topic: str) -> bool:
    """Whether it can be subscribed to."""
    channel = topic.removeprefix("/data/")
    if not topic.startswith("/data/"):
        return org.bus.platform_event(topic) is not None
    if channel == STANDARD or any(
        avro.event_name(item.name) == channel for item in org.schema if not item.tooling
    ):
        return True
    return bool(org.store.find(MEMBERS, "EventChannel", channel))


def changed(org, name: str, before, after) -> None:
    """A listener of the store."""
    sobject = org.schema[name]
    topics = set() if sobject.tooling else topics_of(org, sobject)
    kind = _kind(before, after)
    if topics and kind and org.bus.mode != "silent":
        told = {} if org.bus.mode == "gap" else _told(sobject, kind, before, after)
        kind = f"GAP_{kind}" if org.bus.mode == "gap" else kind
        _publish(org, sobject, topics, kind, [after["Id"]], told)


def overflow(org, sobject) -> None:
    """So many changes at once that none is told."""
    _publish(
        org, sobject, topics_of(org, sobject), "GAP_OVERFLOW", [NO_RECORD], told={}
    )


def _publish(org, sobject, topics, kind, record_ids, told) -> None:
    header = {
        "entityName": sobject.name,
        "recordIds": record_ids,
        "changeType": kind,
        "changeOrigin": "com/salesforce/api/rest/66.0",
        "transactionKey": str(uuid.uuid4()),
        "sequenceNumber": 1,
        "commitTimestamp": int(org.clock.now().timestamp() * 1000),
        "commitNumber": org.bus.last(),
        "commitUser": org.acting_user,
        "nulledFields": [],
        "diffFields": [],
        "changedFields": [],
    }
    content = {"ChangeEventHeader": header, **told}
    org.bus.publish(topics, avro.of_changes(sobject), content)


def _kind(before, after) -> str:
    """Empty for what is removed for good."""
    if after is None:
        return ""
    if before is None:
        return "CREATE"
    was, is_now = bool(before.get("IsDeleted")), bool(after.get("IsDeleted"))
    if was == is_now:
        return "UPDATE"
    return "DELETE" if is_now else "UNDELETE"


def _told(sobject, kind: str, before, after) -> dict:
    """The fields that are filled: all of a new record, what changed of a changed one,
    nothing of a deleted one."""
    if kind == "DELETE":
        return {}
    former = before if kind == "UPDATE" else {}
    return {
        field.name: avro.value(field, after[field.name])
        for field in sobject.fields.values()
        if field.name not in (*QUIET, "IsDeleted")
        and after.get(field.name) is not None
        and former.get(field.name) != after[field.name]
    }
