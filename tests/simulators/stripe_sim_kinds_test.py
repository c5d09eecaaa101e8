# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices of every kind, to the cent, and what the addon's client makes of them."""

from decimal import Decimal

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import Ref
from quote_to_cash.providers.stripe.client import Client
from quote_to_cash.providers.stripe.translate import translate
from stripe_sim.billing.pricing import charges

from tests.simulators.stripe_story import (
    DAY,
    invoices_of,
    latest,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]

TIERS = [
    {"up_to": 10, "unit_amount": 500},
    {"up_to": 20, "unit_amount_decimal": "400.5", "flat_amount": 1000},
    {"up_to": "inf", "unit_amount": 300},
]
MONTH = 31 * DAY


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


def tiered(stripe_client, mode, **given):
    product = stripe_client.v1.products.create({"name": "Calls"})
    return stripe_client.v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "billing_scheme": "tiered",
            "tiers_mode": mode,
            "tiers": TIERS,
            "recurring": {"interval": "month"},
            **given,
        }
    )


def one_off(stripe_client, customer, amount=10000, **given):
    """A draft with one line."""
    invoice = stripe_client.v1.invoices.create({"customer": customer.id, **given})
    stripe_client.v1.invoice_items.create(
        {
            "customer": customer.id,
            "invoice": invoice.id,
            "amount": amount,
            "currency": "usd",
        }
    )
    return invoice


# ----------------------------------------------------------------------
# TIERS, PACKAGES, USAGE
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "quantity", "lines"),
    [
        ("graduated", 7, [(7, 3500)]),
        ("graduated", 12, [(10, 5000), (2, 1801)]),
        ("graduated", 25, [(10, 5000), (10, 5005), (5, 1500)]),
        ("volume", 12, [(12, 5806)]),
        ("volume", 25, [(25, 7500)]),
    ],
)
def test_tiers_cost_what_they_say(
    stripe_sim, stripe_client, client, mode, quantity, lines
):
    customer = make_customer(stripe_sim, stripe_client)
    price = tiered(stripe_client, mode)
    subscription = subscribe(stripe_client, customer, price, quantity)
    invoice = latest(stripe_client, subscription)
    found = [(line.quantity, line.amount) for line in invoice.lines.data]
    assert found == lines
    assert invoice.total == sum(amount for _quantity, amount in lines)
    document = fetched(client, "invoice", invoice.id)
    assert [line.unit_amount for line in document.lines] == [None] * len(lines)
    # What a person reads there is what the price itself says.
    assert fetched(client, "price", price.id).cost(quantity) == pytest.approx(
        invoice.total, abs=1
    )


def test_tiers_are_told_to_those_who_ask(stripe_client):
    price = tiered(stripe_client, "volume")
    assert "tiers" not in stripe_client.v1.prices.retrieve(price.id)
    shown = stripe_client.v1.prices.retrieve(price.id, {"expand": ["tiers"]})
    assert [tier.up_to for tier in shown.tiers] == [10, 20, None]
    assert str(shown.tiers[1].unit_amount_decimal) == "400.5"
    with pytest.raises(stripe.InvalidRequestError, match="up_to=inf"):
        tiered(stripe_client, "volume", tiers=TIERS[:2])


@pytest.mark.parametrize(("rounding", "amount"), [("up", 9800), ("down", 4900)])
def test_packages_cost_what_they_say(
    stripe_sim, stripe_client, client, rounding, amount
):
    package = {"divide_by": 10, "round": rounding}
    price = make_price(stripe_client, 4900, transform_quantity=package)
    customer = make_customer(stripe_sim, stripe_client)
    subscription = subscribe(stripe_client, customer, price, 14)
    invoice = latest(stripe_client, subscription)
    assert (invoice.total, invoice.lines.data[0].quantity) == (amount, 14)
    assert fetched(client, "price", price.id).cost(14) == amount


def test_what_was_used_is_billed_after_its_period(stripe_sim, stripe_client, client):
    meter = stripe_client.v1.billing.meters.create(
        {
            "display_name": "Calls",
            "event_name": "call",
            "default_aggregation": {"formula": "sum"},
        }
    )
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter.id}
    price = tiered(stripe_client, "graduated", recurring=recurring)
    customer = make_customer(stripe_sim, stripe_client)
    subscription = stripe_client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}]}
    )
    first = latest(stripe_client, subscription)
    assert (first.total, first.lines.data[0].quantity) == (0, 0)
    [item] = fetched(client, "subscription", subscription.id).items
    assert item.quantity == 0

    def use(value):
        stripe_client.v1.billing.meter_events.create(
            {
                "event_name": "call",
                "payload": {"stripe_customer_id": customer.id, "value": str(value)},
            }
        )

    for value in (8, 4):
        use(value)
        stripe_sim.advance(DAY)
    stripe_sim.advance(MONTH)
    second = invoices_of(stripe_client, subscription)[-1]
    assert [(ln.quantity, ln.amount) for ln in second.lines.data] == [
        (10, 5000),
        (2, 1801),
    ]
    document = fetched(client, "invoice", second.id)
    assert document.lines[0].period_end == item.period_end
    use(3)
    stripe_client.v1.subscriptions.update(
        subscription.id, {"cancel_at_period_end": True}
    )
    stripe_sim.advance(MONTH)
    last = invoices_of(stripe_client, subscription)[-1]
    assert [(ln.quantity, ln.amount) for ln in last.lines.data] == [(3, 1500)]
    assert fetched(client, "subscription", subscription.id).status == "canceled"


