# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The JWT of the bearer flow, checked."""

from __future__ import annotations

import time

import jwt

from .apps import App, Apps
from .failures import invalid_grant, unknown_client

#: "within three minutes": Salesforce help, OAuth 2.0 JWT Bearer Flow, claim exp
LIFETIME = 180
#: allowance for two machines' clocks; Salesforce gives no figure
SKEW = 60
LOGIN_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")


def verify(assertion: str, apps: Apps, own_host: str) -> tuple[App, str]:
    """(app, username). The lifetime follows the machine's clock, not the org's.

    Raises OAuthError.
    """
    app = apps.get(_issuer(assertion))
    claims = _verified_claims(assertion, app)
    if str(claims.get("aud")).rstrip("/") not in (*LOGIN_HOSTS, own_host):
        raise invalid_grant("audience is invalid")
    _check_lifetime(claims.get("exp"))
    username = str(claims.get("sub") or claims.get("prn") or "")
    app.check_user(username)
    return app, username


def _issuer(assertion: str) -> str:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise invalid_grant("invalid assertion") from None
    if not isinstance(claims.get("iss"), str):
        raise unknown_client()
    return claims["iss"]


def _verified_claims(assertion: str, app: App) -> dict:
    if not app.certificate:
        raise invalid_grant("invalid assertion")
    unchecked = {"verify_exp": False, "verify_aud": False, "verify_iat": False}
    try:
        return jwt.decode(
            assertion, app.public_key(), algorithms=["RS256"], options=unchecked
        )
    except jwt.InvalidTokenError:
        raise invalid_grant("invalid assertion") from None


def _check_lifetime(exp) -> None:
    """Clients write exp as a number or as text."""
    try:
        left = float(exp) - time.time()
    except (TypeError, ValueError):
        raise invalid_grant("invalid assertion") from None
    if left < -SKEW:
        raise invalid_grant("expired authorization code")
    if left > LIFETIME + SKEW:
        raise invalid_grant("invalid assertion")
