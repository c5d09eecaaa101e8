# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The addon's client against the simulator: signing in, polling, fetching."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from quote_to_cash.canonical import Hold
from quote_to_cash.providers.salesforce import cursor, envelope
from quote_to_cash.providers.salesforce.client import Client
from quote_to_cash.providers.salesforce.login import ClientCredentials
from quote_to_cash.providers.salesforce.streams import STREAMS, stream_of
from quote_to_cash.providers.salesforce.translate import translate

from tests.simulators.salesforce_client_helpers import SCHEMA, now, poll, requests_made

pytest_plugins = [
    "tests.simulators.salesforce_fixtures",
    "tests.simulators.salesforce_client_fixtures",
]


# ----------------------------------------------------------------------
# SIGN-IN
# ----------------------------------------------------------------------


def test_both_flows_sign_in_to_the_same_org(sim, credentials):
    secret = ClientCredentials(
        client_id="client", client_secret="secret", login_url=sim.url
    )
    sessions = [credentials.sign_in(), secret.sign_in()]
    org = sim.control("org", "GET")
    assert {s.organization_id for s in sessions} == {org["organization_id"]}
    assert len({s.user_id for s in sessions}) == 1


def test_an_app_that_was_not_approved_says_what_to_do(sim, credentials):
    sim.control("apps", client_id="client", user="someone.else@simulated.example")
    with pytest.raises(Hold):
        credentials.sign_in()
    unknown = replace(credentials, client_id="nobody")
    with pytest.raises(Hold) as caught:
        unknown.sign_in()
    assert caught.value.code == "unknown_client"


def test_a_user_who_is_not_approved_is_held_with_the_remedy(credentials):
    stranger = replace(credentials, username="stranger@simulated.example")
    with pytest.raises(Hold) as caught:
        stranger.sign_in()
    assert caught.value.code == "app_not_approved"
    assert "pre-authorized" in caught.value.remedy


def test_an_expired_session_is_renewed_and_the_call_repeated(sim, client):
    client.organization()
    before = client.session.access_token
    sim.control("sessions/expire")
    assert client.organization()["Id"] == client.session.organization_id
    assert client.session.access_token != before


def test_a_session_can_be_kept_for_the_next_client(sim, client, credentials):
    client.organization()
    with_session = Client(credentials, session=client.session)
    with_session.organization()
    assert with_session.session is client.session
    with_session.close()


# ----------------------------------------------------------------------
# THE ORG
# ----------------------------------------------------------------------


def test_health_says_who_answers_and_that_a_sandbox_is_not_live(sim, client):
    health = client.health()
    org = sim.control("org", "GET")
    assert (health.account_id, health.account_name) == (
        org["organization_id"],
        org["name"],
    )
    assert not health.live
    used, allowed = client.api_usage
    assert 0 < used < allowed == org["daily_limit"]


def test_a_production_org_is_live(sim, client):
    sim.control("org", is_sandbox=False, organization_type="Enterprise Edition")
    assert client.health().live


def test_the_object_is_described_once(sim, client):
    client.describe("Account")
    calls = requests_made(sim)
    assert "Name" in client.describe("Account").fields
    assert requests_made(sim) == calls


def test_a_single_currency_org_is_never_asked_for_its_currency(sim, client):
    sim.control("org", multi_currency=False)
    sim.control("seed")
    for code in STREAMS:
        poll(client, code)
    assert "CurrencyIsoCode" not in client.describe("Opportunity").fields
    records, _, _ = poll(client, "opportunity")
    assert translate("opportunity", records[0], SCHEMA).currency == "EUR"


def test_a_configured_field_that_does_not_exist_is_left_out(sim, client, seeded):
    sim.control("fields/Product2/Q2C_Billing_Interval__c", "DELETE")
    records, _, _ = poll(client, "product")
    assert all("Q2C_Billing_Interval__c" not in record for record in records)
    assert translate("product", records[0], SCHEMA).interval == ""


# ----------------------------------------------------------------------
# POLLING (rule 11)
# ----------------------------------------------------------------------


