# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""External client apps and ready-made sessions."""

from __future__ import annotations

from flask import jsonify

from ..oauth.apps import App
from ..oauth.sessions import Session
from ..org_names import STANDARD_USER
from ..rest.request import org
from .answers import body, refusing


def add_to(control) -> None:
    control.add_url_rule("/apps", "register_app", register, methods=["POST"])
    control.add_url_rule(
        "/apps/<client_id>/revoke", "revoke_app", revoke, methods=["POST"]
    )
    control.add_url_rule(
        "/codes/expire", "expire_codes", expire_codes, methods=["POST"]
    )
    control.add_url_rule("/sessions", "open_session", open_session, methods=["POST"])


@refusing
def register():
    """{"client_id", "client_secret", "certificate", "user", …as oauth.apps.App}

    The answer holds a refresh token of the app's user.
    """
    sent = body()
    app = App(**{**sent, "callback_urls": tuple(sent.get("callback_urls", ()))})
    if app.certificate:
        app.public_key()
    user_id = org().ensure_user(app.user or STANDARD_USER)
    org().apps.register(app)
    approval = org().sessions.approve(Session(user_id, app.client_id))
    return jsonify(
        {
            "client_id": app.client_id,
            "user_id": user_id,
            "refresh_token": approval.refresh_token,
        }
    )


@refusing
def revoke(client_id):
    """What an administrator does to an app: all that was approved for it ends."""
    return jsonify({"revoked": org().sessions.revoke_app(client_id)})


def expire_codes():
    org().codes.expire()
    return jsonify({"expired": True})


@refusing
def open_session():
    """An access token without signing in, for demos: {"user": username}"""
    user_id = org().ensure_user(body().get("user", STANDARD_USER))
    token = org().sessions.open(Session(user_id, "control"))
    return jsonify({"access_token": token, "instance_url": org().base_url})
