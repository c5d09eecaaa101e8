# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The grants that the token endpoint honours: each gives (app, username)."""

from __future__ import annotations

import base64
import binascii

from .assertion import verify
from .failures import OAuthError, invalid_grant

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def jwt_bearer(org, form, authorization):
    return verify(form.get("assertion", ""), org.apps, org.base_url)


def client_credentials(org, form, authorization):
    app = org.apps.authenticated(*_client(form, authorization))
    if not app.client_credentials or not app.user:
        raise invalid_grant("no client credentials user enabled")
    return app, app.user


def refresh_token(org, form, authorization):
    client_id, _secret = _client(form, authorization)
    app = org.apps.get(client_id)
    session = org.sessions.refresh(form.get("refresh_token", ""))
    if session is None or session.client_id != app.client_id:
        raise invalid_grant("expired access/refresh token")
    return app, org.store.get("User", session.user_id)["Username"]


def password(org, form, authorization):
    """Blocked by default since Summer '23: no way in."""
    raise invalid_grant("authentication failure")


GRANTS = {
    JWT_BEARER: jwt_bearer,
    "client_credentials": client_credentials,
    "refresh_token": refresh_token,
    "password": password,
}


def grant(org, form, authorization: str):
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
