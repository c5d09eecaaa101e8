# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 7, 8, 9: records become canonical documents."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import INTERVALS, Address, Hold, UnitAmount
from quote_to_cash.providers.json_text import loads
from quote_to_cash.providers.salesforce.schema import Schema
from quote_to_cash.providers.salesforce.translate import translate
from quote_to_cash.providers.salesforce.translate.interval import _INTERVALS

SCHEMA = Schema(vat="VAT__c", currency="EUR")
STAMP = "2026-11-24T08:30:00.000+0000"
ACCOUNT_ID = "001D000000IRFma"
ACCOUNT_18 = "001D000000IRFmaIAH"
CONTACT_18 = "003D000000QV9n2IAD"
ACCOUNT = {
    "Id": ACCOUNT_ID,
    "IsDeleted": False,
    "SystemModstamp": STAMP,
    "MasterRecordId": None,
    "Name": "Acme GmbH",
    "ParentId": "001D000000IqhSL",
    "AccountNumber": "A-1",
    "Phone": "+49 30 1",
    "Website": "acme.example",
    "VAT__c": "DE136695976",
    "BillingStreet": "Hauptstr. 1\r\nHinterhaus\nTür 3",
    "BillingCity": "Berlin",
    "BillingState": "Berlin",
    "BillingPostalCode": "10115",
    "BillingCountry": "Germany",
    "BillingCountryCode": "DE",
    "ShippingCountry": "Germany",
}


def line(number=1, **values):
    return {
        "Id": f"00kD00000000{number:03d}",
        "Product2Id": "01tD000000EbAbc",
        "Product2": {"Name": "Support"},
        "Quantity": Decimal("10.0"),
        "UnitPrice": Decimal("19.99"),
        "Discount": None,
        "TotalPrice": Decimal("199.9"),
        "ServiceDate": "2027-01-01",
        "SortOrder": number,
        "Description": None,
        **values,
    }


def opportunity(*lines, **values):
    return {
        "Id": "006D000000CzT1e",
        "IsDeleted": False,
        "SystemModstamp": STAMP,
        "AccountId": ACCOUNT_ID,
        "ContactId": CONTACT_18,
        "Name": "Acme 2027",
        "StageName": "Closed Won",
        "IsClosed": True,
        "IsWon": True,
        "Probability": Decimal("100.0"),
        "Amount": Decimal("199.90"),
        "CloseDate": "2026-11-20",
        "Q2C_Billing_Start__c": "2027-01-01",
        "Owner": {"Email": "sales@acme.example"},
        "SyncedQuote": {"QuoteNumber": "00000042"},
        "OpportunityLineItems": {
            "totalSize": len(lines),
            "done": True,
            "records": list(lines),
        },
        **values,
    }


def held(kind, record, schema=SCHEMA):
    with pytest.raises(Hold) as caught:
        translate(kind, record, schema)
    assert caught.value.remedy
    return caught.value


# ----------------------------------------------------------------------
# PARTIES
# ----------------------------------------------------------------------


def test_an_account_becomes_a_company_below_its_parent():
    found = translate("customer", ACCOUNT, SCHEMA)
    assert (found.id, found.parent_id) == (ACCOUNT_18, "001D000000IqhSLIAZ")
    assert (found.name, found.is_company, found.vat) == (
        "Acme GmbH",
        True,
        "DE136695976",
    )
    assert found.billing == Address(
        street="Hauptstr. 1",
        street2="Hinterhaus, Tür 3",
        city="Berlin",
        state="Berlin",
        postal_code="10115",
        country="DE",
    )
    assert found.shipping.country == "Germany"
    assert found.updated == datetime(2026, 11, 24, 8, 30, tzinfo=timezone.utc)
    assert [ref.id for ref in found.dependencies()] == ["001D000000IqhSLIAZ"]


def test_the_same_account_read_later_has_the_same_fingerprint():
    later = {**ACCOUNT, "SystemModstamp": "2026-11-25T08:30:00.000+0000"}
    one, other = (translate("customer", a, SCHEMA) for a in (ACCOUNT, later))
    assert one == other
    assert one.fingerprint() == other.fingerprint()


def test_record_type_of_an_account_is_kept_for_the_routing_rules():
    sorted_ = {**ACCOUNT, "RecordType": {"DeveloperName": "Partner_Account"}}
    found = translate("customer", sorted_, SCHEMA)
    assert found.metadata == (("RecordType", "Partner_Account"),)
    assert translate("customer", ACCOUNT, SCHEMA).metadata == ()