def test_rule_11_every_stream_is_read_and_understood(client, seeded):
    for code, stream in STREAMS.items():
        records, _, more = poll(client, code)
        assert not more
        assert records or stream.kind in ("order", "lead", "contract")
        for record in records:
            found = envelope.envelope_of_change(stream, record)
            assert (found.kind, found.live) == (stream.kind, None)
            reading = envelope.open_payload(found.payload, stream.kind)
            if stream.parent_field:
                assert not reading.complete
                continue
            assert reading.complete
            document = translate(stream.kind, reading.content, SCHEMA)
            assert document.ref == found.ref


def test_rule_11_pages_neither_repeat_nor_miss_records_of_one_second(sim, client):
    sim.control("clock", freeze=True)
    rest = sim.rest()
    made = {
        rest("POST", "sobjects/Account", json={"Name": f"Same second {n}"}).json()["id"]
        for n in range(7)
    }
    seen, position, more = [], {}, True
    while more:
        records, position, more = poll(client, "account", position, limit=3)
        seen += [record["Id"] for record in records]
    assert len(seen) == 7
    assert set(seen) == made
    assert poll(client, "account", position)[0] == []


def test_rule_11_what_changes_after_the_watermark_is_left_to_the_next_poll(
    sim, client, seeded
):
    watermark = now(sim)
    sim.control("clock", advance=5)
    rest = sim.rest()
    rest("POST", "sobjects/Account", json={"Name": "Late"})
    stream = stream_of("account")
    records, position, _ = client.changes(stream, {}, watermark)
    assert "Late" not in [record["Name"] for record in records]
    records, _, _ = client.changes(stream, position, now(sim))
    assert [record["Name"] for record in records] == ["Late"]


def test_rule_11_the_overlap_brings_the_same_events_again(client, seeded):
    records, position, _ = poll(client, "opportunity")
    again, _, _ = poll(
        client, "opportunity", cursor.rewound(position, timedelta(minutes=5))
    )
    assert [r["Id"] for r in again] == [r["Id"] for r in records]
    ids = [
        [envelope.envelope_of_record("opportunity", r).external_id for r in page]
        for page in (records, again)
    ]
    assert ids[0] == ids[1]


def test_rule_11_small_batches_of_salesforce_are_put_together(sim, client, seeded):
    sim.control("org", query_batch=1)
    records, _, _ = poll(client, "contact")
    assert len(records) == 3
    [deal] = poll(client, "opportunity")[0]
    assert len(deal["OpportunityLineItems"]["records"]) == 3


def test_rule_9_deleted_and_merged_accounts_are_read(sim, client, seeded):
    winner, loser = seeded["accounts"]
    _, position, _ = poll(client, "account")
    sim.control("clock", advance=5)
    sim.control("merge", object="Account", winner=winner, loser=loser)
    records = {record["Id"]: record for record in poll(client, "account", position)[0]}
    document = translate("customer", records[loser], SCHEMA)
    assert document.deleted
    assert document.merged_into == winner
    assert client.retrieve_many("customer", [loser])[loser]["MasterRecordId"] == winner


def test_rule_8_an_org_with_person_accounts_still_has_companies(sim, client):
    sim.control("org", person_accounts=True)
    sim.control("seed")
    records, _, _ = poll(client, "account")
    assert "IsPersonAccount" in records[0]
    assert all(translate("customer", record, SCHEMA).is_company for record in records)
    assert len(poll(client, "contact")[0]) == 3
    [deal], _, _ = poll(client, "opportunity")
    assert translate("opportunity", deal, SCHEMA).contact_id


def test_rule_8_person_accounts_are_customers_and_no_contacts(sim, client):
    sim.control("org", person_accounts=True)
    created = sim.rest()(
        "POST",
        "sobjects/Account",
        json={"FirstName": "Erika", "LastName": "Muster", "PersonEmail": "e@x.example"},
    )
    assert created.status_code == 201, created.text
    [account], _, _ = poll(client, "account")
    customer = translate("customer", account, SCHEMA)
    assert (customer.is_company, customer.email) == (False, "e@x.example")
    assert poll(client, "contact")[0] == []
    [inner] = client.retrieve_many("contact", [account["PersonContactId"]]).values()
    assert translate("contact", inner, SCHEMA).deleted


def test_a_changed_line_is_noticed_by_the_stream_of_lines(sim, client, seeded):
    _, position, _ = poll(client, "opportunity_line")
    sim.control("clock", advance=5)
    rest = sim.rest()
    path = f"sobjects/OpportunityLineItem/{seeded['lines'][0]}"
    assert rest("PATCH", path, json={"Description": "New"}).status_code == 204
    [line], _, _ = poll(client, "opportunity_line", position)
    found = envelope.envelope_of_change(stream_of("opportunity_line"), line)
    assert (found.kind, found.object_id) == ("opportunity", seeded["opportunity"])


