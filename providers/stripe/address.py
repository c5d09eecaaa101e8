# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where the API is called."""

from __future__ import annotations

from urllib.parse import urlsplit

from ...canonical import Hold
from .. import http
from . import api_key

# https://docs.stripe.com/api
PRODUCTION = "https://api.stripe.com"


def origin(url: str) -> str:
    """See :func:`http.origin`."""
    return http.origin(url, f"Leave the API address empty for {PRODUCTION}.")


def check_call(key: str, url: str) -> None:
    """Refuse a call that must not be made: without a proper key, unencrypted, or with
    a live key to something on this machine that only plays Stripe.

    :raises Hold: ``invalid_key``, ``insecure_address``, ``live_key``
    """
    api_key.check(key)
    host = urlsplit(origin(url)).hostname or ""
    if http.is_loopback(host) and api_key.is_live(key):
        raise Hold(
            "live_key",
            f"A live key would be given to {host}, which is not Stripe.",
            "Enter a test key, or leave the API address empty.",
        )
