# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 15 and 28: what the addon composes is taken, and taken once."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from quote_to_cash.canonical import (
    Address,
    Coupon,
    Customer,
    Discount,
    Hold,
    Price,
    Product,
    Ref,
    Request,
    Retry,
    Subscription,
    SubscriptionItem,
    TaxRate,
    UnitAmount,
)
from quote_to_cash.providers.stripe.client import Client
from quote_to_cash.providers.stripe.requests import compose
from quote_to_cash.providers.stripe.translate import translate

from tests.simulators.stripe_story import START

pytest_plugins = ["tests.simulators.stripe_fixtures"]

NOW = datetime.fromtimestamp(START, timezone.utc)
CUSTOMER = Customer(
    id="",
    odoo_ref="5f0c:res.partner:7",
    trace="006x",
    name="Müller & Söhne GmbH",
    email="buchhaltung@mueller.example",
    phone="+49 30 1",
    vat="DE136695976",
    language="de_DE",
    billing=Address(street="Hauptstr. 1", city="Berlin", country="DE"),
    shipping=Address(street="Lager 2", city="Köln", country="DE"),
    comment="Pays late",
)
PRODUCT = Product(
    id="", odoo_ref="5f0c:product.product:3", name="Seat", code="SEAT", description="x"
)


@pytest.fixture
def client(stripe_sim):
    client = Client("sk_test_x", api_base=stripe_sim.url, timeout=(2, 2))
    yield client
    client.close()


def create(client, kind, document, key=None):
    request = compose(kind, "create", document, now=NOW)
    outcome = client.send(key or f"key {kind} {document.odoo_ref}", request)
    assert outcome.failure is None, outcome.failure
    return outcome.id


def fetched(client, kind, identifier):
    ref = Ref(kind, identifier)
    return translate(kind, client.fetch([ref])[ref])


@pytest.fixture
def catalogue(stripe_sim, client):
    """Ids of a product, a monthly and a one-time price, a coupon and a tax rate."""
    product = create(client, "product", PRODUCT)
    monthly = Price(
        id="",
        odoo_ref="5f0c:q2c.price:1",
        product_id=product,
        unit_amount=UnitAmount(Decimal(4900), "EUR"),
        currency="EUR",
        interval="month",
    )
    once = replace(
        monthly,
        odoo_ref="5f0c:q2c.price:2",
        interval="one_time",
        unit_amount=UnitAmount(Decimal("1234.5"), "EUR"),
    )
    coupon = Coupon(
        id="", odoo_ref="5f0c:q2c.coupon:1", name="12.5 %", percent_off=Decimal("12.5")
    )
    rate = TaxRate(
        id="",
        odoo_ref="5f0c:account.tax:1",
        name="19 % USt",
        percentage=Decimal(19),
        country="DE",
    )
    return {
        "product": product,
        "monthly": create(client, "price", monthly),
        "once": create(client, "price", once),
        "coupon": create(client, "coupon", coupon),
        "rate": create(client, "tax_rate", rate),
        "documents": {"price": monthly, "coupon": coupon, "tax_rate": rate},
    }


@pytest.fixture
def deal(stripe_sim, client, catalogue):
    customer = create(client, "customer", CUSTOMER)
    stripe_sim.give_card(customer)
    item = SubscriptionItem(
        price_id=catalogue["monthly"],
        quantity=Decimal(3),
        discounts=(Discount(coupon_id=catalogue["coupon"]),),
        tax_rates=(catalogue["rate"],),
        odoo_ref="5f0c:sale.order.line:1",
    )
    setup = SubscriptionItem(price_id=catalogue["once"], tax_rates=(catalogue["rate"],))
    return Subscription(
        id="",
        odoo_ref="5f0c:q2c.subscription:1",
        trace="006x",
        opportunity_id="006x",
        order_name="S00042",
        customer_id=customer,
        currency="EUR",
        items=(item,),
        one_time=(setup,),
    )


# ----------------------------------------------------------------------
# EVERY KIND
# ----------------------------------------------------------------------


def change(client, customer, key, **values):
    document = replace(CUSTOMER, **values)
    return client.send(key, compose("customer", "update", document, customer))


def numbers(stripe_client, customer):
    found = stripe_client.v1.customers.tax_ids.list(customer)
    return sorted((entry.type, entry.value) for entry in found)


def test_a_changed_tax_id_takes_the_place_of_the_former_one(client, stripe_client):
    customer = create(client, "customer", CUSTOMER)
    other = {"type": "eu_vat", "value": "FR40303265045"}
    stripe_client.v1.customers.tax_ids.create(customer, other)
    for _again in range(2):
        outcome = change(client, customer, "key", vat="DE129273398", phone="+49 1")
        assert outcome.failure is None
    assert numbers(stripe_client, customer) == [
        ("eu_vat", "DE129273398"),
        ("eu_vat", "FR40303265045"),
    ]
    assert fetched(client, "customer", customer).vat == "DE129273398"


