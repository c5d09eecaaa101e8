# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Authorization codes of the web server flow, each good for one exchange."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass

from .failures import OAuthError, invalid_grant, redirect_mismatch

#: Salesforce help, "OAuth 2.0 Web Server Flow": "expires after 15 minutes"
LIFETIME = 15 * 60


@dataclass(frozen=True)
class Code:
    """``challenge`` is empty where the client sent none; ``issued`` is unix seconds of
    the machine's clock."""

    client_id: str
    username: str
    redirect_uri: str
    challenge: str
    scope: str
    issued: float


class Codes:
    def __init__(self):
        self._open = {}

    def issue(self, code: Code) -> str:
        text = f"aPrx{secrets.token_urlsafe(48)}"
        self._open[text] = code
        return text

    def redeem(self, text: str, client_id: str, redirect_uri: str, verifier: str):
        """The Code; gone from here on, whatever comes of it. Raises OAuthError."""
        code = self._open.pop(text, None)
        if code is None or code.client_id != client_id:
            raise invalid_grant("invalid authorization code")
        if time.time() - code.issued > LIFETIME:
            raise invalid_grant("expired authorization code")
        if redirect_uri != code.redirect_uri:
            raise redirect_mismatch()
        check_verifier(code.challenge, verifier)
        return code

    def expire(self) -> None:
        """All codes are older than they may be."""
        self._open = {
            text: Code(**{**vars(code), "issued": 0.0})
            for text, code in self._open.items()
        }


def check_verifier(challenge: str, verifier: str) -> None:
    """REST API guide, "OAuth 2.0 Web Server Flow": a verifier that is missing is an
    invalid_grant, one that does not match an invalid_request. Raises OAuthError."""
    if not challenge and not verifier:
        return
    if not challenge or not verifier:
        raise invalid_grant("missing required code verifier")
    if challenge_of(verifier) != challenge:
        raise OAuthError("invalid_request", "invalid code verifier")


def challenge_of(verifier: str) -> str:
    """RFC 7636, 4.2, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
