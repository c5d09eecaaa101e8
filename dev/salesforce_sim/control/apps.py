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
    control.add_url_rule("/sessions", "open_session", open_session, methods=["POST"])


@refusing
def register():
    """{"client_id", "client_secret", "certificate", "user", …as oauth.apps.App}

    The answer holds a refresh token of the app's user.
    """
    app = App(**body())
    if app.certificate:
        app.public_key()
    user_id = org().ensure_user(app.user or STANDARD_USER)
    org().apps.register(app)
    refresh = org().sessions.offer_refresh(Session(user_id, app.client_id))
    return jsonify(
        {"client_id": app.client_id, "user_id": user_id, "refresh_token": refresh}
    )


@refusing
def open_session():
    """An access token without signing in, for demos: {"user": username}"""
    user_id = org().ensure_user(body().get("user", STANDARD_USER))
    token = org().sessions.open(Session(user_id, "control"))
    return jsonify({"access_token": token, "instance_url": org().base_url})
