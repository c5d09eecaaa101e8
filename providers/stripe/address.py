# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where the API is called."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from ...canonical import Hold
from . import api_key

# https://docs.stripe.com/api
PRODUCTION = "https://api.stripe.com"


def origin(url: str) -> str:
    """Scheme, host and port of ``url``, which must be https or on loopback.

    :raises Hold: ``insecure_address``, ``malformed_address``
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Hold(
            "malformed_address",
            f"{url[:80]!r} is not a web address.",
            f"Leave the API address empty for {PRODUCTION}.",
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Hold(
            "insecure_address",
            f"{parts.hostname} would be called without encryption.",
            "Enter the address with https, or leave it empty.",
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


def check_call(key: str, url: str) -> None:
    """Refuse a call that must not be made: without a proper key, unencrypted, or with
    a live key to something on this machine that only plays Stripe.

    :raises Hold: ``invalid_key``, ``insecure_address``, ``live_key``
    """
    api_key.check(key)
    host = urlsplit(origin(url)).hostname or ""
    if is_loopback(host) and api_key.is_live(key):
        raise Hold(
            "live_key",
            f"A live key would be given to {host}, which is not Stripe.",
            "Enter a test key, or leave the API address empty.",
        )
