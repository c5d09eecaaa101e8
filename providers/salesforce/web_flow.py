# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The web server flow with PKCE: a person signs in with the browser once, and a refresh
token renews the session from then on.

Parameters: Salesforce Help, "OAuth 2.0 Web Server Flow for Web App Integration"
(xcloud.remoteaccess_oauth_web_server_flow_ca) and "OAuth 2.0 Refresh Token Flow for
Renewed Sessions" (xcloud.remoteaccess_oauth_refresh_token_flow_ca).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from ...canonical import Hold
from . import oauth_error
from .login import request_token, session_of
from .session import Session, origin
from .transport import TIMEOUT, Transport

AUTHORIZE_PATH = "/services/oauth2/authorize"
REVOKE_PATH = "/services/oauth2/revoke"
SCOPES = "api refresh_token"
# RFC 7636, 4.1: 43 to 128 characters; 64 bytes make 86.
VERIFIER_BYTES = 64
# What revoking answers for a token that is not valid any more
# (https://developer.salesforce.com/blogs/2011/11/revoking-oauth-2-0-access-tokens-and-refresh-tokens).
GONE = ("invalid_token", "unsupported_token_type")


@dataclass(frozen=True, slots=True)
class Grant:
    """``refresh_token``: empty where Salesforce gave no new one."""

    session: Session
    refresh_token: str = field(default="", repr=False)


class Tokens(Protocol):
    """Where the refresh token is kept, for all processes."""

    def renew(self, refresh: Callable[[str], Grant]) -> Session:
        """Call ``refresh`` with the token, keep the new one if there is, return the
        session. One at a time: with Refresh Token Rotation each token is good once, and
        a second use ends everything
        (https://help.salesforce.com/s/articleView?id=005316711)."""


@dataclass(slots=True)
class InMemory:
    """Tokens of a sign-in that is not kept yet."""

    refresh_token: str = field(repr=False)

    def renew(self, refresh):
        grant = refresh(self.refresh_token)
        self.refresh_token = grant.refresh_token or self.refresh_token
        return grant.session


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The External Client App. ``client_secret``: empty where the app does not require
    one. ``login_url``: My Domain, login.salesforce.com or test.salesforce.com."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    login_url: str

    def authorize_url(self, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the person's browser is sent.

        :raises Hold: ``insecure_address``, ``malformed_address``
        """
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            # Who is signed in to another org in this browser is asked which it shall
            # be.
            "prompt": "login",
        }
        return f"{origin(self.login_url)}{AUTHORIZE_PATH}?{urlencode(parameters)}"

    def exchange(
        self, code: str, redirect_uri: str, verifier: str, timeout=TIMEOUT
    ) -> Grant:
        """What the person approved.

        :raises Hold: refused, or without a refresh token
        :raises Retry: not reachable
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        grant = self._request(form, timeout, oauth_error.web_failure_of)
        if not grant.refresh_token:
            raise Hold(
                "no_refresh_token",
                "Salesforce gave a session, but no refresh token to renew it with.",
                "In Salesforce Setup, External Client App Manager, open the app,"
                " Settings: add the scope refresh_token; and let its refresh token"
                " policy not expire tokens at once. Then sign in again.",
            )
        return grant

    def refresh(self, refresh_token: str, timeout=TIMEOUT) -> Grant:
        """A new session.

        :raises Hold: ``signed_out``, when the token is not valid any more; refused
        :raises Retry: not reachable
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._request(form, timeout, oauth_error.refresh_failure_of)

    def revoke(self, refresh_token: str, timeout=TIMEOUT) -> None:
        """End the refresh token and the sessions it gave; one that is not valid any
        more is none to complain of.

        :raises Hold: refused
        :raises Retry: not reachable
        """
        base = origin(self.login_url)
        with Transport(base, timeout) as transport:
            response = transport.post(base + REVOKE_PATH, data={"token": refresh_token})
        if response.status_code != 200 and not any(
            word in response.text for word in GONE
        ):
            raise Hold(
                "revoke_refused",
                "Salesforce did not revoke the sign-in"
                f" (status {response.status_code}).",
                "Revoke it in Salesforce Setup, Connected Apps OAuth Usage.",
            )

    def _request(self, form, timeout, failure_of) -> Grant:
        own = {"client_id": self.client_id}
        if self.client_secret:
            own["client_secret"] = self.client_secret
        answer = request_token(self.login_url, {**form, **own}, timeout, failure_of)
        return Grant(session_of(answer), str(answer.get("refresh_token") or ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSignIn:
    """``signed_in``: tells one sign-in from the next, whose session it must not use."""

    app: App
    signed_in: str
    tokens: Tokens = field(repr=False, compare=False)

    def sign_in(self, timeout=TIMEOUT) -> Session:
        """:raises Hold: ``signed_out``; refused
        :raises Retry: not reachable"""
        return self.tokens.renew(lambda token: self.app.refresh(token, timeout))


def new_verifier() -> str:
    """A secret that only who asked for the code can know."""
    return secrets.token_urlsafe(VERIFIER_BYTES)


def challenge_of(verifier: str) -> str:
    """RFC 7636, 4.2, method S256."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
