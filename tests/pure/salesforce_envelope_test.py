# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 11: repeats of a poll are recognised; what is not whole is read again."""

import json
from decimal import Decimal

import pytest
from quote_to_cash.canonical import Hold
from quote_to_cash.providers.salesforce import envelope
from quote_to_cash.providers.salesforce.streams import STREAMS, sobject_of, stream_of

ACCOUNT = "001D000000IRFmaIAH"
OPPORTUNITY = {
    "Id": "006D000000CzT1eIAF",
    "AccountId": ACCOUNT,
    "IsDeleted": False,
    "SystemModstamp": "2026-11-24T08:30:00.000+0000",
    "Amount": Decimal("1234567.89"),
    "OpportunityLineItems": {"totalSize": 0, "done": True, "records": []},
}


def test_the_same_state_gets_the_same_id_however_often_it_is_read():
    once = envelope.envelope_of_record("opportunity", OPPORTUNITY)
    again = envelope.envelope_of_record(
        "opportunity", dict(reversed(OPPORTUNITY.items()))
    )
    assert once.external_id == again.external_id
    assert once.external_id.startswith("006D000000CzT1eIAF@20261124T083000Z")


def test_a_second_change_within_the_same_second_is_another_event():
    once = envelope.envelope_of_record("opportunity", OPPORTUNITY)
    changed = {**OPPORTUNITY, "StageName": "Closed Won"}
    assert (
        envelope.envelope_of_record("opportunity", changed).external_id
        != once.external_id
    )


def test_what_belongs_to_an_account_stands_in_its_line():
    found = envelope.envelope_of_record("opportunity", OPPORTUNITY)
    assert found.partition == ACCOUNT
    account = {
        "Id": ACCOUNT[:15],
        "SystemModstamp": "2026-11-24T08:30:00.000+0000",
        "IsDeleted": True,
    }
    found = envelope.envelope_of_record("customer", account)
    assert found.partition == found.object_id == ACCOUNT
    assert found.type == "Account.deleted"
    lonely = {**OPPORTUNITY, "AccountId": None}
    found = envelope.envelope_of_record("opportunity", lonely)
    assert found.partition == OPPORTUNITY["Id"]


def test_amounts_survive_the_inbox_to_the_last_digit():
    record = {**OPPORTUNITY, "Amount": Decimal("12345678901234567.89")}
    payload = envelope.envelope_of_record("opportunity", record).payload
    content = envelope.open_payload(payload, "opportunity").content
    assert Decimal(content["Amount"]) == record["Amount"]


def test_an_opportunity_is_whole_only_with_all_of_its_lines():
    def complete(record):
        payload = envelope.envelope_of_record("opportunity", record).payload
        return envelope.open_payload(payload, "opportunity").complete

    without = {k: v for k, v in OPPORTUNITY.items() if k != "OpportunityLineItems"}
    cut = {**without, "OpportunityLineItems": {"done": False, "records": []}}
    assert complete(OPPORTUNITY)
    assert not complete(without)
    assert not complete({**without, "OpportunityLineItems": None})
    assert not complete(cut)
    assert complete({**without, "IsDeleted": True})


def test_a_changed_line_says_that_its_opportunity_changed():
    line = {
        "Id": "00kD000000AbCdE",
        "IsDeleted": True,
        "SystemModstamp": "2026-11-24T08:31:00.000+0000",
        "OpportunityId": OPPORTUNITY["Id"],
    }
    found = envelope.envelope_of_change(stream_of("opportunity_line"), line)
    assert (found.kind, found.object_id) == ("opportunity", OPPORTUNITY["Id"])
    assert found.external_id.startswith("00kD000000AbCdE")
    assert not envelope.open_payload(found.payload, "opportunity").complete


@pytest.mark.parametrize("payload", ["", "[]", "nonsense", "{}"])
def test_a_payload_that_is_no_record_is_held(payload):
    with pytest.raises(Hold) as caught:
        envelope.open_payload(payload, "customer")
    assert caught.value.code == "malformed"


def test_streams_cover_every_kind_that_salesforce_keeps():
    kinds = {stream.kind for stream in STREAMS.values()}
    assert kinds == {
        *("product", "price", "customer", "contact", "contract", "lead"),
        *("opportunity", "order", "price_list"),
    }
    assert {kind: sobject_of(kind) for kind in ("customer", "price")} == {
        "customer": "Account",
        "price": "PricebookEntry",
    }
    for unknown in (lambda: stream_of("case"), lambda: sobject_of("invoice")):
        with pytest.raises(Hold):
            unknown()


def test_payloads_are_json_for_people_to_read():
    payload = envelope.envelope_of_record("opportunity", OPPORTUNITY).payload
    assert json.loads(payload)["Amount"] == "1234567.89"
