# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who calls, with which API version, within which allowance."""

from __future__ import annotations

import re

from flask import request

from ..errors import invalid_session, not_found, request_limit_exceeded
from ..oauth.sessions import Session
from .request import org

#: v60.0 (Spring '24) to v66.0 (Spring '26): numbers rise by one three times a year
VERSIONS = {
    60: "Spring '24",
    61: "Summer '24",
    62: "Winter '25",
    63: "Spring '25",
    64: "Summer '25",
    65: "Winter '26",
    66: "Spring '26",
}
SUBREQUEST = "salesforce_sim.subrequest"


def check_version() -> None:
    """Raises ApiError 404 for a version that is not offered."""
    found = re.fullmatch(r"v(\d+)\.0", request.view_args.get("version", ""))
    if not found or int(found.group(1)) not in VERSIONS:
        raise not_found()


def current_session() -> Session:
    """Raises ApiError 401 without a token that is open."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    session = org().sessions.get(token.strip())
    if scheme.lower() not in ("bearer", "oauth") or session is None:
        raise invalid_session()
    return session


def enter() -> None:
    """Before each call of the data API; parts of a composite count as one."""
    check_version()
    session = current_session()
    org().acting_user = session.user_id
    if request.environ.get(SUBREQUEST):
        return
    traffic, limit = org().traffic, org().settings.daily_limit
    if traffic.api_calls >= limit:
        raise request_limit_exceeded()
    traffic.count_call()


def limit_info() -> str:
    return f"api-usage={org().traffic.api_calls}/{org().settings.daily_limit}"
