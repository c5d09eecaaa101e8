# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The addon's ear at the simulator's event bus."""

import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from quote_to_cash.canonical import Hold, Retry
from quote_to_cash.providers.json_text import loads
from quote_to_cash.providers.salesforce.pubsub import ear as ears
from quote_to_cash.providers.salesforce.pubsub.ear import Ear
from quote_to_cash.providers.salesforce.pubsub.topic import STANDARD, Topic

from tests.simulators.salesforce_client_helpers import now

pytest_plugins = [
    "tests.simulators.salesforce_fixtures",
    "tests.simulators.salesforce_client_fixtures",
]
STREAMS = ("account", "contact", "opportunity", "opportunity_line", "product")
OBJECTS = ["Account", "Contact", "Opportunity", "OpportunityLineItem", "Product2"]
TICK, PATIENCE = 0.2, 20
CHANGES = Topic(name=STANDARD)


@pytest.fixture
def bus(sim):
    """Control of the event bus, on which all that is read here is selected."""

    def control(path="", **body):
        return sim.control("bus" + path, "POST" if body or path else "GET", **body)

    control("/capture", objects=OBJECTS)
    # An empty answer says that a subscription has begun.
    control(keepalive=0.1)
    return control


@pytest.fixture
def listening(client, bus):
    @contextmanager
    def listening(*topics, streams=STREAMS):
        url = bus()["url"]
        with Ear(client.connector, url, topics or [CHANGES], streams) as ear:
            yield ear

    return listening


