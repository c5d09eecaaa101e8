# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stripe is down for a while: nothing is lost, and nobody hammers at its door."""

import json
import time

import pytest
import requests
from story import connect, sql
from story.deal import brasserie
from story.story import Story
from story.trials import sign
from story.waiting import until

SECRET = "whsec_of_this_test"


@pytest.fixture(scope="module")
def outage(stage, odoo, org, account):
    """A deal that was won while Stripe was down."""
    story = Story(odoo, org, account, brasserie())
    story.connect_crm()
    story.connect_billing()
    story.sow()
    stage.simulators["stripe_sim"].stop()
    story.win()
    return story


def _breaker(story):
    fields = ("breaker_until", "breaker_trips", "health", "health_message")
    return story.odoo.read("q2c.connection", story.stripe_connection, *fields)


def test_what_happens_meanwhile(outage, odoo):
    """The order is confirmed, its commands wait, the breaker is open, and events are
    accepted."""
    state = until(
        lambda: _breaker(outage)["breaker_until"] and _breaker(outage),
        "The breaker open",
    )
    assert state["health"] == "error"
    assert state["health_message"]
    waiting = odoo.find(
        "q2c.command",
        [("connection_id", "=", outage.stripe_connection)],
        "state",
        "message",
    )
    assert waiting
    assert {row["state"] for row in waiting} <= {"queued", "waiting"}
    assert _send_event(odoo, outage.stripe_connection).status_code == 200
    assert odoo.count("q2c.event", [("external_id", "=", "evt_in_the_dark")]) == 1


def _send_event(odoo, connection):
    odoo.write("q2c.connection", [connection], stripe_signing_secret=SECRET)
    content = {"id": "cus_unknown", "object": "customer", "name": "?", "metadata": {}}
    event = {
        "id": "evt_in_the_dark",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": content},
        "livemode": False,
        "type": "customer.deleted",
    }
    body = json.dumps(event).encode()
    return requests.post(
        connect.webhook_url(odoo, connection),
        data=body,
        headers={"Stripe-Signature": sign(body, SECRET)},
        timeout=60,
    )


def test_when_it_is_back_everything_completes(outage, stage, odoo, account):
    stage.simulators["stripe_sim"].start()
    # The simulator keeps nothing over a restart, not even our webhook endpoint.
    odoo.call("q2c.connection", "action_create_endpoint", [outage.stripe_connection])
    sql.let_time_pass(stage.database)
    for act in (outage.subscribe, outage.invoice, outage.pay, outage.tell_paid):
        act()
    assert account.state()["objects"]["subscription"] == 1
    assert not _breaker(outage)["breaker_until"]
    settled = [("external_id", "=", "evt_in_the_dark"), ("state", "!=", "failed")]
    assert odoo.count("q2c.event", settled) == 1
