# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The authorization endpoint: what a person at the browser would have answered."""

from __future__ import annotations

import time
from urllib.parse import urlencode, urlsplit

from .apps import App
from .codes import Code
from .failures import OAuthError, redirect_mismatch


def answer(org, query) -> str:
    """The address that the browser is sent back to.

    Raises OAuthError where Salesforce shows the error on a page of its own, because it
    does not know where to send it.
    """
    app = org.apps.get(query.get("client_id", ""))
    redirect_uri = query.get("redirect_uri", "")
    if redirect_uri not in app.callback_urls:
        raise redirect_mismatch()
    try:
        parameters = {"code": consent(org, app, redirect_uri, query)}
    except OAuthError as refusal:
        parameters = refusal.body
    if "state" in query:
        parameters["state"] = query["state"]
    glue = "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri}{glue}{urlencode(parameters)}"


def consent(org, app: App, redirect_uri: str, query) -> str:
    """The code. Raises OAuthError."""
    if query.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response type not supported")
    if app.require_pkce and not query.get("code_challenge"):
        raise OAuthError("invalid_request", "missing required code challenge")
    if not app.consent:
        raise OAuthError("access_denied", "end-user denied authorization")
    username = query.get("login_hint") or app.user
    app.check_user(username)
    return org.codes.issue(
        Code(
            client_id=app.client_id,
            username=username,
            redirect_uri=redirect_uri,
            challenge=query.get("code_challenge", ""),
            scope=query.get("scope") or app.scope,
            issued=time.time(),
        )
    )