# ----------------------------------------------------------------------
# COUPONS AND CODES
# ----------------------------------------------------------------------


def test_a_code_gives_the_discount_of_its_coupon(stripe_sim, stripe_client, client):
    stripe_client.v1.coupons.create(
        {
            "id": "FIVE",
            "amount_off": 500,
            "currency": "usd",
            "duration": "repeating",
            "duration_in_months": 2,
        }
    )
    code = stripe_client.v1.promotion_codes.create(
        {
            "promotion": {"type": "coupon", "coupon": "FIVE"},
            "code": "WELCOME",
            "max_redemptions": 1,
        }
    )
    customer = make_customer(stripe_sim, stripe_client)
    entered = {"discounts": [{"promotion_code": code.id}]}
    price = make_price(stripe_client, 2000)
    subscription = subscribe(stripe_client, customer, price, **entered)
    [discount] = fetched(client, "subscription", subscription.id).discounts
    assert (discount.coupon_id, discount.promotion_code) == ("FIVE", "WELCOME")
    assert discount.ends_at is not None
    for _month in range(3):
        stripe_sim.advance(MONTH)
    totals = [invoice.total for invoice in invoices_of(stripe_client, subscription)]
    assert totals == [1500, 1500, 2000, 2000]
    with pytest.raises(stripe.InvalidRequestError, match="not active"):
        subscribe(stripe_client, customer, price, **entered)


def test_a_coupon_for_some_products_leaves_the_others_alone(
    stripe_sim, stripe_client, client
):
    first = make_price(stripe_client, 1000)
    second = make_price(stripe_client, 3000)
    coupon = stripe_client.v1.coupons.create(
        {
            "percent_off": 50,
            "duration": "forever",
            "applies_to": {"products": [second.product]},
        }
    )
    customer = make_customer(stripe_sim, stripe_client)
    subscription = stripe_client.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": first.id}, {"price": second.id}],
            "discounts": [{"coupon": coupon.id}],
        }
    )
    invoice = latest(stripe_client, subscription)
    assert [
        sum(off.amount for off in line.discount_amounts) for line in invoice.lines.data
    ] == [0, 1500]
    assert fetched(client, "coupon", coupon.id).products == (second.product,)
    assert fetched(client, "invoice", invoice.id).total.amount == 2500


def test_several_discounts_on_one_invoice_and_its_lines(
    stripe_sim, stripe_client, client
):
    create = stripe_client.v1.coupons.create
    create({"id": "TEN", "percent_off": 10, "duration": "once"})
    create({"id": "FIVE", "amount_off": 500, "currency": "usd", "duration": "once"})
    create({"id": "LINE", "percent_off": 20, "duration": "forever"})
    customer = make_customer(stripe_sim, stripe_client)
    rate = stripe_client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": "20", "inclusive": False}
    )
    price = make_price(stripe_client, 10000)
    subscription = stripe_client.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": price.id, "discounts": [{"coupon": "LINE"}]}],
            "discounts": [{"coupon": "TEN"}, {"coupon": "FIVE"}],
            "default_tax_rates": [rate.id],
        }
    )
    document = fetched(client, "invoice", latest(stripe_client, subscription).id)
    # 100.00 less 20 % is 80.00, less 10 % is 72.00, less 5.00 is 67.00.
    assert (document.untaxed.amount, document.tax.amount) == (6700, 1340)
    stripe_sim.advance(MONTH)
    document = fetched(client, "invoice", latest(stripe_client, subscription).id)
    assert document.untaxed.amount == 8000


# ----------------------------------------------------------------------
# SHIPPING
# ----------------------------------------------------------------------


