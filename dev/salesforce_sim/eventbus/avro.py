# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Avro schemas of events, and their payloads.

A change event is its header and every field of the object, each perhaps null: only
what changed is filled in (Change Data Capture Developer Guide, Change Event Fields).
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from datetime import date, datetime

import fastavro

NAMESPACE = "com.sforce.eventbus"
CHANGE_TYPES = (
    *("CREATE", "UPDATE", "DELETE", "UNDELETE"),
    *("GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "GAP_UNDELETE", "GAP_OVERFLOW"),
)
_TEXTS = {"type": "array", "items": "string"}
_HEADER = {
    "type": "record",
    "name": "ChangeEventHeader",
    "fields": [
        {"name": "entityName", "type": "string"},
        {"name": "recordIds", "type": _TEXTS},
        {
            "name": "changeType",
            "type": {"type": "enum", "name": "ChangeType", "symbols": CHANGE_TYPES},
        },
        {"name": "changeOrigin", "type": "string"},
        {"name": "transactionKey", "type": "string"},
        {"name": "sequenceNumber", "type": "int"},
        {"name": "commitTimestamp", "type": "long"},
        {"name": "commitNumber", "type": "long"},
        {"name": "commitUser", "type": "string"},
        {"name": "nulledFields", "type": _TEXTS},
        {"name": "diffFields", "type": _TEXTS},
        {"name": "changedFields", "type": _TEXTS},
    ],
}
_KINDS = {
    "boolean": "boolean",
    "int": "int",
    "double": "double",
    "currency": "double",
    "percent": "double",
    "date": "long",
    "datetime": "long",
}
_SYSTEM = ("Id", "IsDeleted", "SystemModstamp")


class EventSchema:
    """``id`` is a fingerprint of it."""

    def __init__(self, name: str, fields: list[dict]):
        made = {
            "type": "record",
            "name": name,
            "namespace": NAMESPACE,
            "fields": fields,
        }
        self.json = json.dumps(made)
        digest = hashlib.md5(self.json.encode(), usedforsecurity=False).digest()
        self.id = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        self._parsed = fastavro.parse_schema(json.loads(self.json))

    def payload(self, content: dict) -> bytes:
        stream = io.BytesIO()
        fastavro.schemaless_writer(stream, self._parsed, content)
        return stream.getvalue()


def of_changes(sobject) -> EventSchema:
    own = [
        {
            "name": field.name,
            "type": ["null", _KINDS.get(field.type, "string")],
            "default": None,
        }
        for field in sobject.fields.values()
        if field.name not in _SYSTEM
    ]
    header = {"name": "ChangeEventHeader", "type": _HEADER}
    return EventSchema(event_name(sobject.name), [header, *own])


def of_platform_event(name: str, fields: list[str]) -> EventSchema:
    """All fields of its own are texts."""
    own = [
        {"name": field, "type": ["null", "string"], "default": None} for field in fields
    ]
    made = [{"name": "CreatedDate", "type": "long"}]
    by = [{"name": "CreatedById", "type": "string"}]
    return EventSchema(name, [*made, *by, *own])


def event_name(sobject_name: str) -> str:
    """Account → AccountChangeEvent, Thing__c → Thing__ChangeEvent"""
    if sobject_name.endswith("__c"):
        return sobject_name.removesuffix("c") + "ChangeEvent"
    return sobject_name + "ChangeEvent"


def value(field, given):
    """As the schema takes it; moments are milliseconds."""
    if given is None:
        return None
    if isinstance(given, datetime):
        return int(given.timestamp() * 1000)
    if isinstance(given, date):
        return int(datetime(*given.timetuple()[:3]).timestamp() * 1000)
    kind = _KINDS.get(field.type, "string")
    if kind == "string":
        return str(given)
    return {"boolean": bool, "int": int, "double": float, "long": int}[kind](given)
