# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One topic that is being listened to."""

from __future__ import annotations

import queue
import threading

import grpc

from ..session import Session
from .interface import (
    MOST_REQUESTED,
    SUBSCRIBE,
    FetchRequest,
    FetchResponse,
    ReplayPreset,
)
from .topic import Topic


class Subscription:
    """``answers``: where a thread puts (this, answer): a FetchResponse, a
    grpc.RpcError, or None where Salesforce ended it.

    ``session``: the one it was begun with. ``renewed``: nothing was heard yet since it
    was begun anew on a fresh session.
    """

    def __init__(
        self,
        channel: grpc.Channel,
        topic: Topic,
        session: Session,
        answers: queue.SimpleQueue,
        renewed: bool = False,
    ):
        self.topic = topic
        self.session = session
        self.renewed = renewed
        self._answers = answers
        self._requests = queue.SimpleQueue()
        self._requests.put(_first_request(topic))
        subscribe = channel.stream_stream(
            SUBSCRIBE, FetchRequest.SerializeToString, FetchResponse.FromString
        )
        self._call = subscribe(
            iter(self._requests.get, None), metadata=credentials(session)
        )
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, count: int) -> None:
        """Let Salesforce send ``count`` events more."""
        if count > 0:
            self._requests.put(FetchRequest(num_requested=count))

    def cancel(self) -> None:
        self._requests.put(None)
        self._call.cancel()

    def _read(self) -> None:
        try:
            for answer in self._call:
                self._answers.put((self, answer))
            self._answers.put((self, None))
        except grpc.RpcError as error:
            self._answers.put((self, error))


def credentials(session: Session) -> tuple:
    """What each call is accompanied by."""
    return (
        ("accesstoken", session.access_token),
        ("instanceurl", session.instance_url),
        ("tenantid", session.organization_id),
    )


def _first_request(topic: Topic) -> FetchRequest:
    position = bytes.fromhex(topic.position)
    return FetchRequest(
        topic_name=topic.name,
        replay_preset=ReplayPreset.CUSTOM if position else ReplayPreset.LATEST,
        replay_id=position,
        num_requested=MOST_REQUESTED,
    )
