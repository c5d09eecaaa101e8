# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The messages of Salesforce's service ``eventbus.v1.PubSub`` that are exchanged here.

Names, numbers and types are those of its public description
(https://github.com/forcedotcom/pub-sub-api/blob/main/pubsub_api.proto). They are told
to the library at run time: generated code would be bound to one release of it.
"""

from __future__ import annotations

from enum import IntEnum

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "eventbus.v1"
SUBSCRIBE = f"/{PACKAGE}.PubSub/Subscribe"
GET_SCHEMA = f"/{PACKAGE}.PubSub/GetSchema"
# More are not delivered ahead, however many are asked for.
MOST_REQUESTED = 100


class ReplayPreset(IntEnum):
    """Where a subscription begins: at the tip, at the oldest that is kept, or behind
    the ``replay_id`` that is given."""

    LATEST = 0
    EARLIEST = 1
    CUSTOM = 2


_Field = descriptor_pb2.FieldDescriptorProto
_STRING, _BYTES, _INT = _Field.TYPE_STRING, _Field.TYPE_BYTES, _Field.TYPE_INT32
# Message → (number, name, type); a message's name for a message, in a list for
# repeated ones. An enumeration is a number on the wire.
_MESSAGES = {
    "ProducerEvent": (
        (1, "id", _STRING),
        (2, "schema_id", _STRING),
        (3, "payload", _BYTES),
    ),
    "ConsumerEvent": ((1, "event", "ProducerEvent"), (2, "replay_id", _BYTES)),
    "FetchRequest": (
        (1, "topic_name", _STRING),
        (2, "replay_preset", _INT),
        (3, "replay_id", _BYTES),
        (4, "num_requested", _INT),
    ),
    "FetchResponse": (
        (1, "events", ["ConsumerEvent"]),
        (2, "latest_replay_id", _BYTES),
        (3, "rpc_id", _STRING),
        (4, "pending_num_requested", _INT),
    ),
    "SchemaRequest": ((1, "schema_id", _STRING),),
    "SchemaInfo": (
        (1, "schema_json", _STRING),
        (2, "schema_id", _STRING),
        (3, "rpc_id", _STRING),
    ),
}


def _classes() -> dict:
    file = descriptor_pb2.FileDescriptorProto(
        name="quote_to_cash/eventbus.proto", package=PACKAGE, syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, label, kind in fields:
            _declare(message.field.add(name=label, number=number), kind)
    # A pool of its own: another addon may have described the same service.
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(
            pool.FindMessageTypeByName(f"{PACKAGE}.{name}")
        )
        for name in _MESSAGES
    }


def _declare(field, kind) -> None:
    repeated = isinstance(kind, list)
    field.label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
    (kind,) = kind if repeated else [kind]
    if isinstance(kind, str):
        field.type = _Field.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{kind}"
    else:
        field.type = kind


_CLASSES = _classes()
FetchRequest = _CLASSES["FetchRequest"]
FetchResponse = _CLASSES["FetchResponse"]
SchemaRequest = _CLASSES["SchemaRequest"]
SchemaInfo = _CLASSES["SchemaInfo"]
