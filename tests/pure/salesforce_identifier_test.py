# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 7: ids are case-sensitive, 15 characters become 18, prefixes tell objects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import Hold
from quote_to_cash.providers.salesforce import identifier

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ids = st.text(ALPHANUMERIC, min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        # As published in Salesforce's documentation and in guides to the algorithm.
        ("001D000000IRFma", "001D000000IRFmaIAH"),
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("500x000000003TR", "500x000000003TRAAY"),
        ("a0D30000001n7Pi", "a0D30000001n7PiEAI"),
    ],
)
def test_published_pairs(short, long):
    assert identifier.to_18(short) == long
    assert identifier.to_18(long) == long


@given(ids)
def test_the_long_form_keeps_the_short_one_and_is_stable(short):
    long = identifier.to_18(short)
    assert len(long) == 18
    assert long.startswith(short)
    assert identifier.to_18(long) == long


@given(ids)
def test_ids_that_differ_in_case_get_long_forms_that_differ_in_any_case(short):
    other = short.swapcase()
    if other != short:
        assert not identifier.same(short, other)
        assert identifier.to_18(short).lower() != identifier.to_18(other).lower()


@given(ids)
def test_both_lengths_name_the_same_record(short):
    assert identifier.same(short, identifier.to_18(short))


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        42,
        "001",
        "001D000000IRFm",
        "001D000000IRFmaI",
        "001D000000IRFm'",
        "001D000000IRFma\n",
        "001D000000IRFmaIAHX",
        "001D000000IRFmä",
        "001D000000IRFmaIAA",
        "001d000000irfmaIAH",
    ],
)
def test_malformed_ids_are_held(text):
    with pytest.raises(Hold) as caught:
        identifier.to_18(text)
    assert caught.value.code == "malformed_id"
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("prefix", "sobject"),
    [
        ("001", "Account"),
        ("003", "Contact"),
        ("005", "User"),
        ("00G", "Group"),
        ("006", "Opportunity"),
        ("00k", "OpportunityLineItem"),
        ("01t", "Product2"),
        ("01u", "PricebookEntry"),
        ("801", "Order"),
        ("802", "OrderItem"),
        ("a0B", ""),
        ("00K", ""),
    ],
)
def test_the_prefix_tells_the_object(prefix, sobject):
    assert identifier.sobject_of(prefix + "D000000IRFma"[:12]) == sobject


def test_an_empty_lookup_stays_empty():
    assert identifier.optional(None) == ""
    assert identifier.optional("") == ""


def test_rule_7_ids_are_recognized_where_anything_may_stand():
    account = identifier.to_18("001D000000IqhSL")
    assert identifier.recognize("001D000000IqhSL", "Account") == account
    assert identifier.recognize(account, "Account") == account
    # Another object, another checksum, something else.
    for text in (
        identifier.to_18("003D000000IqhSL"),
        account[:17] + "5",
        "cus_1",
        "",
        "001",
    ):
        assert identifier.recognize(text, "Account") == ""
