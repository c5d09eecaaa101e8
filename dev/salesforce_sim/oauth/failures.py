# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Refusals of the token endpoint.

The words are those that Salesforce's answers show in its help, "OAuth 2.0 JWT Bearer
Flow" and "Troubleshoot OAuth", and in its community's threads.
"""

from __future__ import annotations


class OAuthError(Exception):
    """HTTP status, ``error`` and ``error_description``."""

    def __init__(self, error, description, status=400):
        super().__init__(f"{error}: {description}")
        self.status = status
        self.body = {"error": error, "error_description": description}


def unknown_client():
    return OAuthError("invalid_client_id", "client identifier invalid")


def wrong_secret():
    return OAuthError("invalid_client", "invalid client credentials")


def invalid_grant(description):
    return OAuthError("invalid_grant", description)


def redirect_mismatch():
    return OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")


def not_approved():
    return invalid_grant("user hasn't approved this consumer")


def not_admin_approved():
    return OAuthError(
        "invalid_app_access", "user is not admin approved to access this app"
    )
