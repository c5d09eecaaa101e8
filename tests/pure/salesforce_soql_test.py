# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every query that is emitted, and that nothing from outside can leave its quotes."""

from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import Hold
from quote_to_cash.providers.salesforce import cursor, fields, soql
from quote_to_cash.providers.salesforce.description import Description, Field
from quote_to_cash.providers.salesforce.schema import Schema
from quote_to_cash.providers.salesforce.streams import STREAMS

from tests.soql_parser import refused

UNTIL = datetime(2026, 11, 24, 9, 0, 0, 250000, tzinfo=timezone.utc)
ACCOUNT_ID = "001D000000IRFmaIAH"
SCHEMA = Schema(
    vat="VAT__c",
    payment_terms="Terms__c",
    mapped=(
        *("Account.Segment__c", "Account.Owner.Email", "Account.Name"),
        *("Opportunity.PO_Number__c", "OpportunityLineItem.Site__c"),
    ),
)
PARENTS = {
    "Account": "AccountId",
    "Owner": "OwnerId",
    "SyncedQuote": "SyncedQuoteId",
    "Product2": "Product2Id",
    "Contract": "ContractId",
    "RecordType": "RecordTypeId",
}
PARENT_OBJECTS = {"Owner": "User", "SyncedQuote": "Quote"}
EXTRA = {
    "Account": [SCHEMA.vat, SCHEMA.payment_terms, "Segment__c", "Owner.Email"],
    "Product2": [SCHEMA.billing_interval],
    "Opportunity": [SCHEMA.billing_start, SCHEMA.payment_terms, "PO_Number__c"],
    "OpportunityLineItem": ["Site__c"],
    "Order": [SCHEMA.payment_terms],
    "User": ["Email"],
    "Quote": ["QuoteNumber"],
    "RecordType": ["DeveloperName"],
}


def full_describe(sobject):
    """An org that has every field we could ask for."""
    listed = fields.OF_SOBJECT.get(sobject)
    paths = [*listed.required, *listed.optional] if listed else []
    found = {}
    for path in [*paths, *EXTRA.get(sobject, [])]:
        head, dot, _ = path.partition(".")
        if dot:
            name = PARENTS[head]
            parent = PARENT_OBJECTS.get(head, head)
            found[name] = Field(name, "reference", True, head, (parent,))
        elif head not in found:
            parent = head.removesuffix("Id") if head == "Product2Id" else ""
            found[head] = Field(head, "string", True, parent, (parent,) * bool(parent))
    return Description(sobject, found)


def emitted():
    """One query of every form for every object."""
    for stream in STREAMS.values():
        names = fields.names(stream.sobject, SCHEMA, full_describe)
        for position in (
            {},
            {"modstamp": "2026-11-24T08:00:00.000Z"},
            {"modstamp": "2026-11-24T08:00:00.000Z", "id": ACCOUNT_ID},
        ):
            yield soql.changed(names, stream.sobject, position, UNTIL, 200)
        yield from soql.by_ids(names, stream.sobject, [ACCOUNT_ID])
    yield soql.changed(
        ("Id",), "Contact", {}, UNTIL, 10, where="IsPersonAccount = false"
    )
    hostile = soql.text("O'Hara\\' OR Name != '\n\t\"\u2028")
    yield soql.select(("Id",), "Account", f"Name = {hostile}")
    yield soql.select(("Id", "Name", "IsSandbox"), "Organization", limit=1)


def test_the_published_parser_takes_every_query():
    queries = list(emitted())
    assert len(queries) > len(STREAMS) * 3
    assert refused(queries) == []


def test_the_published_parser_would_notice_a_broken_query():
    broken = "SELECT Id FROM Account WHERE Name = 'O'Hara'"
    assert refused([broken]) == [broken]


@given(st.text())
def test_a_string_cannot_end_its_own_literal(value):
    literal = soql.text(value)
    assert unquoted(literal) == value
    assert all(letter >= " " for letter in literal)


def unquoted(literal):
    """Read a literal as the documentation of its escapes says, strictly."""
    assert literal[0] == literal[-1] == "'"
    names = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
    result, rest = "", literal[1:-1]
    while rest:
        if rest[0] != "\\":
            assert rest[0] not in "'\""
            result, rest = result + rest[0], rest[1:]
        elif rest[1] == "u":
            result, rest = result + chr(int(rest[2:6], 16)), rest[6:]
        else:
            result, rest = result + names.get(rest[1], rest[1]), rest[2:]
    return result


