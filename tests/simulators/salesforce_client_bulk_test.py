# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 11: initial loads go through Bulk API 2.0; our client against the simulator."""

import tracemalloc

import pytest
from quote_to_cash.canonical import Hold, Retry
from quote_to_cash.providers.salesforce import bulk
from quote_to_cash.providers.salesforce.client import Client
from quote_to_cash.providers.salesforce.connector import is_about_content
from quote_to_cash.providers.salesforce.streams import STREAMS, stream_of

from tests.simulators.salesforce_client_helpers import FUTURE, SCHEMA, now, poll

pytest_plugins = [
    "tests.simulators.salesforce_fixtures",
    "tests.simulators.salesforce_client_fixtures",
]


def begin(client, sim, code="account", since=""):
    return client.begin_load(stream_of(code), since, now(sim) + FUTURE).id


def complete(client, job_id):
    while not client.look_at_load(job_id).complete:
        pass
    return job_id


def load(client, sim, code="account", limit=1000):
    """All records of a load, and how many sets they came in."""
    job_id = complete(client, begin(client, sim, code))
    records, locator, sets = [], "", 0
    while locator or not sets:
        found, locator = client.load(stream_of(code), job_id, locator, limit)
        records += found
        sets += 1
    return records, sets


def make_accounts(sim, count):
    rest = sim.rest()
    for start in range(0, count, 200):
        rows = [
            {"attributes": {"type": "Account"}, "Name": f"Account {n}"}
            for n in range(start, min(start + 200, count))
        ]
        assert rest("POST", "composite/sobjects", json={"records": rows}).ok


def test_rule_11_a_load_gives_what_polls_give(sim, client, seeded):
    for code in STREAMS:
        polled, _, more = poll(client, code)
        loaded, _ = load(client, sim, code)
        by_id = {record["Id"]: record for record in loaded}
        assert not more
        assert by_id == {record["Id"]: record for record in polled}


def test_rule_11_deleted_records_are_loaded_too(sim, client, seeded):
    gone = seeded["contacts"][0]
    assert sim.rest()("DELETE", f"sobjects/Contact/{gone}").ok
    records, _ = load(client, sim, "contact")
    assert [r["Id"] for r in records if r["IsDeleted"]] == [gone]


def test_rule_11_quotes_and_line_ends_survive(sim, client):
    text = 'He said: "no",\nthen\r\nleft. Ünïcödé ✓'
    sim.rest()("POST", "sobjects/Account", json={"Name": "Odd", "Description": text})
    (record,), _ = load(client, sim)
    assert record["Description"] == text


def test_rule_11_sets_come_by_locator(sim, client):
    make_accounts(sim, 25)
    records, sets = load(client, sim, limit=10)
    assert (len({record["Id"] for record in records}), sets) == (25, 3)


def test_rule_11_another_process_goes_on_from_job_and_locator(sim, client, credentials):
    make_accounts(sim, 6)
    job_id = complete(client, begin(client, sim))
    first, locator = client.load(stream_of("account"), job_id, "", 4)
    other = Client(credentials, schema=SCHEMA)
    rest, end = other.load(stream_of("account"), job_id, locator, 4)
    again, _ = other.load(stream_of("account"), job_id, "", 4)
    other.close()
    assert (len(first), len(rest), end) == (4, 2, "")
    assert again == first


def test_rule_11_only_what_changed_since_then(sim, client):
    make_accounts(sim, 3)
    sim.control("clock", advance=3600)
    since = now(sim).isoformat()
    make_accounts(sim, 2)
    stream, until = stream_of("account"), now(sim) + FUTURE
    assert client.count(stream, since, until) == 2
    assert client.count(stream, "", until) == 5
    job_id = complete(client, begin(client, sim, since=since))
    assert len(client.load(stream, job_id, "", 10)[0]) == 2


def test_rule_11_lines_that_came_with_their_deal_are_not_loaded(sim, client, seeded):
    before = now(sim).isoformat()
    sim.control("clock", advance=3600)
    since, stream = now(sim).isoformat(), stream_of("opportunity_line")
    line, until = seeded["lines"][0], now(sim) + FUTURE
    path = f"sobjects/OpportunityLineItem/{line}"
    assert sim.rest()("PATCH", path, json={"Description": "Amended"}).ok
    # The simulator lets the deal have changed too, so that it is loaded.
    assert client.count(stream, since, until) == 1
    assert client.count(stream, since, until, until.isoformat()) == 0
    # What changed when nothing had been loaded yet may not have come along.
    assert client.count(stream, since, until, before) == 1
    job_id = complete(client, client.begin_load(stream, since, until, before).id)
    records, _locator = client.load(stream, job_id, "", 10)
    assert [record["Id"] for record in records] == [line]


def test_rule_11_an_expired_session_is_renewed_between_sets(sim, client, seeded):
    job_id = complete(client, begin(client, sim))
    sim.control("sessions/expire")
    records, _ = client.load(stream_of("account"), job_id, "", 10)
    assert len(records) == len(seeded["accounts"])


def test_rule_11_a_set_that_breaks_off_is_a_passing_fault(sim, client, seeded):
    job_id = complete(client, begin(client, sim))
    sim.control("faults", fault="drop_response", path="/results")
    with pytest.raises(Retry):
        client.load(stream_of("account"), job_id, "", 10)
    assert client.load(stream_of("account"), job_id, "", 10)[0]


def test_rule_11_a_job_that_failed_expired_or_was_aborted_is_told_apart(
    sim, client, seeded
):
    sim.control("faults", fault="JOB_FAILED", message="Timed out")
    sim.control("org", bulk_looks=0)
    failed = client.look_at_load(begin(client, sim))
    assert (failed.given_up, failed.error) == (True, "Timed out")
    aborted = begin(client, sim)
    path = f"jobs/query/{aborted}"
    assert sim.rest()("PATCH", path, json={"state": "Aborted"}).ok
    assert client.look_at_load(aborted).given_up
    expired = begin(client, sim)
    assert not client.look_at_load(expired).gone
    sim.control("jobs/expire")
    assert client.look_at_load(expired).gone


def test_rule_11_a_job_that_was_read_is_removed_once(sim, client, seeded):
    job_id = complete(client, begin(client, sim))
    client.end_load(job_id)
    assert client.look_at_load(job_id).gone
    client.end_load(job_id)


def test_rule_13_the_days_jobs_are_used_up_and_that_is_told_apart(sim, client, seeded):
    sim.control("org", bulk_query_jobs=0)
    with pytest.raises(Hold) as caught:
        begin(client, sim)
    assert is_about_content(caught.value)


def test_rule_13_every_set_tells_the_use_of_the_allocation(sim, client, seeded):
    job_id = complete(client, begin(client, sim))
    used = client.api_usage[0]
    client.load(stream_of("account"), job_id, "", 10)
    assert client.api_usage[0] == used + 1


def test_rule_11_a_long_result_is_never_held_as_a_whole(client):
    """Only what is read of it is: 200,000 lines pass through in less than 2 MB."""
    row = b'"001","' + b"x" * 100 + b'"\n'
    chunks = (row * 100 for _n in range(2000))
    tracemalloc.start()
    count = sum(1 for _line in bulk._lines(chunks))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 200_000
    assert peak < 2_000_000
