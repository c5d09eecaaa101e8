# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Token answers and who a token stands for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

from ..records.values import shown
from .sessions import Session


def token_answer(org, grant) -> dict:
    """The body of a granted token request."""
    user = user_named(org, grant.username)
    session = Session(user["Id"], grant.app.client_id)
    identity = identity_url(org, user["Id"])
    issued_at = str(int(time.time() * 1000))
    answer = {
        "access_token": org.sessions.open(session, grant.approval),
        "signature": signature(grant.app.client_secret, identity, issued_at),
        "scope": grant.scope,
        "instance_url": org.base_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
        "api_instance_url": org.base_url,
    }
    if grant.refresh_token:
        answer["refresh_token"] = grant.refresh_token
    return answer


def user_named(org, username: str) -> dict:
    return org.store.find("User", "Username", username)[0]


def identity_url(org, user_id: str) -> str:
    return f"{org.base_url}/id/{org.organization_id}/{user_id}"


def signature(secret: str, identity: str, issued_at: str) -> str:
    """Base64 of HMAC-SHA256 over id and issued_at, keyed with the client secret."""
    digest = hmac.new(secret.encode(), (identity + issued_at).encode(), hashlib.sha256)
    return base64.b64encode(digest.digest()).decode()


def identity(org, user: dict) -> dict:
    return {
        "id": identity_url(org, user["Id"]),
        "asserted_user": True,
        "user_id": user["Id"],
        "organization_id": org.organization_id,
        "username": user["Username"],
        "display_name": user["Name"],
        "email": user.get("Email"),
        "active": user["IsActive"],
        "user_type": "STANDARD",
        "urls": {
            "rest": f"{org.base_url}/services/data/v{{version}}/",
            "sobjects": f"{org.base_url}/services/data/v{{version}}/sobjects/",
            "query": f"{org.base_url}/services/data/v{{version}}/query/",
        },
        "last_modified_date": shown(user["LastModifiedDate"]),
        "is_app_installed": True,
    }


def userinfo(org, user: dict) -> dict:
    return {
        "sub": identity_url(org, user["Id"]),
        "user_id": user["Id"],
        "organization_id": org.organization_id,
        "preferred_username": user["Username"],
        "name": user["Name"],
        "email": user.get("Email"),
        "email_verified": True,
        "given_name": user.get("FirstName"),
        "family_name": user.get("LastName"),
        "zoneinfo": "Europe/Brussels",
        "user_type": "STANDARD",
        "active": user["IsActive"],
    }