def test_a_person_account_is_one_individual():
    person = {
        **ACCOUNT,
        "IsPersonAccount": True,
        "PersonEmail": "erika@example.org",
        "PersonContactId": CONTACT_18,
        "Phone": None,
        "PersonMobilePhone": "+49 170 1",
        "PersonMailingCity": "Köln",
        **{k: None for k in ACCOUNT if k.startswith("Billing")},
    }
    found = translate("customer", person, SCHEMA)
    assert not found.is_company
    assert (found.email, found.phone) == ("erika@example.org", "+49 170 1")
    assert found.billing.city == "Köln"


def test_the_contact_inside_a_person_account_is_no_contact_of_its_own():
    inner = {
        "Id": CONTACT_18,
        "IsDeleted": False,
        "SystemModstamp": STAMP,
        "AccountId": ACCOUNT_ID,
        "Name": "Erika",
        "IsPersonAccount": True,
    }
    assert translate("contact", inner, SCHEMA).deleted
    deal = opportunity(Account={"PersonContactId": CONTACT_18[:15]})
    found = translate("opportunity", deal, SCHEMA)
    assert found.contact_id == ""
    assert found.customer_id == ACCOUNT_18


def test_a_merged_account_names_the_one_that_survived():
    loser = {**ACCOUNT, "IsDeleted": True, "MasterRecordId": "001D000000IqhSL"}
    found = translate("customer", loser, SCHEMA)
    assert found.deleted
    assert found.merged_into == "001D000000IqhSLIAZ"


def test_a_deleted_account_was_not_merged():
    found = translate("customer", {**ACCOUNT, "IsDeleted": True}, SCHEMA)
    assert found.deleted
    assert found.merged_into == ""


def test_a_contact_belongs_to_its_account():
    found = translate(
        "contact",
        {
            "Id": CONTACT_18,
            "IsDeleted": False,
            "SystemModstamp": STAMP,
            "AccountId": ACCOUNT_ID,
            "Name": "Erika Mustermann",
            "Email": "erika@acme.example",
            "MobilePhone": "+49 170 1",
            "Title": "CFO",
            "MailingCity": "Berlin",
        },
        SCHEMA,
    )
    assert (found.customer_id, found.function) == (ACCOUNT_18, "CFO")
    assert (found.mobile, found.address.city) == ("+49 170 1", "Berlin")


# ----------------------------------------------------------------------
# CATALOGUE
# ----------------------------------------------------------------------


def product(word):
    return {
        "Id": "01tD000000EbAbc",
        "IsDeleted": False,
        "SystemModstamp": STAMP,
        "Name": "Support",
        "ProductCode": "SUP-1",
        "IsActive": True,
        "Q2C_Billing_Interval__c": word,
    }


@pytest.mark.parametrize(
    ("word", "interval", "count"),
    [
        ("Monthly", "month", 1),
        ("monthly ", "month", 1),
        ("Annual", "year", 1),
        ("Per Year", "year", 1),
        ("Quarterly", "month", 3),
        ("Semi-Annual", "month", 6),
        ("One-Time", "one_time", 1),
        (None, "", 1),
    ],
)
def test_billing_intervals_in_the_words_of_people(word, interval, count):
    found = translate("product", product(word), SCHEMA)
    assert (found.interval, found.interval_count) == (interval, count)


def test_every_known_word_means_a_canonical_interval():
    assert {interval for interval, _ in _INTERVALS.values()} <= set(INTERVALS)


def test_an_unknown_interval_is_held_and_not_guessed():
    assert held("product", product("Sometimes")).code == "unknown_billing_interval"


def price(**values):
    return {
        "Id": "01uD000000FbAbc",
        "IsDeleted": False,
        "SystemModstamp": STAMP,
        "Product2Id": "01tD000000EbAbc",
        "Pricebook2Id": "01sD000000GbAbc",
        "UnitPrice": Decimal("0.0035"),
        "IsActive": True,
        "Product2": {"Q2C_Billing_Interval__c": "Monthly"},
        **values,
    }


def test_a_price_keeps_fractions_of_a_cent():
    found = translate("price", price(CurrencyIsoCode="USD"), SCHEMA)
    assert found.unit_amount == UnitAmount(Decimal("0.35"), "USD")
    assert (found.interval, found.active) == ("month", True)
    assert found.dependencies()[0].id == found.product_id