def test_an_unchanged_tax_id_is_left_alone(client, stripe_client, stripe_sim):
    customer = create(client, "customer", CUSTOMER)
    before = stripe_client.v1.customers.tax_ids.list(customer).data[0].id
    assert change(client, customer, "key", vat="de 136 695 976").failure is None
    [after] = stripe_client.v1.customers.tax_ids.list(customer).data
    assert after.id == before


def test_a_fault_between_the_calls_is_made_good_by_the_next_try(
    client, stripe_client, stripe_sim
):
    customer = create(client, "customer", CUSTOMER)
    stripe_sim.fault("500", method="POST", path=f"/v1/customers/{customer}/tax_ids")
    failed = change(client, customer, "key", vat="DE129273398", phone="+49 1")
    assert isinstance(failed.failure, Retry)
    assert numbers(stripe_client, customer) == [("eu_vat", "DE136695976")]
    outcome = change(client, customer, "key", vat="DE129273398", phone="+49 1")
    assert outcome.failure is None
    assert numbers(stripe_client, customer) == [("eu_vat", "DE129273398")]


def test_a_customer_comes_back_as_it_was_sent(client):
    found = fetched(client, "customer", create(client, "customer", CUSTOMER))
    assert replace(found, id="", live=None) == CUSTOMER


def test_a_person_comes_back_as_a_person(client):
    person = replace(CUSTOMER, name="Erika Muster", is_company=False, vat="")
    found = fetched(client, "customer", create(client, "customer", person))
    assert (found.name, found.is_company) == ("Erika Muster", False)


def test_an_update_empties_what_is_empty_now(client):
    customer = create(client, "customer", CUSTOMER)
    changed = replace(
        CUSTOMER, phone="", comment="", name="Müller AG", shipping=Address()
    )
    outcome = client.send("key 2", compose("customer", "update", changed, customer))
    assert outcome.failure is None
    assert outcome.id == customer
    found = fetched(client, "customer", customer)
    assert replace(found, id="", live=None) == changed


def test_the_catalogue_comes_back_as_it_was_sent(client, catalogue):
    product = fetched(client, "product", catalogue["product"])
    assert replace(product, id="", live=None) == PRODUCT
    for kind, key in (("price", "monthly"), ("coupon", "coupon"), ("tax_rate", "rate")):
        found = fetched(client, kind, catalogue[key])
        assert replace(found, id="", live=None) == catalogue["documents"][kind]


def test_a_fraction_of_a_cent_survives(client, catalogue):
    once = fetched(client, "price", catalogue["once"])
    assert once.unit_amount == UnitAmount(Decimal("1234.5"), "EUR")
    assert once.interval == "one_time"


def test_products_and_prices_are_archived(client, catalogue):
    product = replace(PRODUCT, active=False, description="")
    price = replace(catalogue["documents"]["price"], active=False)
    for kind, document, identifier in (
        ("product", product, catalogue["product"]),
        ("price", price, catalogue["monthly"]),
    ):
        request = compose(kind, "update", document, identifier)
        assert client.send(f"key {kind} off", request).failure is None
        assert not fetched(client, kind, identifier).active
    assert fetched(client, "product", catalogue["product"]).description == ""


def test_a_subscription_becomes_an_invoice_to_the_cent(client, catalogue, deal):
    """3 × 49.00 less 12.5 %, and 12.345 once (which is 12.35 then), plus 19 %."""
    sub = fetched(client, "subscription", create(client, "subscription", deal))
    assert (sub.odoo_ref, sub.trace, sub.order_name) == (
        deal.odoo_ref,
        "006x",
        "S00042",
    )
    [item] = sub.items
    assert (item.odoo_ref, item.quantity) == ("5f0c:sale.order.line:1", 3)
    assert [each.coupon_id for each in item.discounts] == [catalogue["coupon"]]
    assert item.tax_rates == (catalogue["rate"],)
    [content] = client.fetch([Ref("subscription", sub.id)]).values()
    invoice = fetched(client, "invoice", content["latest_invoice"])
    nets = sorted(line.net.amount for line in invoice.lines)
    assert nets == [1235, 14700 - 1838]
    assert invoice.tax.amount == round((1235 + 12862) * 0.19)
    assert invoice.total.amount == 1235 + 12862 + invoice.tax.amount
    assert (invoice.status, invoice.trace) == ("paid", "006x")


def test_a_subscription_billed_by_invoice_is_due_later(client, deal):
    document = replace(deal, collection="send_invoice", days_until_due=14, one_time=())
    identifier = create(client, "subscription", document)
    [content] = client.fetch([Ref("subscription", identifier)]).values()
    invoice = fetched(client, "invoice", content["latest_invoice"])
    assert invoice.status == "open"
    assert invoice.due_on == (NOW + timedelta(days=14)).date()


