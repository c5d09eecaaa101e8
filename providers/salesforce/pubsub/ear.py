# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Listening to several topics at once."""

from __future__ import annotations

import logging
import queue
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timezone
from urllib.parse import urlsplit

import grpc

from ....canonical import Heard, Retry
from ...http import origin
from ..connector import Connector
from . import changes, rpc_error, schemas
from .interface import GET_SCHEMA, MOST_REQUESTED, SchemaInfo, SchemaRequest
from .subscription import Subscription, credentials
from .topic import Topic

_logger = logging.getLogger(__name__)

# https://developer.salesforce.com/docs/platform/pub-sub-api/guide/pub-sub-endpoints.html
ADDRESS = "https://api.pubsub.salesforce.com:7443"
_PORT = 7443
_EXPECTED = f"Leave it empty, or enter an address as {ADDRESS}."
_SCHEMA_SECONDS = 30
# An event is up to 1 MB, and up to 100 come at once.
_MOST_BYTES = 128 * 1024 * 1024


class Ear:
    """For the time of a ``with``. Not shared between threads.

    :param connector: whose session is used, and renewed where it has ended
    :param address: of the event bus; empty for Salesforce's own
    :param streams: codes of what is read here
    """

    def __init__(
        self,
        connector: Connector,
        address: str,
        topics: Iterable[Topic],
        streams: Iterable[str],
    ):
        self._connector = connector
        self._address = address or ADDRESS
        self._topics = tuple(topics)
        self._streams = tuple(streams)
        self._answers = queue.SimpleQueue()
        self._open: dict[str, Subscription] = {}
        self._state: grpc.ChannelConnectivity | None = None

    def __enter__(self) -> Ear:
        """:raises Hold, Retry: of signing in; ``malformed_address``"""
        if self._connector.session is None:
            self._connector.sign_in()
        self._channel = _channel(self._address)
        self._channel.subscribe(self._note_state)
        for topic in self._topics:
            self._subscribe(topic)
        return self

    def __exit__(self, *_exception) -> None:
        for subscription in self._open.values():
            subscription.cancel()
        self._channel.unsubscribe(self._note_state)
        self._channel.close()

    @property
    def is_connected(self) -> bool:
        """Whether silence means that there is nothing new."""
        return self._state is grpc.ChannelConnectivity.READY

    def _note_state(self, state: grpc.ChannelConnectivity) -> None:
        self._state = state

    def hear(self, seconds: float) -> Heard | None:
        """What one topic said next; None where all were silent for ``seconds``.

        A topic that cannot be listened to any more says why, as its last.

        :raises Hold, Retry: of signing in anew
        """
        try:
            subscription, answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            return None
        if self._open.get(subscription.topic.name) is not subscription:
            # A last word of one that was begun anew.
            return None
        if answer is None:
            gone = Retry("unreachable", f"{subscription.topic.name}: Salesforce ended.")
            return self._failed(subscription, gone)
        try:
            if isinstance(answer, grpc.RpcError):
                raise answer
            return self._read(subscription, answer)
        except grpc.RpcError as error:
            return self._stopped(subscription, error)

    def go_on(self, heard: Heard) -> None:
        """``heard`` is kept: Salesforce may send as much again."""
        subscription = self._open.get(heard.topic)
        if subscription:
            subscription.ask(heard.room)

    # ------------------------------------------------------------------
    # WHAT WAS SAID
    # ------------------------------------------------------------------

    def _read(self, subscription: Subscription, answer) -> Heard:
        topic = subscription.topic
        subscription.renewed = False
        envelopes, behind = [], {}
        for event in answer.events:
            found = self._changes(subscription, event.event)
            envelopes += found.envelopes
            for code, since in found.behind.items():
                behind[code] = min(since, behind.get(code, since))
        # With none it is the sign that it is still there, and how far we have got.
        last = answer.events[-1].replay_id if answer.events else answer.latest_replay_id
        position = last.hex() or topic.position
        subscription.topic = replace(topic, position=position)
        return Heard(
            topic=topic.name,
            position=position,
            envelopes=tuple(envelopes),
            behind=behind,
            room=MOST_REQUESTED - answer.pending_num_requested,
        )

    def _changes(self, subscription: Subscription, event) -> changes.Changes:
        """One that cannot be read must not be what all others wait for."""
        topic = subscription.topic
        try:
            content = schemas.decode(
                event.schema_id,
                event.payload,
                lambda schema_id: self._schema(subscription, schema_id),
            )
            return changes.read(topic, event.id, content, self._streams)
        except schemas.UNREADABLE:
            _logger.exception("Event %s of %s cannot be read", event.id, topic.name)
            now = datetime.now(timezone.utc)
            return changes.Changes(behind=dict.fromkeys(self._streams, now))

    def _schema(self, subscription: Subscription, schema_id: str) -> str:
        ask = self._channel.unary_unary(
            GET_SCHEMA, SchemaRequest.SerializeToString, SchemaInfo.FromString
        )
        answer = ask(
            SchemaRequest(schema_id=schema_id),
            timeout=_SCHEMA_SECONDS,
            metadata=credentials(subscription.session),
        )
        return answer.schema_json

    # ------------------------------------------------------------------
    # WHEN IT STOPS
    # ------------------------------------------------------------------

    def _subscribe(self, topic: Topic, renewed: bool = False) -> None:
        self._open[topic.name] = Subscription(
            self._channel, topic, self._connector.session, self._answers, renewed
        )

    def _stopped(self, subscription: Subscription, error) -> Heard | None:
        topic = subscription.topic
        subscription.cancel()
        if rpc_error.is_lost(error) and topic.position:
            self._subscribe(replace(topic, position=""))
            return Heard(topic=topic.name, lost=True)
        if rpc_error.is_expired_session(error) and not subscription.renewed:
            if subscription.session is self._connector.session:
                self._connector.sign_in()
            self._subscribe(topic, renewed=True)
            return None
        return self._failed(subscription, rpc_error.failure_of(error, topic.name))

    def _failed(self, subscription: Subscription, failure) -> Heard:
        subscription.cancel()
        del self._open[subscription.topic.name]
        return Heard(topic=subscription.topic.name, failure=failure)


def _channel(address: str) -> grpc.Channel:
    """:raises Hold: ``malformed_address``, ``insecure_address``"""
    parts = urlsplit(origin(address, _EXPECTED))
    target = f"{parts.hostname}:{parts.port or _PORT}"
    options = [("grpc.max_receive_message_length", _MOST_BYTES)]
    if parts.scheme == "http":
        # On loopback only, and no proxy knows the way there.
        options.append(("grpc.enable_http_proxy", 0))
        return grpc.insecure_channel(target, options)
    return grpc.secure_channel(target, grpc.ssl_channel_credentials(), options)