def next_of(ear, wanted):
    """The next thing heard that is ``wanted``; what is heard is kept."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        heard = ear.hear(TICK)
        if heard is None:
            continue
        ear.go_on(heard)
        if wanted(heard):
            return heard
    raise AssertionError("nothing of the kind was heard")


def begun(ear):
    return next_of(ear, lambda heard: not heard.failure and not heard.lost)


def told(ear):
    return next_of(ear, lambda heard: heard.envelopes or heard.behind)


def ids(heard):
    return [envelope.object_id for envelope in heard.envelopes]


def test_a_change_is_a_hint_at_its_record(sim, listening, salesforce):
    with listening() as ear:
        begun(ear)
        account = salesforce.Account.create({"Name": "A"})["id"]
        (envelope,) = told(ear).envelopes
    assert (envelope.kind, envelope.object_id) == ("customer", account)
    assert envelope.type == "Account.changed"
    assert envelope.partition == account
    assert now(sim) - envelope.occurred_at < timedelta(minutes=1)
    assert loads(envelope.payload) == {
        "_hint": "change_event",
        "Id": account,
        "sobject": "Account",
    }


def test_it_goes_on_from_where_it_was(listening, salesforce):
    with listening() as ear:
        position = begun(ear).position
    missed = [salesforce.Account.create({"Name": name})["id"] for name in "AB"]
    with listening(Topic(name=STANDARD, position=position)) as ear:
        found = []
        while len(found) < 2:
            heard = told(ear)
            found += ids(heard)
    assert found == missed
    with listening(Topic(name=STANDARD, position=heard.position)) as ear:
        account = salesforce.Account.create({"Name": "C"})["id"]
        assert ids(told(ear)) == [account]


def test_deletions_and_their_undoing_are_told(sim, listening, salesforce):
    account = salesforce.Account.create({"Name": "A"})["id"]
    with listening() as ear:
        begun(ear)
        salesforce.Account.delete(account)
        assert ids(told(ear)) == [account]
        sim.control("undelete", object="Account", id=account)
        assert ids(told(ear)) == [account]


def test_a_new_line_is_a_hint_at_what_it_is_a_line_of(listening, seeded, salesforce):
    query = "SELECT Id, OpportunityId FROM OpportunityLineItem LIMIT 1"
    line = salesforce.query(query)["records"][0]
    with listening(Topic(name="/data/OpportunityLineItemChangeEvent")) as ear:
        begun(ear)
        # Of a changed one it is not told what it is a line of.
        salesforce.OpportunityLineItem.update(line["Id"], {"Description": "New"})
        assert set(told(ear).behind) == {"opportunity_line"}
    with listening(Topic(name="/data/OpportunityLineItemChangeEvent")) as ear:
        begun(ear)
        entry = salesforce.query("SELECT PricebookEntryId FROM OpportunityLineItem")
        values = {
            "OpportunityId": line["OpportunityId"],
            "PricebookEntryId": entry["records"][0]["PricebookEntryId"],
            "Quantity": 1,
            "UnitPrice": 5,
        }
        salesforce.OpportunityLineItem.create(values)
        (envelope,) = told(ear).envelopes
    assert (envelope.kind, envelope.object_id) == ("opportunity", line["OpportunityId"])


def test_what_is_not_read_here_is_passed_over(listening, salesforce):
    with listening(streams=["product"]) as ear:
        begun(ear)
        salesforce.Account.create({"Name": "A"})
        product = salesforce.Product2.create({"Name": "P"})["id"]
        assert ids(told(ear)) == [product]


def test_a_gap_event_is_a_hint_as_well(bus, listening, salesforce):
    bus(mode="gap")
    with listening() as ear:
        begun(ear)
        account = salesforce.Account.create({"Name": "A"})["id"]
        assert ids(told(ear)) == [account]


def test_an_overflow_is_polled_from_before_its_transaction(sim, bus, listening):
    with listening() as ear:
        begun(ear)
        before = now(sim)
        bus("/overflow", object="Account")
        heard = told(ear)
    assert not heard.envelopes
    assert set(heard.behind) == {"account"}
    assert before - heard.behind["account"] > timedelta(minutes=5)


def test_several_topics_at_once(bus, listening, salesforce):
    bus("/capture", objects=["Account"], channel="Sales__chn")
    topics = [
        Topic(name="/data/Sales__chn"),
        Topic(name="/data/ContactChangeEvent"),
    ]
    with listening(*topics) as ear:
        names = set()
        while len(names) < 2:
            names.add(begun(ear).topic)
        account = salesforce.Account.create({"Name": "A"})["id"]
        heard = told(ear)
        assert (heard.topic, ids(heard)) == ("/data/Sales__chn", [account])
        contact = salesforce.Contact.create({"LastName": "B"})["id"]
        heard = told(ear)
        assert (heard.topic, ids(heard)) == ("/data/ContactChangeEvent", [contact])


def test_the_same_change_has_one_id_on_all_topics(listening, salesforce):
    with listening(CHANGES, Topic(name="/data/AccountChangeEvent")) as ear:
        names = set()
        while len(names) < 2:
            names.add(begun(ear).topic)
        salesforce.Account.create({"Name": "A"})
        one, other = told(ear), told(ear)
    assert one.topic != other.topic
    assert one.envelopes[0].external_id == other.envelopes[0].external_id


def test_a_platform_event_says_which_record_it_is_about(bus, listening, salesforce):
    bus("/define", topic="/event/Deal__e", fields=["Deal__c"])
    opportunity = salesforce.Opportunity.create(
        {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    )["id"]
    with listening(Topic(name="/event/Deal__e", record_field="Deal__c")) as ear:
        begun(ear)
        for value in ("none", "500000000000001AAA", opportunity):
            bus("/publish", topic="/event/Deal__e", values={"Deal__c": value})
        (envelope,) = told(ear).envelopes
    assert (envelope.kind, envelope.object_id) == ("opportunity", opportunity)


def test_more_is_sent_only_once_what_came_is_kept(bus, listening, salesforce, rest):
    records = [
        {"attributes": {"type": "Account"}, "Name": f"A{number}"}
        for number in range(130)
    ]
    with listening() as ear:
        begun(ear)
        rest("POST", "composite/sobjects", json={"records": records})
        came, waiting = 0, []
        deadline = time.monotonic() + PATIENCE
        while came < 100:
            assert time.monotonic() < deadline
            heard = ear.hear(TICK)
            if heard and heard.envelopes:
                came += len(heard.envelopes)
                waiting.append(heard)
        silent = ear.hear(2 * TICK)
        assert silent is None or not silent.envelopes
        assert came == 100
        for heard in waiting:
            ear.go_on(heard)
        while came < 130:
            came += len(told(ear).envelopes)
        assert came == 130


# ----------------------------------------------------------------------
# TROUBLE
# ----------------------------------------------------------------------


def test_a_session_that_ended_is_renewed(sim, client, listening, salesforce):
    client.sign_in()
    token = client.session.access_token
    sim.control("sessions/expire")
    with listening() as ear:
        begun(ear)
        assert client.session.access_token != token
        sim.control("sessions/expire")
        account = sim.salesforce().Account.create({"Name": "A"})["id"]
        assert ids(told(ear)) == [account]


def test_sessions_that_are_refused_for_good_are_a_hold(sim, listening):
    sim.control("faults", fault="RPC", rpc_status="UNAUTHENTICATED", times=None)
    with listening() as ear:
        failure = next_of(ear, lambda heard: heard.failure).failure
    assert isinstance(failure, Hold)
    assert failure.code == "session_refused"


def test_an_outage_is_passing(bus, listening):
    with listening() as ear:
        begun(ear)
        bus("/interrupt", now=True)
        failure = next_of(ear, lambda heard: heard.failure).failure
    assert isinstance(failure, Retry)
    assert failure.code == "unreachable"


def test_nobody_there_is_passing(client):
    with Ear(client.connector, "http://127.0.0.1:9", [CHANGES], STREAMS) as ear:
        failure = next_of(ear, lambda heard: heard.failure).failure
    assert isinstance(failure, Retry)


def test_a_used_up_allocation_is_asked_about_an_hour_later(sim, listening):
    limit = {"rpc_status": "RESOURCE_EXHAUSTED", "code": "subscription.limit.exceeded"}
    sim.control("faults", fault="RPC", **limit)
    with listening() as ear:
        failure = next_of(ear, lambda heard: heard.failure).failure
    assert (failure.code, failure.after) == ("event_limit", timedelta(hours=1))


def test_a_place_that_is_forgotten_is_lost_and_it_begins_at_the_tip(
    sim, listening, salesforce
):
    with listening() as ear:
        position = begun(ear).position
    salesforce.Account.create({"Name": "Never told"})
    sim.control("clock", advance=73 * 3600)
    with listening(Topic(name=STANDARD, position=position)) as ear:
        lost = next_of(ear, lambda heard: heard.lost)
        assert not lost.position
        begun(ear)
        account = salesforce.Account.create({"Name": "B"})["id"]
        assert ids(told(ear)) == [account]


def test_one_topic_that_is_not_there_does_not_stop_the_others(listening, salesforce):
    with listening(CHANGES, Topic(name="/data/NoneChangeEvent")) as ear:
        failed = next_of(ear, lambda heard: heard.failure)
        assert failed.topic == "/data/NoneChangeEvent"
        assert failed.failure.code == "unknown_topic"
        assert failed.failure.remedy
        begun(ear)
        account = salesforce.Account.create({"Name": "A"})["id"]
        assert ids(told(ear)) == [account]


def test_no_permission_says_which(sim, listening):
    sim.control("faults", fault="RPC", rpc_status="PERMISSION_DENIED")
    with listening() as ear:
        failure = next_of(ear, lambda heard: heard.failure).failure
    assert failure.code == "insufficient_access"
    assert "View All" in failure.remedy


def test_an_event_that_cannot_be_read_is_made_up_for_by_polls(
    listening, salesforce, monkeypatch
):
    def unreadable(*_arguments):
        raise EOFError

    with listening() as ear:
        begun(ear)
        with monkeypatch.context() as patch:
            patch.setattr(ears.schemas, "decode", unreadable)
            salesforce.Account.create({"Name": "A"})
            assert set(told(ear).behind) == set(STREAMS)
        account = salesforce.Account.create({"Name": "B"})["id"]
        assert ids(told(ear)) == [account]


def test_only_loopback_is_called_without_encryption(client):
    with pytest.raises(Hold, match="encryption"):
        Ear(client.connector, "http://example.com:7443", [CHANGES], ()).__enter__()
