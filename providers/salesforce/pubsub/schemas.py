# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reading the payloads of events: Avro, without the schema in it."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable

import fastavro

# What the library raises for bytes that are not of the schema, or for no schema.
UNREADABLE = (
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    OverflowError,
    struct.error,
    fastavro.schema.SchemaParseException,
)
# An object gets another schema with each field that is added to it.
_MOST_KEPT = 200
# {schema id: schema}. An id is a fingerprint of the schema, whoever's it is.
_KNOWN: dict[str, dict] = {}


def decode(schema_id: str, payload: bytes, ask: Callable[[str], str]) -> dict:
    """
    :param ask: schema id → schema as JSON; called once for each id
    :raises UNREADABLE: one of these
    """
    if schema_id not in _KNOWN:
        schema = fastavro.parse_schema(json.loads(ask(schema_id)))
        if len(_KNOWN) >= _MOST_KEPT:
            _KNOWN.clear()
        _KNOWN[schema_id] = schema
    return fastavro.schemaless_reader(io.BytesIO(payload), _KNOWN[schema_id], None)
