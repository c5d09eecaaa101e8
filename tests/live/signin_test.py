# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Signing in to Salesforce with the browser, over real HTTP: in, renewed, revoked, in
again, out; two orgs side by side."""

import io
import threading
import zipfile

import pytest
import requests
from machine import database
from machine.simulators import Simulator
from story.deal import brasserie
from story.odoo_client import OdooClient
from story.salesforce_org import SimulatedOrg, sow
from story.stage import Stage
from story.waiting import until

CLIENT, SECRET = "quote-to-cash-web", "hush-hush"
PERSON = "admin@simulated.example"
FIELDS = (
    "health",
    "health_message",
    "account_ref",
    "salesforce_is_signed_out",
    "salesforce_signed_in_as",
    "salesforce_instance_url",
)


@pytest.fixture(scope="module")
def stage():
    with Stage(database.unique(), ("salesforce_sim",)) as stage:
        yield stage


@pytest.fixture(scope="module")
def second_org(stage):
    """An organisation of its own, on another address."""
    simulator = Simulator("salesforce_sim").start()
    settings = {"organization_number": 2, "name": "Second Trading"}
    requests.post(f"{simulator.url}/_sim/reset", json=settings, timeout=60)
    yield SimulatedOrg(simulator.url)
    simulator.stop()


def sign_in(odoo, connection):
    """Press the button, go to Salesforce and come back, in one browser."""
    action = odoo.call("q2c.connection", "action_sign_in", [connection])
    return odoo.follow(action["url"])


def register(org, odoo, connection, **more):
    callback = odoo.read("q2c.connection", connection, "salesforce_callback_url")
    org.control(
        "apps",
        client_id=CLIENT,
        client_secret=SECRET,
        user=PERSON,
        callback_urls=[callback["salesforce_callback_url"]],
        **more,
    )


def create(odoo, org, name):
    connection = odoo.create(
        "q2c.connection",
        name=name,
        provider="salesforce",
        salesforce_sign_in="web",
        salesforce_login_url=org.url,
        salesforce_client_id=CLIENT,
        salesforce_client_secret=SECRET,
    )
    register(org, odoo, connection, rotate=True)
    return connection


@pytest.fixture(scope="module")
def connection(odoo, org, company):
    return create(odoo, org, "Salesforce")


def shown(odoo, connection):
    return odoo.read("q2c.connection", connection, *FIELDS)


def win(org):
    """A salesperson, whose own session is not that of the connection."""
    seller = SimulatedOrg(org.url)
    seller.win(sow(seller, brasserie(), "2026-11-30")["opportunity"])


def open_cases(odoo, connection):
    domain = [("connection_id", "=", connection), ("state", "=", "open")]
    return odoo.find("q2c.exception", domain, "code", "message", "remedy")


def test_a_person_signs_in(odoo, org, connection):
    answer = sign_in(odoo, connection)
    assert answer.ok, answer.text
    assert f"/q2c-connections/{connection}" in answer.url
    found = shown(odoo, connection)
    assert found["health"] == "ok", found
    assert found["salesforce_signed_in_as"] == PERSON
    assert found["salesforce_instance_url"] == org.url
    assert found["account_ref"] == org.control("org", "GET")["organization_id"]
    odoo.call("q2c.connection", "action_activate", [connection])


def test_what_the_org_lacks_is_found_and_created(odoo, connection):
    told = {"kind": "customer", "value": "invoice_number", "field_name": "Live__c"}
    lines = [(0, 0, told)]
    odoo.write("q2c.connection", [connection], status_field_ids=lines)
    action = odoo.call("q2c.connection", "action_check_set_up", [connection])
    check = action["res_id"]
    assert result_of(odoo, check, "Account.Live__c") == "missing"
    package = odoo.call("q2c.preflight", "action_download", [check])
    archive = zipfile.ZipFile(io.BytesIO(odoo.follow(package["url"]).content))
    assert "Live__c" in archive.read("objects/Account.object").decode()
    odoo.call("q2c.preflight", "action_create", [check])
    assert result_of(odoo, check, "Account.Live__c") == "ok"
    found = odoo.read("q2c.preflight", check, "open_count", "refusals")
    assert not found["refusals"], found
    assert found["open_count"] == 0


def result_of(odoo, check, what):
    domain = [("preflight_id", "=", check), ("what", "=", what)]
    (line,) = odoo.find("q2c.preflight.line", domain, "result")
    return line["result"]


def test_the_address_that_came_back_is_good_once(odoo, connection):
    answer = sign_in(odoo, connection)
    back = answer.history[-1].url
    again = odoo.follow(back)
    assert again.status_code == 400
    assert "was completed already" in again.text
    assert not shown(odoo, connection)["salesforce_is_signed_out"]


def test_what_is_won_becomes_an_order(odoo, org, connection):
    win(org)
    odoo.call("q2c.connection", "action_poll_now", [connection])
    until(lambda: odoo.count("sale.order"), "The order of the deal")


def test_a_session_that_ended_is_renewed_by_whoever_needs_it(odoo, org, connection):
    """Several processes lose their session at once, and Salesforce gives each refresh
    token one use only: none of them may use one twice."""
    for _time in range(3):
        org.control("sessions/expire")
        threads = [
            threading.Thread(
                target=person.call,
                args=("q2c.connection", "action_test", [connection]),
            )
            for person in people_of(odoo)
        ]
        for thread in threads:
            thread.start()
        odoo.call("q2c.connection", "action_poll_now", [connection])
        for thread in threads:
            thread.join()
    found = shown(odoo, connection)
    assert found["health"] == "ok", found
    assert not found["salesforce_is_signed_out"]
    assert not open_cases(odoo, connection)


def people_of(odoo):
    """Three people, each with a session in Odoo."""
    return [OdooClient(odoo.url, odoo.database) for _ in range(3)]


def test_what_an_administrator_revokes_is_one_exception_and_nothing_is_lost(
    odoo, org, connection
):
    assert org.control(f"apps/{CLIENT}/revoke")["revoked"]
    win(org)
    odoo.call("q2c.connection", "action_poll_now", [connection])
    until(
        lambda: shown(odoo, connection)["salesforce_is_signed_out"], "Being signed out"
    )
    (case,) = until(lambda: open_cases(odoo, connection), "The exception")
    assert case["code"] == "signed_out"
    assert "Sign In with Salesforce" in case["remedy"]
    refreshes = token_requests(org)
    for _time in range(2):
        odoo.call("q2c.connection", "action_poll_now", [connection])
    assert len(open_cases(odoo, connection)) == 1
    assert token_requests(org) == refreshes
    failed = [("connection_id", "=", connection), ("state", "=", "failed")]
    assert not odoo.count("q2c.command", failed)
    assert not odoo.count("q2c.event", failed)


def token_requests(org):
    requests_made = org.control("state", "GET")["requests"]
    return {call: n for call, n in requests_made.items() if "/oauth2/token" in call}


def test_signing_in_again_goes_on_where_it_stopped(odoo, org, connection):
    orders = odoo.count("sale.order")
    register(org, odoo, connection)
    assert sign_in(odoo, connection).ok
    assert not shown(odoo, connection)["salesforce_is_signed_out"]
    assert not open_cases(odoo, connection)
    odoo.call("q2c.connection", "action_poll_now", [connection])
    until(lambda: odoo.count("sale.order") > orders, "The order won meanwhile")


def test_another_org_is_refused(odoo, org, second_org, connection):
    before = shown(odoo, connection)
    register(second_org, odoo, connection)
    odoo.write("q2c.connection", [connection], salesforce_login_url=second_org.url)
    answer = sign_in(odoo, connection)
    odoo.write("q2c.connection", [connection], salesforce_login_url=org.url)
    assert answer.status_code == 400
    assert before["account_ref"] in answer.text
    assert shown(odoo, connection) == before


def test_two_orgs_side_by_side(odoo, org, second_org, connection):
    second = create(odoo, second_org, "Second")
    assert sign_in(odoo, second).ok
    for one, its_org in ((connection, org), (second, second_org)):
        odoo.call("q2c.connection", "action_test", [one])
        found = shown(odoo, one)
        assert found["health"] == "ok", found
        assert found["salesforce_instance_url"] == its_org.url
    assert shown(odoo, connection)["account_ref"] != shown(odoo, second)["account_ref"]


def test_signing_out_revokes_at_salesforce(odoo, org, connection):
    odoo.call("q2c.connection", "action_sign_out", [connection])
    assert shown(odoo, connection)["salesforce_is_signed_out"]
    # What is left is the approval that registering the app gave the simulator.
    assert org.control(f"apps/{CLIENT}/revoke")["revoked"] == 1


def test_odoo_logged_no_error(stage, odoo):
    assert not stage.faults()


def test_no_token_is_in_the_log(stage):
    text = stage.server.log.read_text()
    assert "5Aep861" not in text
    assert SECRET not in text
    assert "code_verifier" not in text