# ----------------------------------------------------------------------
# FETCHING
# ----------------------------------------------------------------------


def test_a_deal_is_fetched_with_all_of_its_lines(client, seeded):
    deal = seeded["opportunity"]
    found = client.retrieve_many("opportunity", [deal[:15]])
    document = translate("opportunity", found[deal], SCHEMA)
    assert len(document.lines) == 3
    assert document.customer_id == seeded["accounts"][0]
    assert document.contact_id == seeded["contacts"][0]
    assert document.billing_start
    total = sum(
        line.quantity * line.unit_price.major * (1 - line.discount / 100)
        for line in document.lines
    )
    assert total == document.amount == Decimal("2332.5")


def test_an_order_is_polled_with_its_items(sim, client, seeded):
    rest = sim.rest()
    order = rest(
        "POST",
        "sobjects/Order",
        json={
            "AccountId": seeded["accounts"][0],
            "Pricebook2Id": seeded["pricebook"],
            "OpportunityId": seeded["opportunity"],
            "EffectiveDate": "2026-12-01",
            "Status": "Draft",
        },
    ).json()["id"]
    for quantity, key in ((2, "device"), (25, "monthly")):
        entry = seeded["entries"][key]
        item = {"OrderId": order, "PricebookEntryId": entry, "UnitPrice": 40.5}
        made = rest("POST", "sobjects/OrderItem", json={**item, "Quantity": quantity})
        assert made.status_code == 201, made.text
    [record], _, _ = poll(client, "order")
    document = translate("order", record, SCHEMA)
    assert [line.quantity for line in document.lines] == [2, 25]
    assert not document.activated
    assert document.opportunity_id == seeded["opportunity"]
    rest("PATCH", f"sobjects/Order/{order}", json={"Status": "Activated"})
    [record] = client.retrieve_many("order", [order]).values()
    assert translate("order", record, SCHEMA).activated


def test_products_and_prices_carry_the_billing_interval(client, seeded):
    products = client.retrieve_many("product", seeded["products"].values())
    prices = client.retrieve_many("price", seeded["entries"].values())
    intervals = {
        key: translate("product", products[record_id], SCHEMA).interval
        for key, record_id in seeded["products"].items()
    }
    assert intervals == {
        "monthly": "month",
        "yearly": "year",
        "setup": "one_time",
        "device": "one_time",
    }
    monthly = translate("price", prices[seeded["entries"]["monthly"]], SCHEMA)
    assert (monthly.interval, monthly.unit_amount.major) == ("month", 49)


def test_what_does_not_exist_is_left_out(client, seeded):
    account = seeded["accounts"][0]
    found = client.retrieve_many("customer", [account, "001000000000000AAA"])
    assert list(found) == [account]
    assert client.retrieve_many("customer", []) == {}


def test_many_records_take_few_calls(sim, client, seeded):
    client.retrieve_many("customer", seeded["accounts"])
    before = requests_made(sim)
    ids = [f"001{number:012d}" for number in range(399)]
    found = client.retrieve_many("customer", [*ids, *seeded["accounts"]])
    assert len(found) == 2
    assert requests_made(sim) - before == 3


# ----------------------------------------------------------------------
# MAPPED FIELDS
# ----------------------------------------------------------------------


def test_mapped_fields_are_read_in_polls_and_fetches(sim, seeded, client):
    sim.control(
        "fields", object="Account", field={"name": "Segment__c", "type": "string"}
    )
    sim.control(
        "fields",
        object="OpportunityLineItem",
        field={"name": "Site__c", "type": "string"},
    )
    account, deal = seeded["accounts"][0], seeded["opportunity"]
    sim.salesforce().Account.update(account, {"Segment__c": "Enterprise"})
    sim.salesforce().OpportunityLineItem.update(
        seeded["lines"][0], {"Site__c": "Hall 1"}
    )
    client.schema = replace(
        SCHEMA,
        mapped=(
            *("Account.Segment__c", "Account.Owner.Email", "Account.Gone__c"),
            "OpportunityLineItem.Site__c",
        ),
    )
    records, _position, _more = poll(client, "account")
    (record,) = [record for record in records if record["Id"] == account]
    document = translate("customer", record, client.schema)
    assert [name for name, _value in document.extras] == [
        *("Account.Owner.Email", "Account.Segment__c"),
    ]
    assert dict(document.extras)["Account.Segment__c"] == "Enterprise"
    fetched = client.retrieve_many("opportunity", [deal])[deal]
    lines = translate("opportunity", fetched, client.schema).lines
    assert (("OpportunityLineItem.Site__c", "Hall 1"),) in [
        each.extras for each in lines
    ]


