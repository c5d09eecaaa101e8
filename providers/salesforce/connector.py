# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""simple-salesforce, bound to a session that renews itself once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceError
from simple_salesforce.util import exception_handler

from ...canonical import Hold, Retry
from . import api_error
from .credentials import Credentials
from .session import Session
from .transport import NETWORK_FAULTS, TIMEOUT, Transport
from .version import API_VERSION


class Connector:
    """Calls of the REST API; every error is one of the canonical failures.

    ``session``: the one in use, None before the first call. ``usage``: (used, allowed)
    calls of the rolling 24 hours as the last answer told, None before. ``calls``: how
    many were made here.
    """

    def __init__(
        self,
        credentials: Credentials,
        session: Session | None = None,
        api_version: str = API_VERSION,
        timeout=TIMEOUT,
    ):
        self.credentials = credentials
        self.session = session
        self.api_version = api_version
        self.timeout = timeout
        self.usage: tuple[int, int] | None = None
        self.calls = 0
        self._salesforce: Salesforce | None = None

    def sign_in(self) -> Session:
        """A fresh session, whatever there was.

        :raises Hold: refused
        :raises Retry: not reachable
        """
        self.close()
        self.session = self.credentials.sign_in(self.timeout)
        return self.session

    def close(self) -> None:
        """Give the network connections back."""
        if self._salesforce is not None:
            self._salesforce.session.close()
            self._salesforce = None

    def call(self, method: str, path: str, subject: str, **kwargs) -> Any:
        """The parsed answer of ``/services/data/v…/<path>``, None where it is empty;
        numbers with a fraction are Decimal. A path that begins with a slash is a
        ``nextRecordsUrl``.

        :param subject: what is called, for a person
        :param kwargs: ``params``, ``json``
        :raises Hold: refused
        :raises Retry: passing fault
        """
        return self._renewing(lambda: self._call_once(method, path, **kwargs), subject)

    @contextmanager
    def stream(
        self, path: str, subject: str, params: dict
    ) -> Iterator[requests.Response]:
        """The answer of ``/services/data/v…/<path>`` as CSV, for the time of a
        ``with``; its body is read in there, as it comes.

        :raises Hold: refused
        :raises Retry: passing fault, be it while the body is read
        """
        with self._renewing(lambda: self._stream_once(path, params), subject) as answer:
            try:
                yield answer
            except NETWORK_FAULTS as error:
                raise Retry(
                    "unreachable",
                    f"The answer to a {subject} broke off ({type(error).__name__}).",
                ) from error

    def _renewing(self, call: Callable[[], Any], subject: str) -> Any:
        try:
            return call()
        except SalesforceError as error:
            content = _content(error)
            if not api_error.is_expired_session(error.status, content):
                raise api_error.failure_of_answer(
                    error.status, content, subject
                ) from error
        # Sessions end by time-out or by an administrator's hand: sign in, once.
        self.sign_in()
        try:
            return call()
        except SalesforceError as error:
            raise api_error.failure_of_answer(
                error.status, _content(error), subject
            ) from error

    def _call_once(self, method: str, path: str, **kwargs) -> Any:
        salesforce = self._connected()
        self.calls += 1
        try:
            if path.startswith("/"):
                answer = salesforce.query_more(path, identifier_is_url=True)
            else:
                answer = salesforce.restful(path, method=method, **kwargs)
        except requests.JSONDecodeError:
            raise Hold(
                "unexpected_answer",
                f"{salesforce.sf_instance} did not answer with JSON.",
                "Check the address of the org; a proxy or a login page may have"
                " answered.",
            ) from None
        self._note_usage(salesforce.api_usage)
        return answer

    def _stream_once(self, path: str, params: dict) -> requests.Response:
        salesforce = self._connected()
        self.calls += 1
        response = salesforce.session.request(
            "GET",
            salesforce.base_url + path,
            headers={**salesforce.headers, "Accept": "text/csv"},
            params=params,
            stream=True,
        )
        if response.status_code >= 300:
            exception_handler(response, name=path)
        told = response.headers.get("Sforce-Limit-Info", "")
        self._note_usage(salesforce.parse_api_usage(told))
        return response

    def _note_usage(self, told) -> None:
        usage = told.get("api-usage")
        if usage is not None:
            self.usage = (usage.used, usage.total)

    def _connected(self) -> Salesforce:
        if self._salesforce is None:
            session = self.session or self.sign_in()
            self._salesforce = Salesforce(
                session_id=session.access_token,
                instance_url=session.instance_url,
                version=self.api_version,
                session=Transport(session.instance_url, self.timeout),
                parse_float=Decimal,
                object_pairs_hook=None,
            )
        return self._salesforce


def is_about_content(failure: Hold) -> bool:
    """Whether a call was refused for what it held (400), not for who asked or where."""
    return getattr(failure.__cause__, "status", None) == 400


def _content(error: SalesforceError) -> Any:
    """The library gives parsed JSON where it could, else text or bytes."""
    content = error.content
    if isinstance(content, str | bytes):
        try:
            return json.loads(content)
        except ValueError:
            return None
    return content
