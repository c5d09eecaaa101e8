# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The OAuth endpoints and the identity service."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, request

from ..oauth.consent import answer
from ..oauth.grants import grant
from ..oauth.identity import identity, token_answer, userinfo
from .request import org
from .session import current_session

signin = Blueprint("signin", __name__)


@signin.get("/services/oauth2/authorize")
def authorize():
    """The person at the browser signs in and answers at once."""
    return redirect(answer(org(), request.args))


@signin.post("/services/oauth2/token")
def token():
    authorization = request.headers.get("Authorization", "")
    granted = grant(org(), request.form, authorization)
    response = jsonify(token_answer(org(), granted))
    response.headers["Cache-Control"] = "no-store"
    return response


@signin.post("/services/oauth2/revoke")
def revoke():
    if org().sessions.revoke(request.form.get("token", "")):
        return "", 200
    body = {"error": "unsupported_token_type", "error_description": "invalid token"}
    return jsonify(body), 400


@signin.get("/services/oauth2/userinfo")
def user_info():
    return jsonify(userinfo(org(), _user()))


@signin.get("/id/<organization_id>/<user_id>")
def who(organization_id, user_id):
    user = _user()
    if (organization_id, user_id) != (org().organization_id, user["Id"]):
        return "Bad_Id", 403
    return jsonify(identity(org(), user))


def _user() -> dict:
    return org().store.get("User", current_session().user_id)
