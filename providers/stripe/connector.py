# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The official library, bound to one key."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import stripe

from ...canonical import Hold
from ..json_text import loads
from . import address, api_error
from .transport import TIMEOUT, Transport
from .version import API_VERSION

# The largest page that Stripe gives (https://docs.stripe.com/api/pagination).
PAGE_SIZE = 100


class Connector:
    """Calls of the API; every error is one of the canonical failures.

    Answers are plain dicts with Decimals for fractions: the library's objects are no
    dicts, and its numbers are floats.
    """

    def __init__(
        self,
        api_key: str,
        api_base: str = "",
        api_version: str = API_VERSION,
        timeout=TIMEOUT,
    ):
        self.api_key = api_key
        self.base = address.origin(api_base or address.PRODUCTION)
        address.check_call(api_key, self.base)
        self.api_version = api_version
        self._transport = Transport(timeout)
        self._stripe = stripe.StripeClient(
            api_key,
            stripe_version=api_version,
            base_addresses={"api": self.base},
            # The engine has its own way of repeating, with a key that it wrote down.
            max_network_retries=0,
            http_client=self._transport,
        )

    def close(self) -> None:
        """Give the network connections back."""
        self._transport.close()

    def get(self, path: str, params: dict | None = None, subject: str = "") -> dict:
        """:raises Hold: refused
        :raises Retry: passing fault"""
        return self._call("get", path, params, subject)

    def post(
        self, path: str, params: dict | None = None, subject: str = "", key: str = ""
    ) -> dict:
        """:param key: idempotency key; the library makes one up where there is none
        :raises Hold: refused
        :raises Retry: passing fault"""
        return self._call("post", path, params, subject, key)

    def delete(self, path: str, subject: str = "") -> dict:
        """:raises Hold: refused
        :raises Retry: passing fault"""
        return self._call("delete", path, None, subject)

    def pages(self, path: str, params: dict | None = None) -> Iterator[dict]:
        """The pages of a list, one call each, until ``has_more`` is false."""
        wanted = {"limit": PAGE_SIZE, **(params or {})}
        while True:
            page = self.get(path, wanted)
            yield page
            if not page.get("has_more") or not page["data"]:
                return
            wanted["starting_after"] = page["data"][-1]["id"]

    def _call(
        self, method: str, path: str, params: dict | None, subject: str, key: str = ""
    ) -> dict:
        options = {"idempotency_key": key} if key else {}
        try:
            answer = self._stripe.raw_request(method, path, **(params or {}), **options)
        except stripe.StripeError as error:
            # Without its cause: that repeats, in a traceback, what was masked.
            raise api_error.failure_of(error, subject) from None
        content = loads(answer.body)
        if not isinstance(content, dict):
            raise Hold(
                "unexpected_answer",
                f"{subject or path}: Stripe did not answer with an object.",
                "Check the API address of the connection; a proxy may have answered.",
            )
        return content


def path_of(resource: str, identifier: str) -> str:
    """Ids of coupons are what somebody typed."""
    return f"/v1/{resource}/{quote(identifier, safe='')}"
