# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The Pub/Sub API over gRPC, on loopback, without encryption.

Error codes: Pub/Sub API guide, "Handle Errors".
"""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import grpc

from . import messages
from .capture import exists

HOST = "127.0.0.1"
PREFIX = "sfdc.platform.eventbus.grpc."
MOST_REQUESTED = 100
#: how often a stream that waits looks whether it is still wanted
LOOK_SECONDS = 0.2
STREAMS = 32


class Refusal(Exception):
    def __init__(self, status: str, code: str, message: str):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def serve(org, port: int = 0) -> tuple[grpc.Server, int]:
    """A server that runs, and its port."""
    server = grpc.server(ThreadPoolExecutor(STREAMS))
    service = Service(org)
    methods = {
        "Subscribe": grpc.stream_stream_rpc_method_handler(
            service.subscribe,
            messages.FetchRequest.FromString,
            messages.FetchResponse.SerializeToString,
        ),
        "GetSchema": grpc.unary_unary_rpc_method_handler(
            service.get_schema,
            messages.SchemaRequest.FromString,
            messages.SchemaInfo.SerializeToString,
        ),
        "GetTopic": grpc.unary_unary_rpc_method_handler(
            service.get_topic,
            messages.TopicRequest.FromString,
            messages.TopicInfo.SerializeToString,
        ),
    }
    handler = grpc.method_handlers_generic_handler(messages.SERVICE, methods)
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port(f"{HOST}:{port}")
    server.start()
    return server, port


class Service:
    def __init__(self, org):
        self._org = org

    # Unary

    def get_schema(self, request, context):
        return self._answer(context, self._schema, request)

    def get_topic(self, request, context):
        return self._answer(context, self._topic, request)

    def _answer(self, context, work, request):
        try:
            self._check(context)
            self._strike(work.__name__)
            return work(request)
        except Refusal as refusal:
            _abort(context, refusal)

    def _schema(self, request):
        found = self._org.bus.schema(request.schema_id)
        if found is None:
            raise Refusal("NOT_FOUND", "schema.not.found", "No such schema.")
        return messages.SchemaInfo(schema_json=found.json, schema_id=found.id)

    def _topic(self, request):
        self._check_topic(request.topic_name)
        return messages.TopicInfo(
            topic_name=request.topic_name,
            tenant_guid=self._org.organization_id,
            can_subscribe=True,
        )

    # Streaming

    def subscribe(self, requests, context):
        try:
            first = next(requests)
            self._check(context)
            self._strike(first.topic_name)
            self._check_topic(first.topic_name)
            bus = self._org.bus
            stream = _Stream(bus, first)
            threading.Thread(target=stream.take, args=(requests,), daemon=True).start()
            while context.is_active():
                self._check(context)
                self._strike(first.topic_name)
                if bus is not self._org.bus or stream.is_cut_off():
                    raise Refusal("UNAVAILABLE", "", "RST_STREAM closed stream")
                answer = stream.next()
                if answer is not None:
                    yield answer
        except Refusal as refusal:
            _abort(context, refusal)

    # Checks

    def _check(self, context) -> None:
        sent = dict(context.invocation_metadata())
        with self._org.lock:
            session = self._org.sessions.get(sent.get("accesstoken", ""))
            known = (self._org.base_url, self._org.organization_id)
        told = (sent.get("instanceurl"), sent.get("tenantid"))
        if session is None or told != known:
            raise Refusal(
                "UNAUTHENTICATED",
                "service.auth.error",
                "The request does not have valid authentication credentials",
            )

    def _check_topic(self, topic: str) -> None:
        with self._org.lock:
            there = exists(self._org, topic)
        if not there:
            raise Refusal("NOT_FOUND", "topic.not.found", f"Topic {topic} not found")

    def _strike(self, where: str) -> None:
        with self._org.lock:
            fault = self._org.faults.for_rpc(where)
        if fault:
            raise Refusal(
                fault.rpc_status, fault.code, fault.message or fault.rpc_status
            )


class _Stream:
    """One subscriber: where it is, and how many events it may be sent."""

    def __init__(self, bus, first):
        self._bus = bus
        self._topic = first.topic_name
        self._interruptions = bus.interruptions
        self._room = min(first.num_requested, MOST_REQUESTED)
        self._heard_at = time.monotonic()
        with bus.changed:
            self._number = self._begin(first)

    def _begin(self, first) -> int:
        if first.num_requested <= 0:
            raise Refusal(
                "INVALID_ARGUMENT",
                "subscription.fetch.requested.events.invalid",
                "The number of requested events must be positive.",
            )
        if first.replay_preset == messages.EARLIEST:
            return self._bus.first()
        if first.replay_preset != messages.CUSTOM:
            return self._bus.last()
        if not first.replay_id:
            raise Refusal(
                "INVALID_ARGUMENT",
                "subscription.fetch.replayid.validation.failed",
                "A replay id is needed.",
            )
        if not self._bus.knows(first.replay_id):
            raise Refusal(
                "INVALID_ARGUMENT",
                "subscription.fetch.replayid.corrupted",
                "The Replay ID validation failed. Ensure that the Replay ID is valid."
                f" rpcId: {uuid.uuid4()}",
            )
        return int.from_bytes(first.replay_id, "big")

    def take(self, requests) -> None:
        """Let each further request make room."""
        try:
            for request in requests:
                with self._bus.changed:
                    room = self._room + request.num_requested
                    self._room = min(room, MOST_REQUESTED)
                    self._bus.changed.notify_all()
        except grpc.RpcError:
            # The subscriber is gone.
            return

    def is_cut_off(self) -> bool:
        return self._bus.interruptions != self._interruptions

    def next(self):
        """What is there to be sent, or None after a little while."""
        bus = self._bus
        with bus.changed:
            events = bus.after(self._number, self._topic, self._room)
            if not events:
                bus.changed.wait(LOOK_SECONDS)
                events = bus.after(self._number, self._topic, self._room)
            if events:
                return self._events(events)
            silent_for = time.monotonic() - self._heard_at
            # With events that may not be sent yet its place is before them.
            if self._room and silent_for >= bus.keepalive:
                return self._keepalive()
        return None

    def _events(self, events):
        self._number = events[-1].number
        self._room -= len(events)
        self._heard_at = time.monotonic()
        self._bus.delivered += len(events)
        return messages.FetchResponse(
            events=[
                messages.ConsumerEvent(
                    event=messages.ProducerEvent(
                        id=event.id, schema_id=event.schema_id, payload=event.payload
                    ),
                    replay_id=event.replay_id,
                )
                for event in events
            ],
            latest_replay_id=events[-1].replay_id,
            pending_num_requested=self._room,
        )

    def _keepalive(self):
        self._heard_at = time.monotonic()
        tip = self._bus.tip()
        self._number = tip.number
        return messages.FetchResponse(
            latest_replay_id=tip.replay_id, pending_num_requested=self._room
        )


def _abort(context, refusal: Refusal) -> None:
    code = PREFIX + refusal.code if refusal.code else ""
    context.set_trailing_metadata((("error-code", code),))
    context.abort(grpc.StatusCode[refusal.status], refusal.message)
