# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is known of a message before it is understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .failure import Failure
from .reference import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One inbound message.

    ``external_id``: the provider's id of the message, or one derived from object and
    version where it has none; the same message always gets the same id.
    ``type``: the provider's word (invoice.finalized). ``kind``: one of KINDS, empty for
    types that are kept but not worked on. ``partition``: messages with the same
    partition are worked on one after the other (the customer's id where there is one).
    ``occurred_at``: aware, UTC. ``payload``: the raw text.
    """

    external_id: str
    type: str
    kind: str
    object_id: str
    partition: str
    occurred_at: datetime
    payload: str
    api_version: str = ""
    live: bool | None = None

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.object_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A payload as read: the provider's object, and whether it may be applied as it is.

    ``complete`` is False for a hint without content and for truncated lists: the object
    must be fetched.
    """

    content: dict
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list: envelopes, the cursor to go on from (JSON-able), and whether
    there is more. ``again``: what is asked for is being made ready; ask again after so
    long."""

    envelopes: tuple[Envelope, ...]
    cursor: dict
    more: bool
    again: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said on a topic that is listened to.

    ``position``: to go on from behind it. ``behind``: {code of a stream that is to be
    polled: since when (aware)}, where it was not said which objects changed. ``room``:
    how much more may be sent once this is kept. ``lost``: what was said before cannot
    be had any more, and it begins anew. ``failure``: it ended, and why.
    """

    topic: str
    position: str = ""
    envelopes: tuple[Envelope, ...] = ()
    behind: dict[str, datetime] = field(default_factory=dict)
    room: int = 0
    lost: bool = False
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call to a provider, complete and JSON-able, so that it can be repeated.

    ``verb``: create, update, upsert, delete. ``resource``: the provider's name of the
    collection (customers, Account). ``id``: the object's id for verbs that need one.
    """

    verb: str
    resource: str
    params: dict
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a request: the provider's object id and answer, or a failure."""

    id: str = ""
    answer: dict | None = None
    failure: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Who answered at the other end. ``account_id``: the provider's account or
    organization id; ``live``: whether it handles real money or data."""

    account_id: str
    account_name: str
    live: bool
    api_version: str = ""
    details: dict