def test_a_start_within_the_first_interval_is_free_until_then(client, deal):
    start = NOW + timedelta(days=10)
    document = replace(deal, started_at=start, one_time=())
    found = fetched(client, "subscription", create(client, "subscription", document))
    assert found.status == "active"
    [content] = client.fetch([Ref("subscription", found.id)]).values()
    assert content["billing_cycle_anchor"] == start.timestamp()
    # Stripe makes none until then; an invoice of zero says the same.
    if content["latest_invoice"]:
        assert not fetched(client, "invoice", content["latest_invoice"]).total


def test_a_start_far_ahead_is_a_trial_until_then(client, deal):
    start = NOW + timedelta(days=90)
    document = replace(deal, started_at=start, one_time=())
    found = fetched(client, "subscription", create(client, "subscription", document))
    assert found.status == "trialing"


# ----------------------------------------------------------------------
# ONCE (rule 28)
# ----------------------------------------------------------------------


def created(sim, kind):
    return sim.get("state")["objects"].get(kind, 0)


def test_rule_28_a_repeated_key_creates_nothing_twice(stripe_sim, client):
    ids = {create(client, "customer", CUSTOMER, "one key") for _ in range(3)}
    assert len(ids) == 1
    assert created(stripe_sim, "customer") == 1


def test_rule_28_an_answer_that_got_lost_is_had_by_the_same_key(stripe_sim, client):
    stripe_sim.fault("drop_response", path="/v1/customers")
    request = compose("customer", "create", CUSTOMER)
    lost = client.send("one key", request)
    assert isinstance(lost.failure, Retry)
    assert lost.failure.code == "unreachable"
    assert created(stripe_sim, "customer") == 1
    again = client.send("one key", request)
    assert again.failure is None
    assert created(stripe_sim, "customer") == 1


def test_rule_28_another_request_under_a_used_key_is_held(client):
    create(client, "customer", CUSTOMER, "one key")
    other = compose("customer", "create", replace(CUSTOMER, name="Other"))
    failure = client.send("one key", other).failure
    assert isinstance(failure, Hold)
    assert failure.code == "key_reused"


@pytest.mark.parametrize(
    ("kind", "document"), [("customer", CUSTOMER), ("product", PRODUCT)]
)
def test_what_bears_our_reference_is_found(client, kind, document):
    identifier = create(client, kind, document)
    assert client.find(kind, document.odoo_ref)["id"] == identifier
    assert client.find(kind, document.odoo_ref + "0") is None
    assert client.find(kind, "o'dd \\ ref") is None


def test_what_cannot_be_searched_for_is_listed(client, catalogue):
    for kind, key in (("coupon", "coupon"), ("tax_rate", "rate")):
        reference = catalogue["documents"][kind].odoo_ref
        assert client.find(kind, reference)["id"] == catalogue[key]
        assert client.find(kind, "nothing") is None


def test_a_canceled_subscription_is_found_too(client, deal):
    identifier = create(client, "subscription", deal)
    gone = Request(verb="delete", resource="subscriptions", id=identifier, params={})
    assert client.send("cancel", gone).failure is None
    assert client.find("subscription", deal.odoo_ref)["id"] == identifier


# ----------------------------------------------------------------------
# FAULTS
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code"),
    [("429", "rate_limited"), ("500", "unavailable"), ("timeout", "unreachable")],
)
def test_passing_faults_are_outcomes_and_pass(stripe_sim, client, fault, code):
    stripe_sim.fault(fault, path="/v1/customers", retry_after=3, seconds=0.2)
    request = compose("customer", "create", CUSTOMER)
    outcome = client.send("one key", request)
    assert isinstance(outcome.failure, Retry)
    assert outcome.failure.code == code
    if fault == "429":
        assert outcome.failure.after == timedelta(seconds=3)
    assert client.send("one key", request).failure is None


def test_a_slow_answer_is_not_waited_for_longer_than_agreed(stripe_sim):
    client = Client("sk_test_x", api_base=stripe_sim.url, timeout=(1, 0.3))
    stripe_sim.fault("slow", path="/v1/customers", seconds=1.0)
    outcome = client.send("one key", compose("customer", "create", CUSTOMER))
    assert outcome.failure.code == "unreachable"
    client.close()


def test_a_customer_without_a_card_says_what_to_do(client, catalogue, deal):
    bare = create(client, "customer", replace(CUSTOMER, odoo_ref="other"))
    outcome = client.send(
        "key", compose("subscription", "create", replace(deal, customer_id=bare))
    )
    assert isinstance(outcome.failure, Hold)
    assert outcome.failure.code == "no_payment_method"
    assert "by invoice" in outcome.failure.remedy


def test_what_stripe_refuses_names_the_parameter(client):
    wrong = Request(verb="create", resource="customers", params={"shoe_size": "42"})
    failure = client.send("key", wrong).failure
    assert isinstance(failure, Hold)
    assert (failure.code, "shoe_size" in failure.message) == ("refused", True)
    missing = Request(verb="update", resource="customers", id="cus_none", params={})
    assert client.send("key 2", missing).failure.code == "missing"
    unknown = Request(verb="upsert", resource="customers", params={})
    assert client.send("key 3", unknown).failure.code == "unsupported_verb"