@pytest.mark.parametrize(("inclusive", "total"), [(False, 12600), (True, 10500)])
def test_shipping_is_taxed_like_the_lines(
    stripe_sim, stripe_client, client, inclusive, total
):
    rate = stripe_client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": "20", "inclusive": inclusive}
    )
    customer = make_customer(stripe_sim, stripe_client)
    data = {
        "display_name": "Express",
        "type": "fixed_amount",
        "fixed_amount": {"amount": 500, "currency": "usd"},
    }
    invoice = one_off(
        stripe_client,
        customer,
        default_tax_rates=[rate.id],
        shipping_cost={"shipping_rate_data": data},
    )
    invoice = stripe_client.v1.invoices.finalize_invoice(invoice.id)
    assert (invoice.amount_shipping, invoice.total) == (500, total)
    assert "taxes" not in invoice.shipping_cost
    document = fetched(client, "invoice", invoice.id)
    goods, shipping = document.lines
    assert (shipping.description, shipping.is_shipping) == ("Express", True)
    assert (shipping.amount.amount, goods.amount.amount) == (500, 10000)
    [tax] = shipping.taxes
    assert (tax.rate_id, tax.inclusive) == (rate.id, inclusive)
    assert tax.amount.amount == (83 if inclusive else 100)
    assert document.total.amount == total


# ----------------------------------------------------------------------
# ONE-OFF INVOICES
# ----------------------------------------------------------------------


def test_rule_25_a_revision_takes_the_place_of_the_invoice(
    stripe_sim, stripe_client, client
):
    customer = make_customer(stripe_sim, stripe_client)
    original = one_off(
        stripe_client, customer, custom_fields=[{"name": "PO", "value": "4711"}]
    )
    stripe_client.v1.invoices.finalize_invoice(original.id)
    draft = stripe_client.v1.invoices.create(
        {"from_invoice": {"action": "revision", "invoice": original.id}}
    )
    assert (draft.status, draft.total) == ("draft", 10000)
    stripe_client.v1.invoice_items.create(
        {
            "customer": customer.id,
            "invoice": draft.id,
            "amount": -2000,
            "currency": "usd",
        }
    )
    stripe_client.v1.invoices.finalize_invoice(draft.id)
    old = fetched(client, "invoice", original.id)
    new = fetched(client, "invoice", draft.id)
    assert (old.status, old.revised_by_id) == ("void", draft.id)
    assert (new.status, new.revises_id) == ("open", original.id)
    assert (new.total.amount, new.custom_fields) == (8000, (("PO", "4711"),))


def test_rule_16_more_lines_than_a_page_are_read(stripe_sim, stripe_client, client):
    customer = make_customer(stripe_sim, stripe_client)
    invoice = one_off(stripe_client, customer, 100)
    for number in range(2, 25):
        stripe_client.v1.invoice_items.create(
            {
                "customer": customer.id,
                "invoice": invoice.id,
                "amount": number * 100,
                "currency": "usd",
            }
        )
    document = fetched(client, "invoice", invoice.id)
    assert len(document.lines) == 24
    assert document.total.amount == sum(range(1, 25)) * 100


@pytest.mark.parametrize(
    ("after", "statuses"),
    [
        (("mark_uncollectible", "pay"), ["open", "uncollectible", "paid"]),
        (("mark_uncollectible", "void_invoice"), ["open", "uncollectible", "void"]),
        (("pay",), ["open", "paid"]),
    ],
)
def test_rule_25_the_life_of_an_invoice(
    stripe_sim, stripe_client, client, after, statuses
):
    customer = make_customer(stripe_sim, stripe_client)
    invoice = one_off(stripe_client, customer)
    found = []
    for step in ("finalize_invoice", *after):
        getattr(stripe_client.v1.invoices, step)(invoice.id)
        found.append(fetched(client, "invoice", invoice.id).status)
    assert found == statuses


# ----------------------------------------------------------------------
# WHAT THE ADDON COMPUTES BY ITSELF
# ----------------------------------------------------------------------

amounts = st.none() | st.decimals(0, 1000, places=4).map(str)


@st.composite
def prices(draw):
    """A price as the simulator keeps it, tiers and all."""
    bounds = sorted(draw(st.sets(st.integers(1, 60), max_size=4)))
    tiers = [
        {
            "up_to": bound,
            "unit_amount_decimal": draw(amounts),
            "flat_amount_decimal": draw(amounts),
        }
        for bound in (*bounds, None)
    ]
    return {
        "id": "price_1",
        "currency": "usd",
        "billing_scheme": "tiered",
        "tiers_mode": draw(st.sampled_from(("graduated", "volume"))),
        "transform_quantity": None,
        "tiers": tiers,
        "_tiers": tiers,
    }


@given(prices(), st.integers(0, 100))
def test_tiers_cost_the_same_on_both_sides(price, quantity):
    simulated = sum(charge.exact for charge in charges(price, quantity))
    assert translate("price", price).cost(Decimal(quantity)) == simulated