@pytest.mark.parametrize(
    "name", ["", "Name FROM User", "a'b", "Name,Id", "1Name", "Owner.", "Näme", "a b"]
)
def test_what_is_no_api_name_is_held(name):
    with pytest.raises(Hold) as caught:
        soql.select([name], "Account")
    assert caught.value.code == "malformed_name"


def test_a_time_without_zone_is_never_put_into_a_query():
    with pytest.raises(ValueError):
        soql.instant(datetime(2026, 11, 24))


def test_ids_are_split_so_that_the_address_stays_within_its_limit():
    ids = [f"001D{number:011d}" for number in range(450)]
    names = fields.names("Account", SCHEMA, full_describe)
    queries = list(soql.by_ids(names, "Account", ids))
    assert len(queries) == 3
    assert max(len(urlencode({"q": query})) for query in queries) < 12_000


def test_the_cursor_is_exact_behind_a_record_and_inclusive_after_a_rewind():
    record = {"Id": ACCOUNT_ID, "SystemModstamp": "2026-11-24T08:30:00.000+0000"}
    position = cursor.after(record)
    query = soql.changed(("Id",), "Account", position, UNTIL, 5)
    moment = "2026-11-24T08:30:00.000Z"
    assert (
        f"(SystemModstamp > {moment} OR (SystemModstamp = {moment}"
        f" AND Id > '{ACCOUNT_ID}'))" in query
    )
    assert "SystemModstamp <= 2026-11-24T09:00:00.250Z" in query
    assert query.endswith("ORDER BY SystemModstamp, Id LIMIT 5")
    back = cursor.rewound(position, timedelta(minutes=5))
    query = soql.changed(("Id",), "Account", back, UNTIL, 5)
    assert "SystemModstamp >= 2026-11-24T08:25:00.000Z" in query
    assert cursor.rewound({}, timedelta(minutes=5)) == {}


def test_rule_11_lines_that_came_otherwise_are_told_by_their_parent():
    condition = soql.came_otherwise(
        "OrderId", "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
    )
    assert condition == (
        "(Order.SystemModstamp < 2026-01-01T00:00:00.000Z"
        " OR SystemModstamp >= 2026-02-01T00:00:00.000Z)"
    )


def test_fields_that_the_org_lacks_are_left_out():
    def single_currency(sobject):
        found = dict(full_describe(sobject).fields)
        for name in ("CurrencyIsoCode", "IsPersonAccount", "SyncedQuoteId"):
            found.pop(name, None)
        found.pop(SCHEMA.billing_start, None)
        return Description(sobject, found)

    names = fields.names("Opportunity", SCHEMA, single_currency)
    assert "CurrencyIsoCode" not in names
    assert "SyncedQuote.QuoteNumber" not in names
    assert SCHEMA.billing_start not in names
    assert "Owner.Email" in names
    assert "IsPersonAccount" not in fields.names("Account", SCHEMA, single_currency)


def test_a_parent_that_is_closed_to_the_user_costs_its_fields_only():
    def without_users(sobject):
        if sobject == "User":
            raise Hold("invalid_object", "no such object")
        return full_describe(sobject)

    names = fields.names("Opportunity", SCHEMA, without_users)
    assert "Owner.Email" not in names
    assert "SyncedQuote.QuoteNumber" in names


def test_a_fault_while_looking_at_a_parent_does_not_drop_its_fields():
    def refused(sobject):
        if sobject == "User":
            raise Hold("session_refused", "no")
        return full_describe(sobject)

    with pytest.raises(Hold) as caught:
        fields.names("Opportunity", SCHEMA, refused)
    assert caught.value.code == "session_refused"


def test_a_hidden_field_that_would_falsify_a_document_is_held():
    def hidden(sobject):
        found = dict(full_describe(sobject).fields)
        found.pop("TotalPrice", None)
        return Description(sobject, found)

    with pytest.raises(Hold) as caught:
        fields.names("OpportunityLineItem", SCHEMA, hidden)
    assert caught.value.code == "field_not_visible"
    assert "TotalPrice of OpportunityLineItem" in caught.value.message


def test_mapped_fields_are_read_once_and_where_the_org_has_them():
    names = fields.names("Account", SCHEMA, full_describe)
    assert {"Segment__c", "Owner.Email"} < set(names)
    assert names.count("Name") == 1
    assert "PO_Number__c" not in names
    absent = Schema(mapped=("Account.Gone__c", "Account.Gone__r.Name"))
    assert not any("Gone" in n for n in fields.names("Account", absent, full_describe))


def test_an_empty_configured_field_is_not_read():
    names = fields.names("Opportunity", Schema(billing_start="", vat=""), full_describe)
    assert "" not in names
    assert fields.names("Account", Schema(), full_describe).count("VAT__c") == 0
