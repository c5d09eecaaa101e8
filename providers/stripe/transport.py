# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The HTTP side of the official library: time limits, no redirects, a last barrier."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import requests
import stripe

from .address import check_call

# Seconds to connect and to wait for an answer; the latter is the library's own figure.
TIMEOUT = (10, 80)
# The library would write an identifier of this machine into the home directory, and
# send it and the durations of calls along. It knows only one switch per process.
stripe.enable_telemetry = False
# The library logs bodies at the level DEBUG (personal data, the signing secret of a new
# webhook endpoint) and two lines for every call at INFO, which is Odoo's level.
logging.getLogger("stripe").setLevel(logging.WARNING)


class Transport(stripe.RequestsClient):
    """Every call passes here, whatever built it."""

    def __init__(self, timeout=TIMEOUT):
        super().__init__(timeout=timeout, session=_Session())

    def request(self, method, url, headers, post_data=None):
        """:raises Hold: the barrier; see ``address.check_call``"""
        check_call(_bearer(headers), url)
        return super().request(method, url, headers, post_data)


class _Session(requests.Session):
    def __init__(self):
        super().__init__()
        # Without it requests would put a password from ~/.netrc in place of the key.
        self.auth = _as_it_is

    def request(self, method, url, **kwargs):
        kwargs["allow_redirects"] = False
        return super().request(method, url, **kwargs)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _bearer(headers: Mapping[str, str] | None) -> str:
    scheme, _, token = (headers or {}).get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""
