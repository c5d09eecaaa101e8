# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The messages of eventbus.v1, as facts of Salesforce's public pubsub_api.proto."""

from __future__ import annotations

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
)

SERVICE = "eventbus.v1.PubSub"
_FILE = """
name: "salesforce_sim/pubsub_api.proto" package: "eventbus.v1" syntax: "proto3"
enum_type {
  name: "ReplayPreset"
  value { name: "LATEST" number: 0 }
  value { name: "EARLIEST" number: 1 }
  value { name: "CUSTOM" number: 2 }
}
message_type {
  name: "TopicRequest"
  field { name: "topic_name" number: 1 type: TYPE_STRING }
}
message_type {
  name: "TopicInfo"
  field { name: "topic_name" number: 1 type: TYPE_STRING }
  field { name: "tenant_guid" number: 2 type: TYPE_STRING }
  field { name: "can_publish" number: 3 type: TYPE_BOOL }
  field { name: "can_subscribe" number: 4 type: TYPE_BOOL }
  field { name: "schema_id" number: 5 type: TYPE_STRING }
  field { name: "rpc_id" number: 6 type: TYPE_STRING }
}
message_type {
  name: "SchemaRequest"
  field { name: "schema_id" number: 1 type: TYPE_STRING }
}
message_type {
  name: "SchemaInfo"
  field { name: "schema_json" number: 1 type: TYPE_STRING }
  field { name: "schema_id" number: 2 type: TYPE_STRING }
  field { name: "rpc_id" number: 3 type: TYPE_STRING }
}
message_type {
  name: "EventHeader"
  field { name: "key" number: 1 type: TYPE_STRING }
  field { name: "value" number: 2 type: TYPE_BYTES }
}
message_type {
  name: "ProducerEvent"
  field { name: "id" number: 1 type: TYPE_STRING }
  field { name: "schema_id" number: 2 type: TYPE_STRING }
  field { name: "payload" number: 3 type: TYPE_BYTES }
  field {
    name: "headers" number: 4 label: LABEL_REPEATED
    type: TYPE_MESSAGE type_name: ".eventbus.v1.EventHeader"
  }
}
message_type {
  name: "ConsumerEvent"
  field {
    name: "event" number: 1 type: TYPE_MESSAGE type_name: ".eventbus.v1.ProducerEvent"
  }
  field { name: "replay_id" number: 2 type: TYPE_BYTES }
}
message_type {
  name: "FetchRequest"
  field { name: "topic_name" number: 1 type: TYPE_STRING }
  field {
    name: "replay_preset" number: 2
    type: TYPE_ENUM type_name: ".eventbus.v1.ReplayPreset"
  }
  field { name: "replay_id" number: 3 type: TYPE_BYTES }
  field { name: "num_requested" number: 4 type: TYPE_INT32 }
  field { name: "auth_refresh" number: 5 type: TYPE_STRING }
}
message_type {
  name: "FetchResponse"
  field {
    name: "events" number: 1 label: LABEL_REPEATED
    type: TYPE_MESSAGE type_name: ".eventbus.v1.ConsumerEvent"
  }
  field { name: "latest_replay_id" number: 2 type: TYPE_BYTES }
  field { name: "rpc_id" number: 3 type: TYPE_STRING }
  field { name: "pending_num_requested" number: 4 type: TYPE_INT32 }
}
"""
LATEST, EARLIEST, CUSTOM = 0, 1, 2

_pool = descriptor_pool.DescriptorPool()
_pool.Add(text_format.Parse(_FILE, descriptor_pb2.FileDescriptorProto()))


def _message(name: str):
    descriptor = _pool.FindMessageTypeByName(f"eventbus.v1.{name}")
    return message_factory.GetMessageClass(descriptor)


TopicRequest = _message("TopicRequest")
TopicInfo = _message("TopicInfo")
SchemaRequest = _message("SchemaRequest")
SchemaInfo = _message("SchemaInfo")
ProducerEvent = _message("ProducerEvent")
ConsumerEvent = _message("ConsumerEvent")
FetchRequest = _message("FetchRequest")
FetchResponse = _message("FetchResponse")
