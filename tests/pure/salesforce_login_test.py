# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 6: in through an External Client App, and what to do when it fails."""

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from quote_to_cash.canonical import Hold, Retry
from quote_to_cash.providers.salesforce import login, oauth_error, session

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def bearer(**values):
    return login.JwtBearer(
        **{
            "client_id": "3MVG9.key",
            "username": "integration@acme.example",
            "private_key": pem(KEY),
            **values,
        }
    )


def test_the_assertion_says_who_asks_whom_and_for_how_long():
    token = bearer().assertion(1_000_000)
    claims = jwt.decode(
        token,
        KEY.public_key(),
        algorithms=["RS256"],
        audience=login.PRODUCTION,
        options={"verify_exp": False},
    )
    assert claims == {
        "iss": "3MVG9.key",
        "sub": "integration@acme.example",
        "aud": "https://login.salesforce.com",
        "exp": 1_000_180,
    }


@pytest.mark.parametrize(
    ("host", "audience"),
    [
        ("https://login.salesforce.com", login.PRODUCTION),
        ("https://test.salesforce.com", login.SANDBOX),
        ("https://acme.my.salesforce.com", login.PRODUCTION),
        ("https://acme--uat.sandbox.my.salesforce.com", login.SANDBOX),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
    ],
)
def test_the_audience_follows_the_kind_of_org(host, audience):
    assert login.audience_of(host) == audience


@pytest.mark.parametrize(
    "key", ["", "secret", pem(ec.generate_private_key(ec.SECP256R1()))]
)
def test_a_key_of_the_wrong_kind_is_held_without_being_shown(key):
    with pytest.raises(Hold) as caught:
        bearer(private_key=key).assertion(0)
    assert caught.value.code == "invalid_private_key"
    assert caught.value.__cause__ is None
    assert not key or key not in str(caught.value)


def test_secrets_do_not_show_in_logs():
    texts = [
        repr(bearer()),
        repr(
            login.ClientCredentials(
                client_id="id",
                client_secret="hush",
                login_url="https://acme.my.salesforce.com",
            )
        ),
    ]
    assert not any("PRIVATE" in text or "hush" in text for text in texts)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://login.salesforce.com", "insecure_address"),
        ("http://127.0.0.1.example.com", "insecure_address"),
        ("ftp://login.salesforce.com", "malformed_address"),
        ("login.salesforce.com", "malformed_address"),
        ("", "malformed_address"),
    ],
)
def test_only_https_leaves_this_machine(address, code):
    with pytest.raises(Hold) as caught:
        bearer(login_url=address).sign_in()
    assert caught.value.code == code


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_needs_no_encryption(host):
    assert session.origin(f"http://user:pw@{host}:80/x?y") == f"http://{host}:80"


@pytest.mark.parametrize("host", [login.PRODUCTION, login.SANDBOX])
def test_client_credentials_need_the_orgs_own_address(host):
    credentials = login.ClientCredentials(
        client_id="id", client_secret="s", login_url=host
    )
    with pytest.raises(Hold) as caught:
        credentials.sign_in()
    assert caught.value.code == "my_domain_required"


@pytest.mark.parametrize(
    ("error", "description", "code", "remedy"),
    [
        (
            "invalid_grant",
            "user hasn't approved this consumer",
            "app_not_approved",
            "pre-authorized",
        ),
        (
            "invalid_app_access",
            "user is not admin approved to access this app",
            "app_not_approved",
            "permission set",
        ),
        (
            "invalid_client_id",
            "client identifier invalid",
            "unknown_client",
            "consumer key",
        ),
        (
            "invalid_client",
            "invalid client credentials",
            "client_refused",
            "consumer key and secret",
        ),
        ("inactive_user", "user is inactive", "user_inactive", "Activate"),
        ("inactive_org", "organization is not active", "org_inactive", "Salesforce"),
        ("invalid_grant", "audience is invalid", "wrong_login_host", "test."),
        ("invalid_grant", "invalid assertion", "assertion_refused", "certificate"),
        (
            "invalid_grant",
            "no client credentials user enabled",
            "no_run_as_user",
            "Run As",
        ),
        (
            "invalid_grant",
            "request not supported on this domain",
            "my_domain_required",
            "My Domain",
        ),
        (
            "unsupported_grant_type",
            "grant type not supported",
            "flow_disabled",
            "Flow Enablement",
        ),
        ("invalid_grant", "no valid scopes defined", "flow_disabled", "scope api"),
        ("something_new", "of next year", "sign_in_refused", "Login History"),
    ],
)
def test_every_refusal_says_what_an_administrator_can_do(
    error, description, code, remedy
):
    failure = oauth_error.failure_of(error, description)
    assert isinstance(failure, Hold)
    assert failure.code == code
    assert remedy in failure.remedy
    assert description in failure.message


def test_too_many_sign_ins_pass():
    failure = oauth_error.failure_of("invalid_grant", "login rate exceeded")
    assert isinstance(failure, Retry)
