# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The grants that the token endpoint honours."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from .apps import App
from .assertion import verify
from .failures import OAuthError, invalid_grant
from .sessions import Approval, Session

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
REFRESH_SCOPES = {"refresh_token", "offline_access"}


@dataclass(frozen=True)
class Grant:
    """``refresh_token`` is told where it is new to the client, else empty."""

    app: App
    username: str
    approval: Approval | None = None
    refresh_token: str = ""
    scope: str = "api id refresh_token"


def jwt_bearer(org, form, authorization) -> Grant:
    return Grant(*verify(form.get("assertion", ""), org.apps, org.base_url))


def client_credentials(org, form, authorization) -> Grant:
    app = org.apps.authenticated(*_client(form, authorization))
    if not app.client_credentials or not app.user:
        raise invalid_grant("no client credentials user enabled")
    return Grant(app, app.user)


def authorization_code(org, form, authorization) -> Grant:
    app = org.apps.web_client(*_client(form, authorization))
    code = org.codes.redeem(
        form.get("code", ""),
        app.client_id,
        form.get("redirect_uri", ""),
        form.get("code_verifier", ""),
    )
    scopes = set(code.scope.split()) & set(app.scope.split())
    if not scopes & REFRESH_SCOPES:
        return Grant(app, code.username, scope=" ".join(sorted(scopes)))
    session = Session(org.ensure_user(code.username), app.client_id)
    approval = org.sessions.approve(session)
    return Grant(app, code.username, approval, approval.refresh_token)


def refresh_token(org, form, authorization) -> Grant:
    app = org.apps.web_client(*_client(form, authorization))
    approval = org.sessions.refresh(form.get("refresh_token", ""))
    if approval is None or approval.session.client_id != app.client_id:
        raise invalid_grant("expired access/refresh token")
    username = org.store.get("User", approval.session.user_id)["Username"]
    renewed = org.sessions.rotate(approval) if app.rotate else ""
    return Grant(app, username, approval, renewed)


def password(org, form, authorization):
    """Blocked by default since Summer '23: no way in."""
    raise invalid_grant("authentication failure")


GRANTS = {
    JWT_BEARER: jwt_bearer,
    "client_credentials": client_credentials,
    "authorization_code": authorization_code,
    "refresh_token": refresh_token,
    "password": password,
}


def grant(org, form, authorization: str) -> Grant:
    """Raises OAuthError, also for a grant type that is not offered."""
    handler = GRANTS.get(form.get("grant_type"))
    if handler is None:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    return handler(org, form, authorization)


def _client(form, authorization: str) -> tuple[str, str]:
    """Client id and secret from the form or from the Basic header."""
    if authorization.startswith("Basic "):
        try:
            pair = base64.b64decode(authorization[6:], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise OAuthError("invalid_client", "invalid client credentials") from None
        client_id, _colon, secret = pair.partition(":")
        return client_id, secret
    return form.get("client_id", ""), form.get("client_secret", "")
