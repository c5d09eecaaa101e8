# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Signing in through an External Client App without a person: JWT bearer or client
credentials. The way with a person is in :mod:`.web_flow`.

User name, password and security token are no way in: since Spring '26 new orgs cannot
create the connected apps that this flow needs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import urlsplit

import jwt
import requests

from ...canonical import Hold
from ..http import is_loopback
from . import identifier, oauth_error
from .session import Session, origin
from .transport import TIMEOUT, Transport

PRODUCTION = "https://login.salesforce.com"
SANDBOX = "https://test.salesforce.com"
TOKEN_PATH = "/services/oauth2/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# Salesforce Help on the JWT bearer flow, claim "exp": three minutes, which is also what
# simple-salesforce asks for.
ASSERTION_SECONDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtBearer:
    """``private_key``: PEM, RSA; its certificate is uploaded to the app.
    ``login_url``: My Domain, login.salesforce.com or test.salesforce.com.
    ``audience``: only where it cannot be told from ``login_url``."""

    client_id: str
    username: str
    private_key: str = field(repr=False)
    login_url: str = PRODUCTION
    audience: str = ""

    def sign_in(self, timeout=TIMEOUT) -> Session:
        """:raises Hold: refused, with a remedy
        :raises Retry: not reachable, or asked to come later"""
        form = {"grant_type": JWT_BEARER, "assertion": self.assertion(time.time())}
        return session_of(request_token(self.login_url, form, timeout))

    def assertion(self, now: float) -> str:
        """The signed claim, valid from ``now`` (unix seconds).

        :raises Hold: ``invalid_private_key``
        """
        claims = {
            "iss": self.client_id,
            "sub": self.username,
            "aud": self.audience or audience_of(self.login_url),
            "exp": int(now) + ASSERTION_SECONDS,
        }
        try:
            return jwt.encode(claims, self.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            # The cause may quote key material: it is not chained.
            raise Hold(
                "invalid_private_key",
                "The private key of the Salesforce connection is not an RSA key in PEM"
                " form without a passphrase.",
                "Paste the whole key file, from -----BEGIN to END-----.",
            ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """``login_url``: the org's My Domain; Salesforce serves this flow nowhere else."""

    client_id: str
    client_secret: str = field(repr=False)
    login_url: str

    def sign_in(self, timeout=TIMEOUT) -> Session:
        """:raises Hold: refused, with a remedy
        :raises Retry: not reachable, or asked to come later"""
        if origin(self.login_url) in (PRODUCTION, SANDBOX):
            raise Hold(
                "my_domain_required",
                "Client credentials are served by the org's own address only, not by"
                f" {urlsplit(self.login_url).hostname}.",
                "Enter the org's My Domain address (https://….my.salesforce.com) as"
                " login host.",
            )
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        return session_of(request_token(self.login_url, form, timeout))


def audience_of(login_url: str) -> str:
    """The ``aud`` of assertions for a login host: the generic host of its kind of org;
    a simulator on loopback is its own.

    :raises Hold: ``insecure_address``, ``malformed_address``
    """
    base = origin(login_url)
    host = urlsplit(base).hostname or ""
    if is_loopback(host):
        return base
    # A sandbox's My Domain is "name--sandbox.sandbox.my.salesforce.com".
    is_sandbox = host == "test.salesforce.com" or "--" in host.partition(".")[0]
    return SANDBOX if is_sandbox else PRODUCTION


def request_token(
    login_url: str, form: dict, timeout=TIMEOUT, failure_of=oauth_error.failure_of
) -> dict:
    """What the token address answers to ``form``.

    :param failure_of: error, description → the failure to raise
    :raises Hold: refused, with a remedy
    :raises Retry: not reachable, or asked to come later
    """
    base = origin(login_url)
    with Transport(base, timeout) as transport:
        response = transport.post(
            base + TOKEN_PATH, data=form, headers={"Accept": "application/json"}
        )
    answer = _json_object(response)
    if response.status_code != 200:
        raise failure_of(
            str(answer.get("error") or response.status_code),
            str(answer.get("error_description") or ""),
        )
    return answer


def _json_object(response: requests.Response) -> dict:
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise _unexpected(f"status {response.status_code} without JSON")
    return answer


def session_of(answer: dict) -> Session:
    """From the token answer; ``id`` is the identity URL ``…/id/<org id>/<user id>``.

    :raises Hold: ``unexpected_answer``, and what addresses and ids may raise
    """
    path = urlsplit(str(answer.get("id") or "")).path.strip("/").split("/")
    if len(path) != 3 or path[0] != "id" or not answer.get("access_token"):
        raise _unexpected("no access token or no identity URL")
    issued = str(answer.get("issued_at") or "")
    seconds = int(issued) / 1000 if issued.isdecimal() else time.time()
    return Session(
        access_token=answer["access_token"],
        instance_url=origin(str(answer.get("instance_url") or "")),
        organization_id=identifier.to_18(path[1]),
        user_id=identifier.to_18(path[2]),
        issued_at=datetime.fromtimestamp(seconds, timezone.utc),
    )


def _unexpected(found: str) -> Hold:
    return Hold(
        "unexpected_answer",
        f"The login host did not answer as Salesforce does ({found}).",
        "Check the login host of the connection.",
    )
