# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Signing in: both flows of an External Client App, and their refusals."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

pytest_plugins = ["tests.simulators.salesforce_fixtures"]

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT, SECRET, USER = "3MVG9client", "s3cret", "q2c@simulated.example"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key):
    return (
        key.public_key()
        .public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        .decode()
    )


@pytest.fixture
def app(sim, key):
    """What registering answers."""
    return register(sim, key)


def register(sim, key, **more):
    details = {"client_id": CLIENT, "client_secret": SECRET, "user": USER}
    return sim.control("apps", **{**details, "certificate": public_pem(key), **more})


def claims(**changed):
    made = {
        "iss": CLIENT,
        "sub": USER,
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 170,
    }
    return {**made, **changed}


def sign_in(sim, **form):
    return sim.http.post(f"{sim.url}/services/oauth2/token", data=form)


def bearer(sim, key, **changed):
    assertion = jwt.encode(claims(**changed), key, algorithm="RS256")
    return sign_in(sim, grant_type=JWT_BEARER, assertion=assertion)


def refusal(answer):
    assert answer.status_code == 400
    return answer.json()["error"], answer.json()["error_description"]


def get(sim, token, path="/services/data/v66.0/limits"):
    headers = {"Authorization": f"Bearer {token}"}
    return sim.http.get(sim.url + path, headers=headers)


def test_jwt_bearer_gives_a_token_that_works(sim, key, app):
    granted = bearer(sim, key).json()
    assert granted["instance_url"] == sim.url
    assert granted["token_type"] == "Bearer"
    assert get(sim, granted["access_token"]).status_code == 200


@pytest.mark.parametrize("host", ["https://test.salesforce.com", "own"])
def test_jwt_audience_may_be_a_login_host_or_the_org_itself(sim, key, app, host):
    audience = sim.url if host == "own" else host
    assert bearer(sim, key, aud=audience).status_code == 200


def test_jwt_expiry_may_be_written_as_text(sim, key, app):
    """simple-salesforce writes it so."""
    written = claims(exp=f"{time.time() + 170:.0f}")
    assertion = jwt.api_jws.encode(json.dumps(written).encode(), key, "RS256")
    assert sign_in(sim, grant_type=JWT_BEARER, assertion=assertion).status_code == 200


def test_jwt_of_another_key_is_refused(sim, app):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert refusal(bearer(sim, stranger)) == ("invalid_grant", "invalid assertion")


def test_jwt_signed_with_a_shared_secret_is_refused(sim, key, app):
    forged = jwt.encode(claims(), "x" * 32, algorithm="HS256")
    answer = sign_in(sim, grant_type=JWT_BEARER, assertion=forged)
    assert refusal(answer) == ("invalid_grant", "invalid assertion")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"iss": "nobody"}, ("invalid_client_id", "client identifier invalid")),
        ({"aud": "https://evil.example"}, ("invalid_grant", "audience is invalid")),
        ({"exp": 1_700_000_000}, ("invalid_grant", "expired authorization code")),
        ({"exp": int(time.time()) + 9999}, ("invalid_grant", "invalid assertion")),
        (
            {"sub": "someone@else.example"},
            ("invalid_grant", "user hasn't approved this consumer"),
        ),
    ],
)
def test_jwt_claims_are_checked(sim, key, app, changed, expected):
    assert refusal(bearer(sim, key, **changed)) == expected


def test_jwt_user_who_did_not_approve(sim, key):
    register(sim, key, approved=False)
    assert refusal(bearer(sim, key))[1] == "user hasn't approved this consumer"


def test_jwt_user_whom_no_admin_approved(sim, key):
    register(sim, key, admin_approved=False)
    assert refusal(bearer(sim, key)) == (
        "invalid_app_access",
        "user is not admin approved to access this app",
    )


@pytest.mark.parametrize("basic", [False, True])
def test_client_credentials_in_form_or_header(sim, app, basic):
    grant = {"grant_type": "client_credentials"}
    own = {"client_id": CLIENT, "client_secret": SECRET}
    answer = sim.http.post(
        f"{sim.url}/services/oauth2/token",
        data=grant if basic else {**grant, **own},
        auth=(CLIENT, SECRET) if basic else None,
    )
    granted = answer.json()
    whose = get(sim, granted["access_token"], "/services/oauth2/userinfo").json()
    assert whose["preferred_username"] == USER
    assert granted["id"].endswith(f"/{whose['organization_id']}/{whose['user_id']}")


def test_client_credentials_with_a_wrong_secret(sim, app):
    answer = sign_in(
        sim, grant_type="client_credentials", client_id=CLIENT, client_secret="no"
    )
    assert refusal(answer) == ("invalid_client", "invalid client credentials")


def test_client_credentials_without_a_user_to_run_as(sim, key):
    register(sim, key, client_credentials=False)
    answer = sign_in(
        sim, grant_type="client_credentials", client_id=CLIENT, client_secret=SECRET
    )
    assert refusal(answer) == ("invalid_grant", "no client credentials user enabled")


def test_user_name_and_password_are_no_way_in(sim, app):
    answer = sign_in(
        sim,
        grant_type="password",
        client_id=CLIENT,
        client_secret=SECRET,
        username=USER,
        password="right",
    )
    assert refusal(answer) == ("invalid_grant", "authentication failure")


def test_other_grants_are_not_offered(sim, app):
    assert refusal(sign_in(sim, grant_type="magic"))[0] == "unsupported_grant_type"


def test_refresh_token_opens_a_session_until_it_is_revoked(sim, app):
    form = {"grant_type": "refresh_token", "client_id": CLIENT, "client_secret": SECRET}
    form["refresh_token"] = app["refresh_token"]
    token = sign_in(sim, **form).json()["access_token"]
    assert get(sim, token).status_code == 200
    revoke = f"{sim.url}/services/oauth2/revoke"
    sim.http.post(revoke, data={"token": form["refresh_token"]})
    assert refusal(sign_in(sim, **form)) == (
        "invalid_grant",
        "expired access/refresh token",
    )


def test_identity_is_that_of_the_token_only(sim, app):
    form = {"grant_type": "client_credentials", "client_id": CLIENT}
    granted = sign_in(sim, **form, client_secret=SECRET).json()
    path = granted["id"].removeprefix(sim.url)
    assert get(sim, granted["access_token"], path).json()["username"] == USER
    assert get(sim, granted["access_token"], path[:-3] + "AAA").status_code == 403


@pytest.mark.parametrize("token", ["", "00DQy0000000001!made.up"])
def test_no_session_no_data(sim, token):
    answer = get(sim, token)
    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_all_sessions_can_expire(sim):
    token = sim.token()
    assert get(sim, token).status_code == 200
    sim.control("sessions/expire")
    assert get(sim, token).json()[0]["errorCode"] == "INVALID_SESSION_ID"
    assert get(sim, sim.token()).status_code == 200
