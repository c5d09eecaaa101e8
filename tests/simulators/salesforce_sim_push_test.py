# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the organisation sends: outbound messages and signed Flow callouts."""

import hashlib
import hmac
import json
from xml.etree import ElementTree

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]

OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
SOBJECT = "{urn:sobject.enterprise.soap.sforce.com}"
ACK = (
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    b"<soapenv:Body>"
    b'<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound">'
    b"<Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>"
)
SECRET = "whsec"


@pytest.fixture
def deals(sim, receiver, seeded):
    """An outbound message on every won opportunity; its receiver acknowledges."""
    receiver.answers = [(200, ACK)]
    sim.control(
        "outbound",
        object="Opportunity",
        url=receiver.url,
        when="closed_won",
        fields=["Name", "Amount", "IsWon", "CloseDate", "NextStep"],
    )
    return receiver


@pytest.fixture
def flow(sim, receiver):
    sim.control("flows", object="Account", url=receiver.url, secret=SECRET)
    return receiver


def win(sim, seeded):
    sim.control(f"opportunities/{seeded['opportunity']}/close_won")


def flush(sim, timeout=10):
    return sim.control("deliveries/flush", timeout=timeout)["pending"]


def notifications(body):
    return ElementTree.fromstring(body).findall(f".//{OUTBOUND}Notification")


def flow_ids(receiver):
    return [json.loads(body)["record_id"] for _headers, body in receiver.received]


def test_the_envelope_is_salesforces(sim, seeded, deals):
    win(sim, seeded)
    assert flush(sim) == 0
    headers, body = deals.received[0]
    assert headers["Content-Type"] == "text/xml; charset=utf-8"
    message = ElementTree.fromstring(body).find(f".//{OUTBOUND}notifications")
    organisation = sim.control("org", "GET")["organization_id"]
    assert message.find(f"{OUTBOUND}OrganizationId").text == organisation
    assert message.find(f"{OUTBOUND}ActionId").text.startswith("04k")
    assert not message.find(f"{OUTBOUND}SessionId").text
    assert message.find(f"{OUTBOUND}PartnerUrl").text.startswith(sim.url)
    notification = message.find(f"{OUTBOUND}Notification")
    assert notification.find(f"{OUTBOUND}Id").text.startswith("04l")
    record = notification.find(f"{OUTBOUND}sObject")
    kind = "{http://www.w3.org/2001/XMLSchema-instance}type"
    assert record.get(kind) == "sf:Opportunity"
    sent = {child.tag.removeprefix(SOBJECT): child.text for child in record}
    sent.pop("CloseDate")
    assert sent == {
        "Id": seeded["opportunity"],
        "Name": "Brasserie - 25 seats",
        "Amount": "2332.50",
        "IsWon": "true",
    }


def test_only_winning_sends_not_other_changes(sim, salesforce, seeded, deals):
    salesforce.Opportunity.update(seeded["opportunity"], {"NextStep": "call"})
    win(sim, seeded)
    salesforce.Opportunity.update(seeded["opportunity"], {"NextStep": "cheer"})
    flush(sim)
    assert len(deals.received) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        (500, b"oops"),
        (200, b""),
        (200, b"<not xml"),
        (200, ACK.replace(b"true", b"false")),
        (200, ACK.replace(b"outbound", b"elsewhere")),
        (202, ACK),
    ],
)
def test_it_is_sent_until_acknowledged(sim, seeded, deals, refusal):
    deals.answers = [refusal, refusal, (200, ACK)]
    win(sim, seeded)
    assert flush(sim) == 0
    assert len(deals.received) == 3
    ids = {
        notifications(body)[0].find(f"{OUTBOUND}Id").text for _h, body in deals.received
    }
    assert len(ids) == 1
    log = sim.control("deliveries", "GET")["log"]
    assert [entry["acknowledged"] for entry in log] == [False, False, True]


def test_a_retry_carries_the_values_of_its_own_time(sim, salesforce, seeded, deals):
    sim.control("deliveries", mode="hold")
    win(sim, seeded)
    salesforce.Opportunity.update(seeded["opportunity"], {"NextStep": "invoice"})
    flush(sim)
    record = notifications(deals.received[0][1])[0].find(f"{OUTBOUND}sObject")
    assert record.find(f"{SOBJECT}NextStep").text == "invoice"


