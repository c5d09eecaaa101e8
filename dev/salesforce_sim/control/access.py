# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rights taken away: an object, a field, a user's permissions."""

from __future__ import annotations

from flask import jsonify

from ..org_names import STANDARD_USER
from ..rest.request import org
from ..schema.permissions import USER_PERMISSIONS
from .answers import body, refusing, sobject


def add_to(control) -> None:
    control.add_url_rule("/close", "close", close, methods=["POST"])
    control.add_url_rule("/permissions", "permit", permit, methods=["POST"])


@refusing
def close():
    """{"object"} or {"object", "field"}: only permission sets open it from here on."""
    sent = body()
    name = sobject(org(), sent["object"]).name
    if "field" in sent:
        org().closed.close_field(name, sent["field"])
    else:
        org().closed.close_object(name)
    return jsonify({"closed": [name, sent.get("field")]})


@refusing
def permit():
    """{"user", "CustomizeApplication": false, …}: of the user's profile."""
    sent = body()
    user = org().ensure_user(sent.pop("user", STANDARD_USER))
    unknown = set(sent).difference(USER_PERMISSIONS)
    if unknown:
        raise ValueError(f"no permission {', '.join(sorted(unknown))}")
    org().set_profile(user, **sent)
    return jsonify({"user_id": user})
