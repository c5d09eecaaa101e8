# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the webhook address lets in, on the real route of a server with workers."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from story import connect, queues, sql
from story.trials import sign
from story.waiting import until

SECRET = "whsec_of_this_test"
VERSION = "2026-10-28.endive"
OLD_VERSION = "2015-01-11"
OVERSIZE = 4 * 1024 * 1024 + 1
OUTBOUND = """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>{organization}</OrganizationId>
   <ActionId>04kQy0000000001AAA</ActionId>
   <SessionId xsi:nil="true"/>
   <Notification>
    <Id>{notification}</Id>
    <sObject xsi:type="sf:Account" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
     <sf:Id>001Qy000010000BIAQ</sf:Id>
    </sObject>
   </Notification>
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>"""


class Endpoint:
    """The webhook address of a connection, and what became of what was sent there."""

    def __init__(self, odoo, connection):
        self.connection = connection
        self.url = connect.webhook_url(odoo, connection)
        self._database = odoo.database

    def post(self, body, **headers):
        """Post bytes; the answer."""
        return requests.post(self.url, data=body, headers=headers, timeout=60)

    def send(self, event, secret=SECRET, at=None):
        """Post a signed event; the answer."""
        body = encoded(event)
        return self.post(body, **{"Stripe-Signature": sign(body, secret, at)})

    def rows(self, identifier, columns="state"):
        """What is kept of the event with this id."""
        return sql.rows(
            self._database,
            f"SELECT {columns} FROM q2c_event"
            " WHERE connection_id = %s AND external_id = %s",
            [self.connection, identifier],
        )

    def settled(self, identifier, columns="state"):
        """The columns of an event as soon as it was worked on."""

        def probe():
            [(state,)] = self.rows(identifier)
            return state not in queues.OPEN and self.rows(identifier, columns)

        return until(probe, f"{identifier} settled")[0]


@pytest.fixture(scope="module")
def endpoint(odoo, stripe):
    odoo.write("q2c.connection", [stripe], stripe_signing_secret=SECRET)
    return Endpoint(odoo, stripe)


def encoded(event):
    """As the simulator and Stripe write it: indented, and not only ASCII."""
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def event_of(identifier, content, type_="product.created", **values):
    return {
        "id": identifier,
        "object": "event",
        "api_version": VERSION,
        "created": int(time.time()),
        "data": {"object": content},
        "livemode": False,
        "type": type_,
        **values,
    }


def product(identifier, name="Seat"):
    return {
        "id": identifier,
        "object": "product",
        "active": True,
        "created": int(time.time()),
        "description": None,
        "livemode": False,
        "metadata": {},
        "name": name,
        "updated": int(time.time()),
    }


def _headers(case, body):
    now = int(time.time())
    return {
        "unsigned": {},
        "malformed": {"Stripe-Signature": "v1=abc"},
        "forged": {"Stripe-Signature": sign(body, "whsec_guessed")},
        "old": {"Stripe-Signature": sign(body, SECRET, now - 301)},
        "from the future": {"Stripe-Signature": sign(body, SECRET, now + 400)},
        "of another body": {"Stripe-Signature": sign(body + b" ", SECRET)},
    }[case]


@pytest.mark.parametrize(
    "case",
    ["unsigned", "malformed", "forged", "old", "from the future", "of another body"],
)
def test_rule_1_unproven_messages_are_refused_and_not_kept(endpoint, case):
    identifier = f"evt_{case.replace(' ', '_')}"
    body = encoded(event_of(identifier, product("prod_refused")))
    answer = endpoint.post(body, **_headers(case, body))
    assert answer.status_code == 400
    assert identifier not in answer.text
    assert not endpoint.rows(identifier)


def test_rule_1_without_a_secret_everything_is_refused(odoo, account, company):
    connection = odoo.create(
        "q2c.connection", name="No secret", provider="stripe", api_base=account.api_base
    )
    endpoint = Endpoint(odoo, connection)
    answer = endpoint.send(event_of("evt_no_secret", product("prod_x")), secret="")
    assert answer.status_code == 400
    assert not endpoint.rows("evt_no_secret")


def test_rule_1_two_secrets_are_live_while_one_rotates(odoo, endpoint):
    [old, new] = [SECRET, "whsec_rotated"]
    odoo.write("q2c.connection", [endpoint.connection], stripe_signing_secret=new)
    for number, secret in enumerate((old, new)):
        event = event_of(f"evt_rotation_{number}", product("prod_rotation"))
        assert endpoint.send(event, secret).status_code == 200


def test_rule_2_an_event_that_comes_eight_times_at_once_is_kept_once(endpoint):
    event = event_of("evt_eight", product("prod_eight"))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(endpoint.send, [event] * 8))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len(endpoint.rows("evt_eight")) == 1


def test_rule_2_the_body_is_kept_as_it_came(endpoint):
    event = event_of("evt_unicode", product("prod_unicode", "Žluťoučký kůň 🐎\u2028"))
    assert endpoint.send(event).status_code == 200
    [(payload,)] = endpoint.rows("evt_unicode", "payload")
    assert payload == encoded(event).decode()


def test_rule_2_unknown_types_are_kept_as_ignored(endpoint):
    event = event_of("evt_unknown", {"id": "x_1", "object": "x"}, "x.invented")
    assert endpoint.send(event).status_code == 200
    assert endpoint.settled("evt_unknown", "state, reason") == ("skipped", "ignored")