def test_it_is_given_up_after_a_day(sim, seeded, deals):
    sim.control("deliveries", mode="hold")
    win(sim, seeded)
    sim.control("clock", advance=25 * 3600)
    assert flush(sim) == 0
    states = sim.control("deliveries", "GET")["notifications"]
    assert [item["state"] for item in states] == ["abandoned"]
    assert deals.received == []


def test_up_to_100_notifications_in_one_message(sim, salesforce, rest, receiver):
    receiver.answers = [(200, ACK)]
    sim.control("outbound", object="Account", url=receiver.url, fields=["Name"])
    sim.control("deliveries", mode="hold")
    record = {"attributes": {"type": "Account"}, "Name": "A & B"}
    rest("POST", "composite/sobjects", json={"records": [record] * 150})
    assert flush(sim) == 0
    sizes = [len(notifications(body)) for _headers, body in receiver.received]
    assert sizes == [100, 50]


def test_a_rolled_back_change_sends_nothing(sim, rest, flow):
    records = [
        {"attributes": {"type": "Account"}, "Name": "A"},
        {"attributes": {"type": "Account"}},
    ]
    body = {"allOrNone": True, "records": records}
    rest("POST", "composite/sobjects", json=body)
    assert flush(sim) == 0
    assert flow.received == []


def test_a_receiver_may_ask_back_while_it_is_told(sim, rest, flow):
    """The sender holds no lock on the organisation."""
    seen = []
    flow.answer = lambda headers, body: (
        seen.append(rest("GET", "limits").status_code) or (200, b"")
    )
    rest("POST", "sobjects/Account", json={"Name": "A"})
    assert flush(sim) == 0
    assert seen == [200]


def test_the_flows_signature_verifies(sim, salesforce, flow):
    account = salesforce.Account.create({"Name": "A"})["id"]
    flush(sim)
    headers, body = flow.received[0]
    stamp, given = (
        part.split("=")[1] for part in headers["X-Q2C-Signature"].split(",")
    )
    signed = stamp.encode() + b"." + body
    assert given == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    sent = json.loads(body)
    assert (sent["object"], sent["record_id"]) == ("Account", account)
    organisation = sim.control("org", "GET")["organization_id"]
    assert sent["organization_id"] == organisation


def test_a_repeated_flow_keeps_its_id(sim, salesforce, flow):
    sim.control("deliveries", mode="duplicate")
    salesforce.Account.create({"Name": "A"})
    assert flush(sim) == 0
    first, second = (json.loads(body) for _headers, body in flow.received)
    assert first["id"] == second["id"]


def test_held_until_released(sim, salesforce, flow):
    sim.control("deliveries", mode="hold")
    account = salesforce.Account.create({"Name": "A"})["id"]
    waiting = sim.control("deliveries", "GET")["notifications"]
    assert [(item["record_id"], item["held"]) for item in waiting] == [(account, True)]
    assert flow.received == []
    flush(sim)
    assert flow_ids(flow) == [account]


def test_shuffled(sim, salesforce, flow):
    sim.control("deliveries", mode="shuffle")
    made = [salesforce.Account.create({"Name": str(n)})["id"] for n in range(8)]
    assert flush(sim) == 0
    assert flow_ids(flow) != made
    assert sorted(flow_ids(flow)) == sorted(made)


def test_an_unreachable_receiver_leaves_it_pending(sim, salesforce):
    url = "http://127.0.0.1:9/closed"
    sim.control("flows", object="Account", url=url, secret=SECRET)
    salesforce.Account.create({"Name": "A"})
    assert flush(sim, timeout=0.5) == 1
    assert sim.control("deliveries", "GET")["log"][0]["error"]


@pytest.mark.parametrize(
    "wrong",
    [{"object": "Nope"}, {"when": "sometimes"}, {"fields": ["Nope"]}],
)
def test_a_wrong_registration_is_refused(sim, wrong):
    good = {"object": "Account", "url": "http://127.0.0.1:9/", "when": "saved"}
    sim.control("outbound", status=400, **{**good, **wrong})
