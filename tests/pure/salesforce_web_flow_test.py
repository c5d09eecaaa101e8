# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A person signs in: what is asked, and what a refusal means."""

from urllib.parse import parse_qs, urlsplit

import pytest
from quote_to_cash.canonical import Hold, Retry
from quote_to_cash.providers.salesforce import oauth_error, version, web_flow

APP = web_flow.App(
    client_id="3MVG9.key",
    client_secret="hush",
    login_url="https://acme--uat.sandbox.my.salesforce.com/",
)


def test_the_browser_is_sent_to_the_login_host_with_a_challenge():
    url = APP.authorize_url("https://odoo.example/back?a=b", "st/ate", "verifier")
    parts = urlsplit(url)
    assert parts.netloc == "acme--uat.sandbox.my.salesforce.com"
    assert parts.path == "/services/oauth2/authorize"
    query = {name: texts[0] for name, texts in parse_qs(parts.query).items()}
    assert query == {
        "response_type": "code",
        "client_id": "3MVG9.key",
        "redirect_uri": "https://odoo.example/back?a=b",
        "scope": "api refresh_token",
        "state": "st/ate",
        "code_challenge": web_flow.challenge_of("verifier"),
        "code_challenge_method": "S256",
        "prompt": "login",
    }
    assert "hush" not in url


def test_the_challenge_is_that_of_rfc_7636_appendix_b():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert web_flow.challenge_of(verifier) == challenge


def test_verifiers_are_long_enough_and_never_the_same():
    verifiers = {web_flow.new_verifier() for _ in range(20)}
    assert len(verifiers) == 20
    assert all(43 <= len(verifier) <= 128 for verifier in verifiers)


def test_secrets_do_not_show_in_logs():
    grant = web_flow.Grant(session=None, refresh_token="5Aep")
    held = web_flow.InMemory("5Aep")
    sign_in = web_flow.WebSignIn(app=APP, signed_in="1", tokens=held)
    for shown in (repr(APP), repr(grant), repr(held), repr(sign_in)):
        assert "hush" not in shown and "5Aep" not in shown


def test_only_https_leaves_this_machine():
    app = web_flow.App(client_id="x", login_url="http://login.salesforce.com")
    for call in (
        lambda: app.authorize_url("https://odoo.example/", "s", "v"),
        lambda: app.exchange("c", "https://odoo.example/", "v"),
        lambda: app.refresh("t"),
        lambda: app.revoke("t"),
    ):
        with pytest.raises(Hold) as caught:
            call()
        assert caught.value.code == "insecure_address"


@pytest.mark.parametrize(
    ("error", "description", "code", "remedy"),
    [
        ("access_denied", "end-user denied authorization", "consent_denied", "allow"),
        ("access-denied", "", "consent_denied", "allow"),
        (
            "redirect_uri_mismatch",
            "redirect_uri must match configuration",
            "callback_mismatch",
            "callback URL",
        ),
        ("invalid_grant", "expired authorization code", "code_expired", "again"),
        ("invalid_grant", "invalid authorization code", "code_expired", "again"),
        ("invalid_request", "invalid code verifier", "code_expired", "again"),
        ("invalid_client_id", "client identifier invalid", "unknown_client", "key"),
        ("invalid_grant", "ip restricted", "address_refused", "IP restrictions"),
    ],
)
def test_every_refusal_of_a_sign_in_says_what_to_do(error, description, code, remedy):
    failure = oauth_error.web_failure_of(error, description)
    assert isinstance(failure, Hold)
    assert failure.code == code
    assert remedy in failure.remedy


@pytest.mark.parametrize(
    ("error", "description", "code"),
    [
        ("invalid_grant", "expired access/refresh token", "signed_out"),
        ("invalid_grant", "user hasn't approved this consumer", "signed_out"),
        ("invalid_grant", "token validity expired", "signed_out"),
        # Signing in again would not help; the token is good once this is put right.
        ("invalid_grant", "ip restricted", "address_refused"),
        ("invalid_grant", "inactive user", "user_inactive"),
        ("inactive_org", "organization is not active", "org_inactive"),
        ("invalid_client", "invalid client credentials", "client_refused"),
    ],
)
def test_what_ends_a_sign_in_and_what_does_not(error, description, code):
    failure = oauth_error.refresh_failure_of(error, description)
    assert isinstance(failure, Hold)
    assert failure.code == code
    assert ("Sign In with Salesforce" in failure.remedy) == (code == "signed_out")


def test_too_many_renewals_pass():
    failure = oauth_error.refresh_failure_of("invalid_grant", "login rate exceeded")
    assert isinstance(failure, Retry)


@pytest.mark.parametrize(
    ("chosen", "known", "complaint"),
    [
        ("66.0", [], None),
        ("66.0", ["65.0", "66.0"], None),
        ("60.0", ["60.0", "66.0"], None),
        ("59.0", ["59.0", "66.0"], "too old"),
        ("v66", [], "too old"),
        ("66.0", ["64.0", "65.0"], "does not offer"),
    ],
)
def test_an_api_version_must_be_young_enough_and_offered(chosen, known, complaint):
    if complaint is None:
        version.check(chosen, known)
        return
    with pytest.raises(Hold) as caught:
        version.check(chosen, known)
    assert caught.value.code == "api_version"
    assert complaint in caught.value.message
    assert caught.value.remedy.startswith("Choose")
