# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Flow callouts: a JSON body with a time-stamped signature."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from ..records.values import shown

SIGNATURE_HEADER = "X-Q2C-Signature"


def body(org, registration, notification) -> bytes:
    """``id`` stays the same when the callout is repeated."""
    fields = {
        "id": notification.id,
        "organization_id": org.organization_id,
        "object": registration.object,
        "record_id": notification.record_id,
        "time": shown(notification.created),
    }
    return json.dumps(fields).encode()


def headers(secret: str, content: bytes) -> dict:
    """The machine's clock, not the organisation's: receivers check the age."""
    stamp = int(time.time())
    digest = hmac.new(secret.encode(), b"%d." % stamp + content, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        SIGNATURE_HEADER: f"t={stamp},v1={digest.hexdigest()}",
    }
