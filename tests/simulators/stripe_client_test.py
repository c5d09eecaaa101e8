# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The addon's client against the simulator: reading, and what it makes of it."""

from decimal import Decimal

import pytest
from quote_to_cash.canonical import Hold, Money, Ref, Retry
from quote_to_cash.providers.stripe import envelope
from quote_to_cash.providers.stripe.client import Client
from quote_to_cash.providers.stripe.translate import translate
from quote_to_cash.providers.stripe.version import API_VERSION

from tests.simulators.stripe_story import make_customer, make_price, subscribe

pytest_plugins = ["tests.simulators.stripe_fixtures"]


@pytest.fixture
def client(stripe_sim):
    client = Client("sk_test_x", api_base=stripe_sim.url)
    yield client
    client.close()


def fetched(client, kind, identifier):
    ref = Ref(kind, identifier)
    content = client.fetch([ref])[ref]
    assert isinstance(content, dict), content
    return translate(kind, content)


def usd(amount):
    return Money(amount, "USD")


# ----------------------------------------------------------------------
# THE ACCOUNT
# ----------------------------------------------------------------------


def test_health_says_who_answers_and_that_a_test_key_is_not_live(stripe_sim, client):
    health = client.health()
    assert health.account_id.startswith("acct_")
    assert health.account_name == "Simulated account"
    assert (health.live, health.api_version) == (False, API_VERSION)
    assert health.details["default_currency"] == "usd"


def test_a_refused_key_is_held_and_not_shown(stripe_sim):
    client = Client("sk_test_invalid_51H", api_base=stripe_sim.url)
    with pytest.raises(Hold) as caught:
        client.health()
    assert caught.value.code == "invalid_key"
    assert "51H" not in str(caught.value)
    assert caught.value.remedy


# ----------------------------------------------------------------------
# FETCHING
# ----------------------------------------------------------------------


def test_every_kind_is_fetched_and_understood(stripe_sim, stripe_client, client):
    customer = make_customer(stripe_sim, stripe_client)
    rate = stripe_client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": 19, "inclusive": False, "country": "DE"}
    )
    coupon = stripe_client.v1.coupons.create(
        {"percent_off": 12.5, "duration": "forever", "id": "12.5 % off ü"}
    )
    price = make_price(stripe_client)
    sub = subscribe(stripe_client, customer, price)
    invoice = stripe_client.v1.invoices.retrieve(sub.latest_invoice)
    refs = [
        Ref("customer", customer.id),
        Ref("tax_rate", rate.id),
        Ref("coupon", coupon.id),
        Ref("price", price.id),
        Ref("product", price.product),
        Ref("subscription", sub.id),
        Ref("invoice", invoice.id),
        Ref("payment", payments_of(client, invoice.id)[0]),
    ]
    found = client.fetch(refs)
    assert [translate(ref.kind, found[ref]).ref for ref in refs] == refs
    assert translate("coupon", found[refs[2]]).percent_off == Decimal("12.5")
    assert translate("tax_rate", found[refs[1]]).percentage == 19


def payments_of(client, invoice_id):
    params = {"invoice": invoice_id}
    [page] = client.connector.pages("/v1/invoice_payments", params)
    return [entry["payment"]["payment_intent"] for entry in page["data"]]


def test_what_does_not_exist_is_none_and_what_is_no_id_is_held(client):
    refs = [
        Ref("customer", "cus_none"),
        Ref("product", "prod_none"),
        Ref("payment", "pi_none"),
        Ref("payment", "nonsense"),
        Ref("contact", "x"),
    ]
    found = client.fetch(refs)
    assert [found[ref] for ref in refs[:3]] == [None] * 3
    assert [found[ref].code for ref in refs[3:]] == ["malformed_id", "unknown_kind"]


def test_a_deleted_customer_is_read_as_deleted(stripe_sim, stripe_client, client):
    customer = make_customer(stripe_sim, stripe_client)
    stripe_client.v1.customers.delete(customer.id)
    assert fetched(client, "customer", customer.id).deleted


def test_many_products_take_one_call(stripe_sim, stripe_client, client):
    made = [stripe_client.v1.products.create({"name": f"P{n}"}).id for n in range(12)]
    before = requests_made(stripe_sim)
    found = client.fetch([Ref("product", each) for each in [*made, "prod_none"]])
    assert requests_made(stripe_sim) - before == 1
    assert sum(content is not None for content in found.values()) == 12


def requests_made(sim):
    return sum(sim.get("state")["requests"].values())


def test_a_customer_comes_with_all_tax_ids(stripe_sim, stripe_client, client):
    customer = make_customer(
        stripe_sim,
        stripe_client,
        tax_id_data=[{"type": "eu_vat", "value": "DE123456789"}],
    )
    for number in range(11):
        stripe_client.v1.customers.tax_ids.create(
            customer.id, {"type": "us_ein", "value": f"12-34567{number:02d}"}
        )
    assert fetched(client, "customer", customer.id).vat == "DE123456789"


def test_a_passing_fault_is_the_answer_for_all_that_follows(
    stripe_sim, stripe_client, client
):
    customer = make_customer(stripe_sim, stripe_client)
    stripe_sim.fault("429", path="/v1/tax_rates", retry_after=7)
    refs = [Ref("customer", customer.id), Ref("tax_rate", "txr_x"), Ref("price", "p")]
    found = client.fetch(refs)
    assert found[refs[0]]["id"] == customer.id
    assert found[refs[1]] is found[refs[2]]
    assert isinstance(found[refs[1]], Retry)
    assert found[refs[1]].after.total_seconds() == 7


# ----------------------------------------------------------------------
# TO THE CENT (rules 2, 16, 17)
# ----------------------------------------------------------------------