def test_a_price_without_interval_is_paid_once():
    found = translate("price", price(Product2=None), SCHEMA)
    assert (found.interval, found.currency) == ("one_time", "EUR")


def test_an_amount_whose_currency_nobody_knows_is_held():
    assert held("price", price(), Schema()).code == "currency_unknown"
    assert held("price", price(CurrencyIsoCode="XYZ")).code == "unknown_currency"


# ----------------------------------------------------------------------
# DEALS
# ----------------------------------------------------------------------


def test_an_opportunity_with_its_lines_in_their_order():
    deal = opportunity(
        line(3, SortOrder=None),
        line(2, SortOrder=10),
        line(1, SortOrder=9, Discount=Decimal("12.50"), TotalPrice=Decimal("174.91")),
        CurrencyIsoCode="EUR",
    )
    found = translate("opportunity", deal, SCHEMA)
    assert [item.id[:15][-1] for item in found.lines] == ["1", "2", "3"]
    first = found.lines[0]
    assert first.discount == Decimal("12.5")
    assert first.unit_price == UnitAmount(Decimal("1999"), "EUR")
    assert first.service_date == date(2027, 1, 1)
    assert first.name == "Support"
    assert (found.is_won, found.stage) == (True, "Closed Won")
    assert found.amount == Decimal("199.9")
    assert found.billing_start == date(2027, 1, 1)
    assert found.owner_email == "sales@acme.example"
    assert found.quote_number == "00000042"
    assert found.contact_id == CONTACT_18
    assert found.trace == found.id


def test_floats_never_carry_a_price():
    text = (
        '{"Id": "01uD000000FbAbc", "Product2Id": "01tD000000EbAbc", "IsActive": true,'
    )
    text += '"Pricebook2Id": "01sD000000GbAbc",'
    text += f'"SystemModstamp": "{STAMP}", "UnitPrice": 0.1234567890123456789}}'
    found = translate("price", loads(text), SCHEMA)
    assert found.unit_amount.major == Decimal("0.1234567890123456789")


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({"TotalPrice": Decimal("199.90")}, True),
        ({"TotalPrice": "199.90"}, True),
        ({"TotalPrice": Decimal("199.91")}, False),
        ({"Discount": Decimal("50")}, False),
        ({"Discount": Decimal("50"), "TotalPrice": Decimal("99.95")}, True),
        # 3 x 3.335 = 10.005, which is 10.00 or 10.01 by the way of rounding
        (
            {"Quantity": 3, "UnitPrice": "3.335", "TotalPrice": Decimal("10.01")},
            True,
        ),
        (
            {"Quantity": 3, "UnitPrice": "3.335", "TotalPrice": Decimal("10.00")},
            True,
        ),
        ({"Quantity": Decimal("-10"), "TotalPrice": Decimal("-199.9")}, True),
    ],
)
def test_a_line_must_amount_to_what_it_shows(values, fits):
    deal = opportunity(line(**values))
    if fits:
        assert len(translate("opportunity", deal, SCHEMA).lines) == 1
        return
    failure = held("opportunity", deal)
    assert failure.code == "line_total_mismatch"
    assert "Support (00kD00000000001)" in failure.message


def test_yen_totals_are_compared_in_whole_yen():
    values = {"Quantity": 3, "UnitPrice": Decimal("33.3"), "TotalPrice": 100}
    deal = opportunity(line(**values), CurrencyIsoCode="JPY")
    assert translate("opportunity", deal, SCHEMA).lines
    deal = opportunity(line(**{**values, "TotalPrice": 101}), CurrencyIsoCode="JPY")
    assert held("opportunity", deal).code == "line_total_mismatch"


@pytest.mark.parametrize("name", ["Quantity", "UnitPrice", "TotalPrice"])
def test_a_line_without_a_figure_is_held(name):
    failure = held("opportunity", opportunity(line(**{name: None})))
    assert failure.code == "line_incomplete"


def test_a_single_currency_org_needs_no_currency_without_lines():
    found = translate("opportunity", opportunity(), Schema())
    assert found.currency == ""
    assert translate("opportunity", opportunity(), SCHEMA).currency == "EUR"
    assert held("opportunity", opportunity(line()), Schema()).code == "currency_unknown"


@given(st.decimals(0, 10**9, places=2), st.integers(0, 5))
def test_equal_numbers_have_equal_fingerprints_however_written(amount, zeros):
    padded = Decimal(f"{amount}{'0' * zeros}")
    one, other = (
        translate("opportunity", opportunity(Amount=a), SCHEMA)
        for a in (amount, str(padded))
    )
    assert one.amount == amount
    assert one.fingerprint() == other.fingerprint()


