# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Our own webhook for Flows and Apex: small signed JSON.

Header ``X-Q2C-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">``. Body::

    {"id": "unique id of the message", "organization_id": "00D…", "object": "Account",
     "record_id": "001…", "time": "2026-11-24T09:00:00Z"}

``account_id`` may be added where the record belongs to an account.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...canonical import Envelope, Hold
from .. import signature
from ..json_text import loads
from . import organization, soql
from .envelope import hint
from .identifier import to_18
from .moment import parse_datetime

HEADER = "X-Q2C-Signature"
MAX_BYTES = 64 * 1024
_KEYS = ("id", "organization_id", "object", "record_id", "time")


def verify(body: bytes, header: str, secrets: Sequence[str], now: float) -> None:
    """:raises Unverified: not signed by one of the active ``secrets``, or too old"""
    signature.verify(body, header, secrets, now)


def parse(body: bytes, organization_id: str) -> Envelope:
    """The hint in a verified body.

    :param organization_id: the org that the connection belongs to, 15 or 18 characters
    :raises Unverified: of another organization
    :raises Hold: ``malformed``, ``malformed_id``, ``malformed_name``
    """
    message = _read(body)
    organization.check(message["organization_id"], organization_id)
    return hint(
        # One message per record: a flow that gives a whole batch one id loses nothing.
        external_id=f"{message['id']}:{to_18(message['record_id'])}",
        sobject=soql.name(message["object"]),
        record_id=message["record_id"],
        account_id=message.get("account_id") or "",
        occurred_at=parse_datetime(message["time"]),
        origin="flow",
    )


def _read(body: bytes) -> dict:
    try:
        message = loads(body) if len(body) <= MAX_BYTES else None
    except ValueError:
        message = None
    if not isinstance(message, dict) or not all(
        isinstance(message.get(key), str) and message[key] for key in _KEYS
    ):
        raise Hold(
            "malformed",
            f"The message is not a JSON object with the texts {', '.join(_KEYS)}.",
            "Correct the HTTP callout of the flow; the documentation has an example.",
        )
    return message