@pytest.fixture
def taxed(stripe_sim, stripe_client):
    """A subscription of 12 items with a coupon on the first, a coupon on all, and tax,
    paid by card."""
    customer = make_customer(stripe_sim, stripe_client)
    rate = stripe_client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": 19, "inclusive": False}
    )
    coupons = [
        stripe_client.v1.coupons.create({"percent_off": off, "duration": "forever"})
        for off in (10, 5)
    ]
    items = [
        {
            "price": make_price(stripe_client, 999 + 10 * number).id,
            "quantity": 1 + number % 3,
            "tax_rates": [rate.id],
        }
        for number in range(12)
    ]
    items[0]["discounts"] = [{"coupon": coupons[0].id}]
    return stripe_client.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": items,
            "discounts": [{"coupon": coupons[1].id}],
            "metadata": {"salesforce_opportunity_id": "006x", "odoo_order": "S00042"},
        }
    )


def test_rule_16_an_invoice_of_twelve_lines_is_whole_and_adds_up(
    stripe_client, client, taxed
):
    theirs = stripe_client.v1.invoices.retrieve(taxed.latest_invoice)
    assert theirs.lines.has_more
    invoice = fetched(client, "invoice", theirs.id)
    assert len(invoice.lines) == 12
    assert invoice.total == usd(theirs.total)
    assert invoice.untaxed == usd(theirs.total_excluding_tax)
    assert invoice.tax == usd(theirs.total_taxes[0].amount)
    assert invoice.discount == usd(
        sum(each.amount for each in theirs.total_discount_amounts)
    )
    assert (invoice.status, invoice.paid) == ("paid", invoice.total)
    assert invoice.subscription_id == taxed.id
    assert invoice.trace == "006x"
    assert all(line.taxes and line.price_id for line in invoice.lines)


def test_rule_16_a_subscription_of_twelve_items_knows_its_coupons(client, taxed):
    document = fetched(client, "subscription", taxed.id)
    assert len(document.items) == 12
    assert [len(item.discounts) for item in document.items].count(1) == 1
    assert len(document.discounts) == 1
    assert all(len(item.tax_rates) == 1 for item in document.items)
    assert (document.order_name, document.opportunity_id) == ("S00042", "006x")
    assert document.trace == "006x"
    assert document.items[0].period_start < document.items[0].period_end


def test_a_payment_names_its_invoice_and_deal(client, taxed):
    invoice = fetched(client, "invoice", taxed.latest_invoice)
    [intent] = payments_of(client, invoice.id)
    payment = fetched(client, "payment", intent)
    [part] = payment.allocations
    assert (part.invoice_id, part.amount) == (invoice.id, invoice.total)
    assert (payment.status, payment.amount) == ("succeeded", invoice.total)
    assert (payment.method, payment.trace) == ("card", "006x")
    assert payment.charge_id.startswith("ch_")
    assert payment.paid_at


def test_the_same_payment_is_the_same_state_however_often_it_is_read(client, taxed):
    [intent] = payments_of(client, taxed.latest_invoice)
    ids = {
        envelope.envelope_of_object("payment", content).external_id
        for _ in range(2)
        for content in client.fetch([Ref("payment", intent)]).values()
    }
    assert len(ids) == 1


def test_an_inclusive_tax_is_not_revenue(stripe_sim, stripe_client, client):
    customer = make_customer(stripe_sim, stripe_client)
    rate = stripe_client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": 19, "inclusive": True}
    )
    price = make_price(stripe_client, 11900)
    sub = subscribe(stripe_client, customer, price, default_tax_rates=[rate.id])
    invoice = fetched(client, "invoice", sub.latest_invoice)
    assert (invoice.untaxed, invoice.tax) == (usd(10000), usd(1900))
    assert invoice.lines[0].net == usd(10000)
    assert invoice.lines[0].taxes[0].inclusive


def test_rule_18_a_downgrade_leaves_negative_lines(stripe_sim, stripe_client, client):
    customer = make_customer(stripe_sim, stripe_client)
    price = make_price(stripe_client, 3000)
    sub = subscribe(stripe_client, customer, price, quantity=10)
    stripe_sim.advance(15 * 86400)
    item = sub["items"].data[0].id
    changed = stripe_client.v1.subscriptions.update(
        sub.id,
        {
            "items": [{"id": item, "quantity": 2}],
            "proration_behavior": "always_invoice",
        },
    )
    invoice = fetched(client, "invoice", changed.latest_invoice)
    assert min(line.amount.amount for line in invoice.lines) < 0
    assert all(line.proration for line in invoice.lines)
    assert invoice.total.amount < 0


@pytest.mark.parametrize("currency", ["jpy", "kwd", "isk", "eur"])
def test_rule_15_amounts_of_every_sort_of_currency(
    stripe_sim, stripe_client, client, currency
):
    customer = make_customer(stripe_sim, stripe_client)
    price = make_price(stripe_client, 12300, currency)
    sub = subscribe(stripe_client, customer, price)
    invoice = fetched(client, "invoice", sub.latest_invoice)
    assert invoice.total == Money(12300, currency)
    major = {"jpy": "12300", "kwd": "12.3"}.get(currency, "123")
    assert invoice.total.major == Decimal(major)


def test_a_declined_card_is_a_failed_payment(stripe_sim, stripe_client, client):
    customer = make_customer(stripe_sim, stripe_client, "declined")
    sub = subscribe(stripe_client, customer, make_price(stripe_client))
    [intent] = payments_of(client, sub.latest_invoice)
    payment = fetched(client, "payment", intent)
    assert (payment.status, payment.allocations) == ("failed", ())
    assert payment.failure_message
    assert fetched(client, "subscription", sub.id).status == "incomplete"