# ----------------------------------------------------------------------
# LEADS
# ----------------------------------------------------------------------


def test_a_lead_is_read_before_and_after_it_is_converted(sim, client):
    lead = sim.salesforce().Lead.create(
        {
            "FirstName": "Lena",
            "LastName": "Lang",
            "Company": "Lang & Co",
            "Email": "lena@lang.example",
            "Street": "Kai 4",
            "City": "Hamburg",
            "CountryCode": "DE",
        }
    )["id"]
    (record,), _position, _more = poll(client, "lead")
    document = translate("lead", record, SCHEMA)
    assert (document.name, document.company) == ("Lena Lang", "Lang & Co")
    assert (document.address.city, document.address.country) == ("Hamburg", "DE")
    assert document.owner_email
    assert not document.is_converted
    assert envelope.envelope_of_record("lead", record).partition == document.id
    became = sim.control("convert", lead=lead)
    (record,), _position, _more = poll(client, "lead")
    document = translate("lead", record, SCHEMA)
    assert document.is_converted
    assert document.opportunity_id == became["opportunity"]
    assert document.dependencies() == ()
    # One after the other with the opportunity, whose lane is the account's.
    deal = client.retrieve_many("opportunity", [became["opportunity"]])
    (deal,) = deal.values()
    partitions = {
        envelope.envelope_of_record("lead", record).partition,
        envelope.envelope_of_record("opportunity", deal).partition,
    }
    assert partitions == {became["account"]}


# ----------------------------------------------------------------------
# CONTRACTS AND ROLES
# ----------------------------------------------------------------------


def test_a_deal_comes_with_its_contract_and_the_roles_of_contacts(sim, seeded, client):
    salesforce, deal = sim.salesforce(), seeded["opportunity"]
    contract = salesforce.Contract.create(
        {
            "AccountId": seeded["accounts"][0],
            "StartDate": "2026-02-01",
            "ContractTerm": 12,
            "Status": "Activated",
        }
    )["id"]
    salesforce.Opportunity.update(deal, {"ContractId": contract})
    second = {"OpportunityId": deal, "ContactId": seeded["contacts"][1]}
    salesforce.OpportunityContactRole.create({**second, "Role": "Evaluator"})
    fetched = client.retrieve_many("opportunity", [deal])[deal]
    document = translate("opportunity", fetched, SCHEMA)
    assert document.contract_id == contract
    assert [(r.contact_id, r.role, r.is_primary) for r in document.roles] == [
        (seeded["contacts"][0], "Decision Maker", True),
        (seeded["contacts"][1], "Evaluator", False),
    ]
    (record,) = client.retrieve_many("contract", [contract]).values()
    agreed = translate("contract", record, SCHEMA)
    assert (agreed.is_active, agreed.term) == (True, 12)
    assert (str(agreed.start_date), str(agreed.end_date)) == (
        *("2026-02-01", "2027-01-31"),
    )
    changed, _position, _more = poll(client, "opportunity_role")
    hints = [
        envelope.envelope_of_change(stream_of("opportunity_role"), each)
        for each in changed
    ]
    assert {hint.object_id for hint in hints} == {deal}


def test_roles_and_contracts_that_are_closed_are_done_without(sim, seeded, client):
    sim.control("close", object="OpportunityContactRole")
    sim.control("close", object="Contract")
    deal = seeded["opportunity"]
    fetched = client.retrieve_many("opportunity", [deal])[deal]
    document = translate("opportunity", fetched, SCHEMA)
    assert (document.roles, document.contract_id) == ((), "")
    assert document.contact_id == seeded["contacts"][0]
    before = requests_made(sim)
    client.retrieve_many("opportunity", [deal])
    # The deal and its lines: what is closed is not asked about again.
    assert requests_made(sim) - before == 2
