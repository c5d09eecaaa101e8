# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The addon's client signs in as a person, and stays signed in."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from quote_to_cash.canonical import Hold
from quote_to_cash.providers.salesforce import version, web_flow
from quote_to_cash.providers.salesforce.client import Client

pytest_plugins = ["tests.simulators.salesforce_fixtures"]

BACK = "http://127.0.0.1:8069/back"


@pytest.fixture
def app(sim):
    register(sim)
    return web_flow.App(client_id="web", client_secret="hush", login_url=sim.url)


def register(sim, **more):
    details = {
        "client_id": "web",
        "client_secret": "hush",
        "user": "admin@simulated.example",
        "callback_urls": [BACK],
    }
    sim.control("apps", **{**details, **more})


def consent(sim, app, verifier="a" * 43):
    """The parameters that the browser comes back with."""
    url = app.authorize_url(BACK, "state", verifier)
    answer = sim.http.get(url, allow_redirects=False)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: texts[0] for name, texts in query.items()}


def sign_in(sim, app):
    return app.exchange(consent(sim, app)["code"], BACK, "a" * 43)


def client_of(app, grant):
    tokens = web_flow.InMemory(grant.refresh_token)
    credentials = web_flow.WebSignIn(app=app, signed_in="now", tokens=tokens)
    return Client(credentials, session=grant.session)


def test_a_person_signs_in(sim, app):
    grant = sign_in(sim, app)
    org = sim.control("org", "GET")
    assert grant.session.organization_id == org["organization_id"]
    assert client_of(app, grant).health().account_id == org["organization_id"]


def test_the_code_is_of_no_use_to_who_stole_it(sim, app):
    code = consent(sim, app)["code"]
    with pytest.raises(Hold) as caught:
        app.exchange(code, BACK, "b" * 43)
    assert caught.value.code == "code_expired"


def test_a_scope_that_lacks_says_which(sim, app):
    register(sim, scope="api")
    with pytest.raises(Hold) as caught:
        sign_in(sim, app)
    assert caught.value.code == "no_refresh_token"
    assert "refresh_token" in caught.value.remedy


@pytest.mark.parametrize("rotate", [False, True])
def test_a_session_that_ended_is_renewed_each_time(sim, app, rotate):
    register(sim, rotate=rotate)
    grant = sign_in(sim, app)
    client = client_of(app, grant)
    tokens = client.connector.credentials.tokens
    for _time in range(3):
        before = client.session.access_token
        sim.control("sessions/expire")
        client.organization()
        assert client.session.access_token != before
    assert (tokens.refresh_token != grant.refresh_token) == rotate


def test_what_an_administrator_revoked_says_to_sign_in_again(sim, app):
    client = client_of(app, sign_in(sim, app))
    sim.control("apps/web/revoke")
    with pytest.raises(Hold) as caught:
        client.organization()
    assert caught.value.code == "signed_out"
    assert "Sign In with Salesforce" in caught.value.remedy


def test_revoking_ends_the_session_and_may_be_repeated(sim, app):
    grant = sign_in(sim, app)
    app.revoke(grant.refresh_token)
    app.revoke(grant.refresh_token)
    with pytest.raises(Hold) as caught:
        client_of(app, grant).organization()
    assert caught.value.code == "signed_out"


def test_a_wrong_secret_is_no_reason_to_sign_in_again(sim, app):
    grant = sign_in(sim, app)
    with pytest.raises(Hold) as caught:
        replace(app, client_secret="wrong").refresh(grant.refresh_token)
    assert caught.value.code == "client_refused"


def test_an_org_says_which_api_versions_it_offers(sim):
    versions = version.offered(sim.url)
    assert versions[0] == version.API_VERSION
    assert versions == sorted(versions, key=float, reverse=True)


def test_every_offered_version_can_be_chosen(sim, app):
    grant = sign_in(sim, app)
    for number in version.offered(sim.url):
        client = Client(
            client_of(app, grant).connector.credentials,
            session=grant.session,
            api_version=number,
        )
        assert client.health().api_version == number
