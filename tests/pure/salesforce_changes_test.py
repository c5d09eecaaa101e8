# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is made of change events, and of the errors of the Pub/Sub API."""

import importlib.util
import sys
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from quote_to_cash.canonical import Hold, Retry
from quote_to_cash.providers.salesforce import cursor
from quote_to_cash.providers.salesforce.pubsub import changes, libraries, rpc_error
from quote_to_cash.providers.salesforce.pubsub.topic import STANDARD, Topic
from quote_to_cash.providers.salesforce.streams import STREAMS

ACCOUNT, OTHER = "001000000000001AAA", "001000000000002AAA"
CHANGES = Topic(name=STANDARD)
MOMENT = datetime(2026, 11, 30, 9, 0, 1, 500000, tzinfo=timezone.utc)


def change(entity="Account", ids=(ACCOUNT,), kind="UPDATE", **values):
    header = {
        "entityName": entity,
        "recordIds": list(ids),
        "changeType": kind,
        "transactionKey": "key",
        "sequenceNumber": 3,
        "commitTimestamp": int(MOMENT.timestamp() * 1000),
    }
    return changes.read(
        CHANGES, "event", {"ChangeEventHeader": header, **values}, STREAMS
    )


def test_each_record_of_a_merged_event_is_a_hint():
    found = change(ids=[ACCOUNT, OTHER])
    assert [envelope.object_id for envelope in found.envelopes] == [ACCOUNT, OTHER]
    assert len({envelope.external_id for envelope in found.envelopes}) == 2
    assert {envelope.occurred_at for envelope in found.envelopes} == {MOMENT}
    assert not found.behind


@pytest.mark.parametrize("kind", ["GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "DELETE"])
def test_whatever_happened_the_record_is_read(kind):
    (envelope,) = change(kind=kind).envelopes
    assert envelope.kind == "customer"


def test_the_account_of_a_new_record_is_its_partition():
    contact = "003000000000001AAA"
    (envelope,) = change("Contact", [contact], "CREATE", AccountId=ACCOUNT).envelopes
    assert envelope.partition == ACCOUNT
    (envelope,) = change("Contact", [contact]).envelopes
    assert envelope.partition == contact


@pytest.mark.parametrize(
    ("kind", "ids"),
    [("GAP_OVERFLOW", ["000000000000000AAA"]), ("UPDATE", ["001*"]), ("UPDATE", [])],
)
def test_where_no_record_is_named_the_stream_is_polled(kind, ids):
    found = change(kind=kind, ids=ids)
    assert not found.envelopes
    assert found.behind == {"account": MOMENT - changes.LONGEST_TRANSACTION}


def test_a_line_whose_parent_is_told_is_a_hint_at_it():
    order, line = "801000000000001AAA", "802000000000001AAA"
    (envelope,) = change("OrderItem", [line], "CREATE", OrderId=order).envelopes
    assert (envelope.kind, envelope.object_id) == ("order", order)
    assert set(change("OrderItem", [line]).behind) == {"order_line"}


def test_objects_that_are_not_read_are_passed_over():
    assert change("User", ["005000000000001AAA"]) == changes.Changes()


def test_a_cursor_is_moved_back_never_forward():
    at = {"modstamp": "2026-11-30T09:00:00.000Z", "id": ACCOUNT}
    hour = timedelta(hours=1)
    assert cursor.not_after(at, MOMENT + hour) == at
    moved = cursor.not_after(at, MOMENT - hour)
    assert moved == {"modstamp": "2026-11-30T08:00:01.500Z"}
    assert cursor.not_after({}, MOMENT) == {}


def error(status, code="", details="What is wrong rpcId: 1234"):
    return SimpleNamespace(
        code=lambda: SimpleNamespace(name=status),
        details=lambda: details,
        trailing_metadata=lambda: (
            (("error-code", f"sfdc.platform.eventbus.grpc.{code}"),) if code else None
        ),
    )


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        ("UNAVAILABLE", Retry, "unreachable"),
        ("INTERNAL", Retry, "unavailable"),
        ("DEADLINE_EXCEEDED", Retry, "unavailable"),
        ("RESOURCE_EXHAUSTED", Retry, "unavailable"),
        ("PERMISSION_DENIED", Hold, "insufficient_access"),
        ("NOT_FOUND", Hold, "unknown_topic"),
        ("INVALID_ARGUMENT", Hold, "unknown_topic"),
        ("UNAUTHENTICATED", Hold, "session_refused"),
    ],
)
def test_statuses_are_failures_of_ours(status, kind, code):
    failure = rpc_error.failure_of(error(status), STANDARD)
    assert isinstance(failure, kind)
    assert failure.code == code
    assert STANDARD in failure.message
    assert "1234" not in failure.message
    assert kind is Retry or failure.remedy


def test_a_place_that_is_not_kept_any_more_is_told_by_its_code():
    corrupted = "subscription.fetch.replayid.corrupted"
    assert rpc_error.is_lost(error("INVALID_ARGUMENT", corrupted))
    assert not rpc_error.is_lost(error("INVALID_ARGUMENT", "topic.invalid"))
    assert not rpc_error.is_lost(error("INVALID_ARGUMENT"))


def test_what_is_missing_is_named_with_the_remedy(monkeypatch):
    libraries.require()
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        libraries,
        "find_spec",
        lambda name: None if name == "grpc" else find_spec(name),
    )
    with pytest.raises(Hold) as caught:
        libraries.require()
    assert caught.value.code == "library_missing"
    assert "pip install grpcio'" in caught.value.remedy


def test_what_decides_about_events_needs_none_of_the_libraries():
    """It is imported whether they are installed or not."""
    modules = [
        sys.modules[f"quote_to_cash.providers.salesforce.pubsub.{name}"]
        for name in ("changes", "libraries", "rpc_error", "topic")
    ]
    used = {name for module in modules for name in vars(module)}
    assert not used & {"grpc", "fastavro", "google"}
