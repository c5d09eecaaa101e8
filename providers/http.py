# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every provider's client has to know about calls over HTTP."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from ..canonical import Hold


def origin(url: str, expected: str) -> str:
    """Scheme, host and port of ``url``, which must be https or on loopback.

    :param expected: what a person is to enter instead, where it is no address
    :raises Hold: ``insecure_address``, ``malformed_address``
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Hold("malformed_address", f"{url[:80]!r} is not a web address.", expected)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Hold(
            "insecure_address",
            f"{parts.hostname} would be called without encryption.",
            "Enter the address with https.",
        )
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def retry_after(headers: Mapping[str, Any]) -> timedelta | None:
    """The header ``Retry-After``: seconds or an HTTP date (RFC 9110, 10.2.3)."""
    text = str(headers.get("Retry-After") or "").strip()
    if text.isdecimal():
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(moment - datetime.now(timezone.utc), timedelta(0))
