# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One HTTP session for one host: time limits, no redirects, passing faults named."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

from ...canonical import Retry
from ..http import retry_after
from .session import origin

# Seconds to connect and to wait for the next byte. Salesforce itself ends a
# synchronous query after 120 s
# (https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm).
TIMEOUT = (10, 130)


NETWORK_FAULTS = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


class Transport(requests.Session):
    """Calls go to ``base`` and nowhere else, whatever the URL says.

    simple-salesforce builds all its URLs with https and the host alone; here they get
    the scheme of ``base`` back, which is http for a simulator on loopback.
    """

    def __init__(self, base: str, timeout=TIMEOUT):
        super().__init__()
        self.base = origin(base)
        self.timeout = timeout
        # Without it requests would put a password from ~/.netrc in place of the token.
        self.auth = _as_it_is

    def request(self, method, url, **kwargs):
        """:raises Retry: network fault, time-out, 429 or 5xx"""
        parts = urlsplit(str(url))
        if parts.netloc != urlsplit(self.base).netloc:
            # Reached through a foreign link in an answer: the token would follow it.
            raise ValueError(f"{parts.netloc} is not the host of this session")
        address = self.base + parts._replace(scheme="", netloc="").geturl()
        kwargs.setdefault("timeout", self.timeout)
        kwargs["allow_redirects"] = False
        try:
            response = super().request(method, address, **kwargs)
        except NETWORK_FAULTS as error:
            raise Retry(
                "unreachable",
                f"{parts.hostname} did not answer ({type(error).__name__}).",
            ) from error
        raise_if_passing(response)
        return response


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def raise_if_passing(response: requests.Response) -> None:
    """:raises Retry: the answer is 429 or 5xx, after what ``Retry-After`` asks for"""
    if response.status_code == 429:
        code, complaint = "rate_limited", "asks to be called less often"
    elif response.status_code >= 500:
        code, complaint = "unavailable", f"answered {response.status_code}"
    else:
        return
    host = urlsplit(response.url).hostname
    raise Retry(code, f"{host} {complaint}.", after=retry_after(response.headers))