@pytest.mark.parametrize("tail", ["wrong", "{token}/wrong", "{token}/events/wrong"])
def test_a_wrong_address_is_not_found(odoo, endpoint, tail):
    token = endpoint.url.rsplit("/", 1)[-1]
    body = encoded(event_of("evt_lost", product("prod_lost")))
    answer = requests.post(
        f"{odoo.url}/q2c/{tail.format(token=token)}",
        data=body,
        headers={"Stripe-Signature": sign(body, SECRET)},
        timeout=60,
    )
    assert answer.status_code == 404
    assert not endpoint.rows("evt_lost")


def test_an_oversized_message_is_refused_unread(endpoint):
    body = b"x" * OVERSIZE
    answer = endpoint.post(body, **{"Stripe-Signature": sign(body, SECRET)})
    assert answer.status_code == 413


def test_a_connection_is_paused_while_it_is_at_work(odoo, endpoint):
    """Its scheduled actions are locked then, by whoever runs them."""
    crons = "SELECT id FROM ir_cron WHERE active ORDER BY id FOR NO KEY UPDATE"
    with sql.locked(odoo.database, crons):
        odoo.call("q2c.connection", "action_pause", [endpoint.connection])
    assert (
        odoo.read("q2c.connection", endpoint.connection, "state")["state"] == "paused"
    )
    odoo.call("q2c.connection", "action_activate", [endpoint.connection])
    assert (
        odoo.read("q2c.connection", endpoint.connection, "state")["state"] == "active"
    )


def test_rule_2_a_poisoned_event_stops_only_itself(odoo, endpoint):
    """All of them are worked on in one batch: the inbox fills while the connection is
    paused, and one lane empties it."""
    odoo.call("ir.config_parameter", "set_param", "quote_to_cash.lanes", "1")
    odoo.call("q2c.connection", "action_pause", [endpoint.connection])
    poison = {"id": "sub_poison", "object": "subscription", "customer": "cus_1"}
    poison |= {"items": {"object": "list", "data": [{}], "has_more": False}}
    good = [event_of(f"evt_good_{n}", product(f"prod_good_{n}")) for n in range(4)]
    bad = event_of("evt_poison", poison, "customer.subscription.updated")
    for event in [*good[:2], bad, *good[2:]]:
        assert endpoint.send(event).status_code == 200
    odoo.call("q2c.connection", "action_activate", [endpoint.connection])
    for event in good:
        assert endpoint.settled(event["id"]) == ("done",)
    state, reason, traceback = endpoint.settled(
        "evt_poison", "state, reason, traceback"
    )
    assert (state, reason) == ("failed", "error")
    assert "KeyError" in traceback


def test_rule_2_a_redelivery_revives_what_failed(endpoint, account):
    """The payload's version is too old to be read, so the object is asked for; at first
    there is none."""
    event = event_of("evt_early", product("prod_late"), api_version=OLD_VERSION)
    assert endpoint.send(event).status_code == 200
    assert endpoint.settled("evt_early", "state, reason") == ("failed", "missing")
    account.api.products.create({"id": "prod_late", "name": "Late"})
    assert endpoint.send(event).status_code == 200
    # Done, or set aside because the product's own event was newer.
    until(lambda: endpoint.settled("evt_early") != ("failed",), "The revival")


def test_rule_6_an_outbound_message_is_acknowledged(odoo, salesforce):
    endpoint = Endpoint(odoo, salesforce)
    answer = endpoint.post(outbound(odoo, salesforce, "04lQy0000000001AAA"))
    assert answer.status_code == 200
    assert "<Ack>true</Ack>" in answer.text
    assert len(endpoint.rows("04lQy0000000001AAA")) == 1


@pytest.mark.parametrize(
    ("notification", "more"),
    [
        ("04lQy0000000002AAA", {"organization": "00D000000000001EAA"}),
        ("04lQy0000000003AAA", {"doctype": '<!DOCTYPE x [<!ENTITY e "boom">]>'}),
    ],
)
def test_rule_6_another_organisation_or_a_document_type_is_refused(
    odoo, salesforce, notification, more
):
    endpoint = Endpoint(odoo, salesforce)
    answer = endpoint.post(outbound(odoo, salesforce, notification, **more))
    assert answer.status_code == 400
    assert "Ack" not in answer.text
    assert not endpoint.rows(notification)


def test_rule_6_signed_flow_messages_are_kept(odoo, org, salesforce):
    secret = "flow secret of this test"
    odoo.write("q2c.connection", [salesforce], salesforce_flow_secret=secret)
    url = connect.webhook_url(odoo, salesforce) + "/flow"
    org.control("flows", object="Account", url=url, secret=secret)
    org.create("Account", Name="Told by a flow")
    until(
        lambda: odoo.count("res.partner", [("name", "=", "Told by a flow")]),
        "The partner that a flow told of",
    )
    assert org.control("deliveries/flush", timeout=30) == {"pending": 0}


def outbound(odoo, connection, notification, organization=None, doctype=""):
    """An outbound message, of the connection's organisation by default."""
    own = odoo.read("q2c.connection", connection, "account_ref")["account_ref"]
    return OUTBOUND.format(
        doctype=doctype, organization=organization or own, notification=notification
    ).encode()