def order(**values):
    return {
        "Id": "801D000000HbAbc",
        "IsDeleted": False,
        "SystemModstamp": STAMP,
        "OrderNumber": "00000100",
        "AccountId": ACCOUNT_ID,
        "OpportunityId": "006D000000CzT1e",
        "BillToContactId": CONTACT_18,
        "StatusCode": "Activated",
        "EffectiveDate": "2027-01-01",
        "OrderItems": {
            "done": True,
            "records": [
                line(2, OrderItemNumber="0000000010"),
                line(1, OrderItemNumber="0000000009"),
            ],
        },
        **values,
    }


def test_an_order_replaces_the_lines_of_its_opportunity():
    found = translate("order", order(), SCHEMA)
    assert (found.number, found.activated) == ("00000100", True)
    assert found.effective_date == date(2027, 1, 1)
    assert [item.id[:15][-1] for item in found.lines] == ["1", "2"]
    assert found.opportunity_id == found.trace
    kinds = [ref.kind for ref in found.dependencies()]
    assert kinds == ["customer", "contact", "opportunity", "product"]


def test_a_status_of_their_own_in_the_category_activated_is_binding():
    found = translate("order", order(Status="In Delivery"), SCHEMA)
    assert found.activated
    found = translate("order", order(Status="Activated", StatusCode=None), SCHEMA)
    assert found.activated


def test_a_date_that_is_none_is_held():
    assert held("order", order(EffectiveDate="soon")).code == "malformed"


def test_a_draft_order_is_not_binding():
    assert not translate("order", order(StatusCode="Draft"), SCHEMA).activated


def test_what_salesforce_does_not_keep_is_held():
    assert held("invoice", {}).code == "unknown_kind"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "", "ten", float("nan"), []])
def test_an_amount_that_is_no_number_is_held(value):
    assert held("opportunity", opportunity(Amount=value)).code == "malformed"


def test_rule_10_an_account_names_its_customers_in_the_billing_system():
    schema = Schema(counterpart="Stripe__c")
    record = {**ACCOUNT, "Stripe__c": "cus_QvZ9aBcDeF; cus_2ndCustomer"}
    found = translate("customer", record, schema)
    assert found.counterparts == ("cus_2ndCustomer", "cus_QvZ9aBcDeF")
    assert translate("customer", ACCOUNT, SCHEMA).counterparts == ()


# ----------------------------------------------------------------------
# MAPPED FIELDS
# ----------------------------------------------------------------------


def test_mapped_fields_come_along_as_they_were_read():
    schema = Schema(
        mapped=(
            *("Account.Size__c", "Account.Segment__c", "Account.Vip__c"),
            *("Account.Owner.Email", "Account.Hidden__c", "Contact.Level__c"),
        )
    )
    record = {
        **ACCOUNT,
        "Segment__c": None,
        "Size__c": Decimal("10.0"),
        "Vip__c": False,
        "Owner": {"Email": "a@acme.example"},
    }
    assert translate("customer", record, schema).extras == (
        ("Account.Owner.Email", "a@acme.example"),
        ("Account.Segment__c", None),
        ("Account.Size__c", Decimal(10)),
        ("Account.Vip__c", False),
    )
    of_whole_number = {**record, "Size__c": 10}
    assert (
        translate("customer", of_whole_number, schema).fingerprint()
        == translate("customer", record, schema).fingerprint()
    )


def test_a_changed_mapped_field_is_a_change_and_no_change_of_what_is_agreed():
    schema = Schema(currency="EUR", mapped=("OpportunityLineItem.Site__c",))
    first, second = (
        translate("opportunity", opportunity(line(Site__c=site)), schema)
        for site in ("Hall 1", "Hall 2")
    )
    assert first.lines[0].extras == (("OpportunityLineItem.Site__c", "Hall 1"),)
    assert first.fingerprint() != second.fingerprint()
    assert repr(first.lines) == repr(second.lines)


def test_payment_terms_are_those_of_the_configured_field():
    record = {**ACCOUNT, "Terms__c": "Net 30"}
    schema = Schema(payment_terms="Terms__c")
    assert translate("customer", record, schema).payment_terms == "Net 30"
    assert translate("customer", record, SCHEMA).payment_terms == ""
    deal = translate("opportunity", opportunity(Terms__c=None), schema)
    assert deal.payment_terms == ""
