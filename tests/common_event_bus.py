# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An event bus on loopback that says what a test has it say.

A real gRPC server, so it needs the libraries that listening needs. What Salesforce's
does by itself is in the simulator; see ``tests/live/change_events_test.py``.
"""

import io
import json
import queue
from concurrent.futures import ThreadPoolExecutor

import fastavro
import grpc

from ..providers.salesforce.pubsub.interface import (
    GET_SCHEMA,
    SUBSCRIBE,
    FetchRequest,
    FetchResponse,
    SchemaInfo,
    SchemaRequest,
)

PREFIX = "sfdc.platform.eventbus.grpc."
SCHEMA = {
    "type": "record",
    "name": "AnyChangeEvent",
    "fields": [
        {
            "name": "ChangeEventHeader",
            "type": {
                "type": "record",
                "name": "Header",
                "fields": [
                    {"name": "entityName", "type": "string"},
                    {"name": "recordIds", "type": {"type": "array", "items": "string"}},
                    {"name": "changeType", "type": "string"},
                    {"name": "transactionKey", "type": "string"},
                    {"name": "sequenceNumber", "type": "int"},
                    {"name": "commitTimestamp", "type": "long"},
                ],
            },
        },
        {"name": "AccountId", "type": ["null", "string"], "default": None},
    ],
}
_PARSED = fastavro.parse_schema(SCHEMA)


class EventBus:
    """``asked``: the first request of each subscription. ``say`` and ``refuse`` are
    heard by the next one to their topic, or by the one that is there."""

    def __init__(self):
        self.asked = []
        self._said = {}
        self._numbers = 1000
        self._is_over = False
        self._server = grpc.server(ThreadPoolExecutor(8))
        self._server.add_generic_rpc_handlers((_Handlers(self),))
        port = self._server.add_insecure_port("127.0.0.1:0")
        self.url = f"http://127.0.0.1:{port}"
        self._server.start()

    def stop(self):
        self._is_over = True
        self._server.stop(None).wait()

    def say(self, topic, *changes):
        """:param changes: as :func:`change` gives them; none: that nothing is new
        :return: the replay id of the last, as it is kept
        """
        answer = FetchResponse(pending_num_requested=100 - len(changes))
        for content in changes:
            event = answer.events.add()
            event.replay_id = self._next()
            event.event.id = event.replay_id.hex()
            event.event.schema_id = "any"
            event.event.payload = _encoded(content)
        last = answer.events[-1].replay_id if changes else self._next()
        answer.latest_replay_id = last
        self._queue(topic).put(answer)
        return last.hex()

    def refuse(self, topic, status, code=""):
        self._queue(topic).put((status, code))

    def _next(self):
        self._numbers += 1
        return self._numbers.to_bytes(8, "big")

    def _queue(self, topic):
        return self._said.setdefault(topic, queue.SimpleQueue())

    def subscribe(self, requests, context):
        first = next(requests)
        self.asked.append(first)
        said = self._queue(first.topic_name)
        while context.is_active() and not self._is_over:
            try:
                answer = said.get(timeout=0.05)
            except queue.Empty:
                continue
            if isinstance(answer, tuple):
                status, code = answer
                trailers = (("error-code", PREFIX + code),) if code else ()
                context.set_trailing_metadata(trailers)
                context.abort(grpc.StatusCode[status], f"It is {status}.")
            yield answer

    def get_schema(self, request, _context):
        return SchemaInfo(schema_id=request.schema_id, schema_json=json.dumps(SCHEMA))


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, bus):
        self.methods = {
            SUBSCRIBE: grpc.stream_stream_rpc_method_handler(
                bus.subscribe, FetchRequest.FromString, FetchResponse.SerializeToString
            ),
            GET_SCHEMA: grpc.unary_unary_rpc_method_handler(
                bus.get_schema, SchemaRequest.FromString, SchemaInfo.SerializeToString
            ),
        }

    def service(self, handler_call_details):
        return self.methods.get(handler_call_details.method)


def change(record_id, kind="UPDATE", entity="Account", at=1_764_500_000, **more):
    """The content of a change event. ``at``: seconds."""
    header = {
        "entityName": entity,
        "recordIds": [record_id],
        "changeType": kind,
        "transactionKey": f"key-{record_id}-{at}",
        "sequenceNumber": 1,
        "commitTimestamp": at * 1000,
    }
    return {"ChangeEventHeader": header, **more}


def _encoded(content):
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, _PARSED, content)
    return stream.getvalue()
