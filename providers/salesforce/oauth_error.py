# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Salesforce says when it does not let us in, and what an administrator can do.

The errors are those of RFC 6749, 5.2, and of Salesforce Help on OAuth flows and their
troubleshooting; the descriptions are matched by the part that tells the causes apart.
"""

from __future__ import annotations

from ...canonical import Failure, Hold, Retry

_APP = "In Salesforce Setup, External Client App Manager, open the app"

# (error, part of the description; empty fits any) → (code, remedy). The first fits.
_REMEDIES = (
    (
        "invalid_grant",
        "hasn't approved this consumer",
        "app_not_approved",
        f"{_APP}, Policies, OAuth Policies: set Permitted Users to 'Admin approved"
        " users are pre-authorized' and add the integration user's profile or"
        " permission set; the app needs the scopes api and refresh_token.",
    ),
    (
        "invalid_app_access",
        "",
        "app_not_approved",
        f"{_APP}, Policies: add the integration user's profile or permission set to the"
        " app.",
    ),
    (
        "invalid_grant",
        "audience",
        "wrong_login_host",
        "Enter login.salesforce.com for production, test.salesforce.com for a sandbox,"
        " or the org's My Domain address.",
    ),
    (
        "invalid_grant",
        "assertion",
        "assertion_refused",
        "Upload the certificate that belongs to this private key to the External Client"
        " App, check the user name, and check that this server's clock is right.",
    ),
    (
        "invalid_grant",
        "expired",
        "assertion_refused",
        "Check that this server's clock is right, then test the connection again.",
    ),
    (
        "invalid_grant",
        "no client credentials user enabled",
        "no_run_as_user",
        f"{_APP}, Policies, OAuth Flows: enable Client Credentials and choose the"
        " integration user as 'Run As'.",
    ),
    (
        "invalid_grant",
        "not supported on this domain",
        "my_domain_required",
        "Enter the org's My Domain address (https://….my.salesforce.com) as login"
        " host.",
    ),
    (
        # Client credentials since Winter '26
        "invalid_grant",
        "no valid scopes",
        "flow_disabled",
        f"{_APP}, Settings: add the scope api.",
    ),
    (
        "invalid_grant",
        "ip restricted",
        "address_refused",
        f"{_APP}, Policies: relax IP restrictions, or add this server's address to the"
        " login IP ranges of the integration user's profile.",
    ),
    (
        "invalid_grant",
        "user is locked",
        "user_inactive",
        "Unlock the integration user in Salesforce Setup, Users.",
    ),
    (
        "invalid_grant",
        "inactive user",
        "user_inactive",
        "Activate the integration user in Salesforce Setup, Users.",
    ),
    (
        "inactive_user",
        "",
        "user_inactive",
        "Activate the integration user in Salesforce Setup, Users.",
    ),
    (
        "inactive_org",
        "",
        "org_inactive",
        "The org is locked, closed or suspended: ask Salesforce, or pause this"
        " connection.",
    ),
    (
        "invalid_client_id",
        "",
        "unknown_client",
        f"{_APP}, Settings, and copy its consumer key; a new app is known everywhere"
        " after about ten minutes.",
    ),
    (
        "invalid_client",
        "",
        "client_refused",
        f"{_APP}, Settings, and copy consumer key and secret again; the secret may have"
        " been rotated.",
    ),
    (
        "unsupported_grant_type",
        "",
        "flow_disabled",
        f"{_APP}, Settings, Flow Enablement: enable JWT Bearer Flow or Client"
        " Credentials Flow, whichever this connection uses.",
    ),
    (
        "unauthorized_client",
        "",
        "flow_disabled",
        f"{_APP}, Settings, Flow Enablement: enable the flow that this connection"
        " uses.",
    ),
    (
        "invalid_scope",
        "",
        "flow_disabled",
        f"{_APP}, Settings: add the scope api, and refresh_token for JWT bearer.",
    ),
)
_AGAIN = "Press Sign In with Salesforce on the connection"
# What only the web server flow meets; looked at first there. Salesforce Help,
# "OAuth 2.0 Authorization Errors", writes access-denied, RFC 6749 access_denied.
_WEB_REMEDIES = (
    (
        "access_denied",
        "",
        "consent_denied",
        f"{_AGAIN} again, and allow the access.",
    ),
    (
        "access-denied",
        "",
        "consent_denied",
        f"{_AGAIN} again, and allow the access.",
    ),
    (
        "redirect_uri_mismatch",
        "",
        "callback_mismatch",
        f"{_APP}, Settings, OAuth Settings, and add the callback URL that the"
        " connection shows.",
    ),
    (
        "invalid_grant",
        "authorization code",
        "code_expired",
        f"{_AGAIN} again; each sign-in can be completed once, within minutes.",
    ),
    ("invalid_grant", "code verifier", "code_expired", f"{_AGAIN} again."),
    ("invalid_request", "code verifier", "code_expired", f"{_AGAIN} again."),
)
# Refusals of a refresh token that say nothing against the token itself.
_TOKEN_STILL_GOOD = ("address_refused", "user_inactive", "org_inactive")
# Passing faults that come with a 4xx.
_PASSING = ("rate_limit_exceeded", "unavailable", "unknown_error", "server_error")
_PASSING_DESCRIPTIONS = ("login rate exceeded", "retry your request", "try again later")


def failure_of(error: str, description: str, first=()) -> Failure:
    """The failure for an OAuth error answer (RFC 6749, 5.2).

    :param first: remedies that go before the general ones
    """
    lowered = description.lower()
    said = f"Salesforce refused the sign-in: {description or error} ({error})."
    if error in _PASSING or any(text in lowered for text in _PASSING_DESCRIPTIONS):
        return Retry("rate_limited", said)
    for wanted, part, code, remedy in (*first, *_REMEDIES):
        if error == wanted and part in lowered:
            return Hold(code, said, remedy)
    return Hold(
        "sign_in_refused",
        said,
        "Look at the integration user's Login History in Salesforce Setup, Users; it"
        " names the reason.",
    )


def web_failure_of(error: str, description: str) -> Failure:
    """The failure for an error of the authorization address (RFC 6749, 4.1.2.1), or of
    the exchange of its code."""
    return failure_of(error, description, _WEB_REMEDIES)


def refresh_failure_of(error: str, description: str) -> Failure:
    """The failure for a refresh token that is refused: it was revoked, has expired, or
    was used twice though Salesforce rotates it."""
    failure = failure_of(error, description)
    if error != "invalid_grant" or isinstance(failure, Retry):
        return failure
    if failure.code in _TOKEN_STILL_GOOD:
        return failure
    return Hold(
        "signed_out",
        f"Salesforce has ended the sign-in: {description or error}.",
        f"{_AGAIN}.",
    )
