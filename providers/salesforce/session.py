# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Being signed in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from ...canonical import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """``instance_url``: scheme and host of the org, without a path. Ids have 18
    characters. ``issued_at``: aware, UTC."""

    access_token: str = field(repr=False)
    instance_url: str
    organization_id: str
    user_id: str
    issued_at: datetime


def origin(url: str) -> str:
    """Scheme, host and port of ``url``, which must be https or on loopback.

    :raises Hold: ``insecure_address``, ``malformed_address``
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Hold(
            "malformed_address",
            f"{url[:80]!r} is not a web address.",
            "Enter the org's My Domain address, for example"
            " https://example.my.salesforce.com.",
        )
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
