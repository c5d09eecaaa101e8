# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The web server flow: a browser's consent, one exchange, and a token's life."""

import base64
import hashlib
from urllib.parse import parse_qsl, urlsplit

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]

CLIENT, SECRET, USER = "3MVG9web", "s3cret", "admin@simulated.example"
BACK = "http://127.0.0.1:8069/back"
# The pair of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def register(sim, **more):
    details = {"client_id": CLIENT, "client_secret": SECRET, "user": USER}
    return sim.control("apps", **{**details, "callback_urls": [BACK], **more})


def authorize(sim, **more):
    """(status, address without query, query)"""
    parameters = {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "state": "st/a=te",
        "code_challenge": CHALLENGE,
        **more,
    }
    answer = sim.http.get(
        f"{sim.url}/services/oauth2/authorize",
        params={name: text for name, text in parameters.items() if text},
        allow_redirects=False,
    )
    address = urlsplit(answer.headers.get("Location", ""))
    return answer, address._replace(query="").geturl(), dict(parse_qsl(address.query))


def code_of(sim, **more):
    return authorize(sim, **more)[2]["code"]


def token(sim, **form):
    made = {"client_id": CLIENT, "client_secret": SECRET, **form}
    return sim.http.post(f"{sim.url}/services/oauth2/token", data=made)


def exchange(sim, code, **more):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    return token(sim, **{**form, **more})


def refresh(sim, refresh_token, **more):
    return token(sim, grant_type="refresh_token", refresh_token=refresh_token, **more)


def refusal(answer):
    assert answer.status_code == 400
    return answer.json()["error"], answer.json()["error_description"]


def works(sim, access_token):
    headers = {"Authorization": f"Bearer {access_token}"}
    path = f"{sim.url}/services/data/v66.0/limits"
    return sim.http.get(path, headers=headers).status_code == 200


def test_a_consent_becomes_a_session_and_a_refresh_token(sim):
    register(sim)
    answer, address, query = authorize(sim)
    assert (answer.status_code, address) == (302, BACK)
    assert query["state"] == "st/a=te"
    granted = exchange(sim, query["code"]).json()
    assert works(sim, granted["access_token"])
    assert granted["instance_url"] == sim.url
    renewed = refresh(sim, granted["refresh_token"]).json()
    assert works(sim, renewed["access_token"])
    assert "refresh_token" not in renewed


def test_the_challenge_is_that_of_the_rfc():
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == CHALLENGE


def test_a_code_is_good_once(sim):
    register(sim)
    code = code_of(sim)
    assert exchange(sim, code).status_code == 200
    expected = ("invalid_grant", "invalid authorization code")
    assert refusal(exchange(sim, code)) == expected


def test_a_code_does_not_last(sim):
    register(sim)
    code = code_of(sim)
    sim.control("codes/expire")
    expected = ("invalid_grant", "expired authorization code")
    assert refusal(exchange(sim, code)) == expected


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "another"}, "invalid_request"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": f"{BACK}/"}, "redirect_uri_mismatch"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": ""}, "invalid_client"),
    ],
)
def test_an_exchange_must_fit_its_request(sim, changed, error):
    register(sim)
    assert refusal(exchange(sim, code_of(sim), **changed))[0] == error


def test_an_app_may_need_no_secret(sim):
    register(sim, require_secret=False)
    assert exchange(sim, code_of(sim), client_secret="").status_code == 200


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"client_id": "nobody"}, "invalid_client_id"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri_mismatch"),
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_known(sim, asked, error):
    register(sim)
    answer, address, _query = authorize(sim, **asked)
    assert refusal(answer)[0] == error
    assert not address


@pytest.mark.parametrize(
    ("app", "asked", "error"),
    [
        ({"consent": False}, {}, "access_denied"),
        ({}, {"response_type": "token"}, "unsupported_response_type"),
        ({}, {"code_challenge": ""}, "invalid_request"),
        ({"approved": False}, {}, "invalid_grant"),
        ({"admin_approved": False}, {}, "invalid_app_access"),
    ],
)
def test_a_refusal_goes_back_with_the_state(sim, app, asked, error):
    register(sim, **app)
    _answer, address, query = authorize(sim, **asked)
    assert (address, query["error"], query["state"]) == (BACK, error, "st/a=te")
    assert "code" not in query


def test_without_the_scope_there_is_no_refresh_token(sim):
    register(sim)
    assert "refresh_token" not in exchange(sim, code_of(sim, scope="api")).json()
    register(sim, scope="api")
    assert "refresh_token" not in exchange(sim, code_of(sim)).json()


def test_revoking_a_refresh_token_ends_what_it_gave(sim):
    register(sim)
    granted = exchange(sim, code_of(sim)).json()
    other = exchange(sim, code_of(sim)).json()
    revoke = f"{sim.url}/services/oauth2/revoke"
    form = {"token": granted["refresh_token"]}
    assert sim.http.post(revoke, data=form).status_code == 200
    assert sim.http.post(revoke, data=form).status_code == 400
    assert not works(sim, granted["access_token"])
    expected = ("invalid_grant", "expired access/refresh token")
    assert refusal(refresh(sim, granted["refresh_token"])) == expected
    assert works(sim, other["access_token"])


def test_an_administrator_revokes_an_app(sim):
    register(sim)
    granted = exchange(sim, code_of(sim)).json()
    sim.control(f"apps/{CLIENT}/revoke")
    assert not works(sim, granted["access_token"])
    assert refusal(refresh(sim, granted["refresh_token"]))[0] == "invalid_grant"


def test_with_rotation_each_refresh_token_is_good_once(sim):
    register(sim, rotate=True)
    first = exchange(sim, code_of(sim)).json()
    second = refresh(sim, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    third = refresh(sim, second["refresh_token"]).json()
    assert works(sim, first["access_token"]) and works(sim, third["access_token"])
    # A second use of an old one looks like theft: everything ends.
    assert refusal(refresh(sim, first["refresh_token"]))[0] == "invalid_grant"
    assert refusal(refresh(sim, third["refresh_token"]))[0] == "invalid_grant"
    assert not works(sim, third["access_token"])


def test_a_refresh_token_of_another_app_is_refused(sim):
    register(sim)
    granted = exchange(sim, code_of(sim)).json()
    register(sim, client_id="other")
    answer = refresh(sim, granted["refresh_token"], client_id="other")
    assert refusal(answer)[0] == "invalid_grant"
