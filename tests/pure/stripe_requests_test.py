# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 15 and what else Stripe would refuse: calls are composed right, or held."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import (
    Address,
    Coupon,
    Customer,
    Discount,
    Hold,
    Invoice,
    Money,
    Price,
    Product,
    Subscription,
    SubscriptionItem,
    TaxRate,
    UnitAmount,
)
from quote_to_cash.canonical.currency import (
    THREE_DECIMAL,
    TWO_DECIMAL,
    ZERO_DECIMAL,
    step,
)
from quote_to_cash.providers.stripe.links import object_url
from quote_to_cash.providers.stripe.requests import compose
from quote_to_cash.providers.stripe.translate import translate

NOW = datetime(2026, 3, 15, 14, 30, tzinfo=timezone.utc)
CUSTOMER = Customer(id="", odoo_ref="u:res.partner:1", name="Ada GmbH", email="a@x.ex")
PRICE = Price(
    id="",
    odoo_ref="u:q2c.price:1",
    product_id="prod_1",
    unit_amount=UnitAmount(Decimal(4900), "EUR"),
    currency="EUR",
    interval="month",
    interval_count=3,
)
ITEM = SubscriptionItem(price_id="price_1", quantity=Decimal(3), interval="month")
SUBSCRIPTION = Subscription(
    id="",
    odoo_ref="u:q2c.subscription:1",
    trace="006x",
    opportunity_id="006x",
    order_name="S00042",
    customer_id="cus_1",
    currency="EUR",
    items=(ITEM,),
)


def params(kind, document, verb="create", external_id=""):
    request = compose(kind, verb, document, external_id, now=NOW)
    assert json.loads(json.dumps(request.params)) == request.params
    return request.params


def held(kind, document, verb="create", external_id=""):
    with pytest.raises(Hold) as caught:
        compose(kind, verb, document, external_id, now=NOW)
    assert caught.value.remedy
    return caught.value.code


# ----------------------------------------------------------------------
# CUSTOMERS
# ----------------------------------------------------------------------


def test_a_new_customer_says_only_what_there_is_to_say():
    assert params("customer", CUSTOMER) == {
        "name": "Ada GmbH",
        "business_name": "Ada GmbH",
        "email": "a@x.ex",
        "metadata": {"odoo_ref": "u:res.partner:1", "is_company": "true"},
    }


def test_an_update_unsets_what_is_empty():
    request = compose("customer", "update", CUSTOMER, "cus_1")
    assert (request.verb, request.resource, request.id) == (
        "update",
        "customers",
        "cus_1",
    )
    for name in ("phone", "description", "address", "shipping", "individual_name"):
        assert request.params[name] == ""
    assert "tax_id_data" not in request.params


def test_all_parts_of_an_address_are_sent():
    document = replace(CUSTOMER, billing=Address(city="Berlin", country="DE"))
    assert params("customer", document)["address"] == {
        "line1": "",
        "line2": "",
        "city": "Berlin",
        "state": "",
        "postal_code": "",
        "country": "DE",
    }


@pytest.mark.parametrize(
    ("vat", "tax_id", "kept"),
    [
        ("DE136695976", {"type": "eu_vat", "value": "DE136695976"}, ""),
        ("de 136 695 976", {"type": "eu_vat", "value": "DE136695976"}, ""),
        ("EL123456789", {"type": "eu_vat", "value": "EL123456789"}, ""),
        ("GB123456789", {"type": "gb_vat", "value": "GB123456789"}, ""),
        (
            "CHE-123.456.788 MWST",
            {"type": "ch_vat", "value": "CHE-123.456.788 MWST"},
            "",
        ),
        ("AR20055361682", None, "AR20055361682"),
        ("12-3456789", None, "12-3456789"),
        ("", None, ""),
    ],
)
def test_a_vat_number_is_a_tax_id_or_at_least_not_lost(vat, tax_id, kept):
    found = params("customer", replace(CUSTOMER, vat=vat))
    assert found.get("tax_id_data") == ([tax_id] if tax_id else None)
    assert found["metadata"].get("vat", "") == kept
    changed = params("customer", replace(CUSTOMER, vat=vat), "update", "cus_1")
    assert changed["metadata"].get("vat", "") == vat
    assert changed.get("tax_id_data") == found.get("tax_id_data")


def test_long_values_are_cut_where_stripe_cuts():
    found = params("customer", replace(CUSTOMER, name="x" * 300, odoo_ref="y" * 600))
    assert (len(found["name"]), len(found["business_name"])) == (256, 150)
    assert len(found["metadata"]["odoo_ref"]) == 500


# ----------------------------------------------------------------------
# CATALOGUE
# ----------------------------------------------------------------------


def test_a_product_carries_its_code():
    document = Product(id="", name="Seat", code="SEAT", odoo_ref="u:p:1")
    assert params("product", document) == {
        "name": "Seat",
        "active": True,
        "metadata": {"odoo_ref": "u:p:1", "code": "SEAT"},
    }
    assert params("product", document, "update", "prod_1")["description"] == ""


def test_a_price_is_composed():
    assert params("price", PRICE) == {
        "product": "prod_1",
        "currency": "eur",
        "unit_amount": 4900,
        "tax_behavior": "exclusive",
        "active": True,
        "recurring": {"interval": "month", "interval_count": 3},
        "metadata": {"odoo_ref": "u:q2c.price:1"},
    }
    once = params("price", replace(PRICE, interval="one_time", inclusive=True))
    assert "recurring" not in once
    assert once["tax_behavior"] == "inclusive"
    assert params("price", replace(PRICE, active=False), "update", "price_1") == {
        "active": False
    }


def test_a_lookup_key_leads_to_the_price_on_sale():
    keyed = replace(PRICE, lookup_key="seat-eur")
    taken = {"lookup_key": "seat-eur", "transfer_lookup_key": True}
    assert taken.items() <= params("price", keyed).items()
    changed = params("price", keyed, "update", "price_1")
    assert changed == {"active": True, **taken}


def test_the_default_price_of_a_product_is_named_once_it_is_known():
    product = Product(id="", name="Seat", default_price_id="price_2")
    found = params("product", product, "update", "prod_1")
    assert found["default_price"] == "price_2"
    assert "default_price" not in params(
        "product", replace(product, default_price_id="")
    )


@pytest.mark.parametrize(
    ("major", "currency", "expected"),
    [
        ("49", "EUR", {"unit_amount": 4900}),
        ("0.0035", "USD", {"unit_amount_decimal": "0.35"}),
        ("0", "EUR", {"unit_amount": 0}),
        ("1000", "JPY", {"unit_amount": 1000}),
        ("1000.5", "JPY", {"unit_amount_decimal": "1000.5"}),
        ("1.23", "KWD", {"unit_amount": 1230}),
        ("5", "ISK", {"unit_amount": 500}),
    ],
)
def test_rule_15_a_price_in_the_steps_of_its_currency(major, currency, expected):
    amount = UnitAmount.of_major(Decimal(major), currency)
    found = params("price", replace(PRICE, unit_amount=amount, currency=currency))
    assert {k: v for k, v in found.items() if k.startswith("unit")} == expected


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("1.234", "KWD", "amount_too_fine"),
        ("5.5", "ISK", "amount_too_fine"),
        ("0.00001", "UGX", "amount_too_fine"),
        ("0.000000000000001", "EUR", "amount_too_fine"),
        ("-1", "EUR", "negative_price"),
    ],
)
def test_rule_15_what_stripe_does_not_take_is_held(amount, currency, code):
    unit = UnitAmount.of_major(Decimal(amount), currency)
    assert held("price", replace(PRICE, unit_amount=unit, currency=currency)) == code
    assert held("price", replace(PRICE, unit_amount=None)) == "no_flat_amount"


@given(
    st.integers(0, 10**10),
    st.sampled_from(sorted(TWO_DECIMAL | ZERO_DECIMAL | THREE_DECIMAL)),
)
def test_rule_15_a_whole_amount_is_sent_as_it_is_or_held(amount, currency):
    unit = UnitAmount(Decimal(amount), currency)
    document = replace(PRICE, unit_amount=unit, currency=currency)
    if amount % step(currency):
        assert held("price", document) == "amount_too_fine"
        return
    sent = params("price", document)
    assert sent["unit_amount"] == amount
    read = translate("price", {**sent, "id": "price_1"})
    assert (read.unit_amount, read.currency) == (unit, currency)


@given(st.decimals("0.01", 100, places=2))
def test_a_coupon_of_any_percentage_comes_back(percent):
    document = Coupon(id="", name="Off", percent_off=percent)
    sent = params("coupon", document)
    assert sent["duration"] == "forever"
    assert translate("coupon", {**sent, "id": "c"}).percent_off == percent


@pytest.mark.parametrize(
    ("terms", "sent"),
    [
        ({"duration": "once"}, {"duration": "once"}),
        (
            {"duration": "repeating", "months": 3},
            {"duration": "repeating", "duration_in_months": 3},
        ),
    ],
)
def test_a_coupon_says_how_long_it_is_for(terms, sent):
    document = Coupon(id="", name="Off", percent_off=Decimal(10), **terms)
    assert params("coupon", document) == {"percent_off": "10", "name": "Off", **sent}
    unlimited = replace(document, duration="repeating", months=0)
    assert held("coupon", unlimited) == "no_duration"


def test_a_coupon_of_an_amount_is_composed():
    document = Coupon(id="", name="Off", amount_off=Money(500, "EUR"), duration="once")
    assert params("coupon", document) == {
        "amount_off": 500,
        "currency": "eur",
        "duration": "once",
        "name": "Off",
    }


@pytest.mark.parametrize("percent", ["0", "-1", "100.01"])
def test_a_discount_that_is_no_coupon_is_held(percent):
    document = Coupon(id="", name="Off", percent_off=Decimal(percent))
    assert held("coupon", document) == "discount_out_of_range"


def test_a_tax_rate_is_composed():
    document = TaxRate(
        id="", name="x" * 60, percentage=Decimal("19.00"), country="DE", state=""
    )
    assert params("tax_rate", document) == {
        "display_name": "x" * 50,
        "percentage": "19",
        "inclusive": False,
        "country": "DE",
        "active": True,
    }


# ----------------------------------------------------------------------
# SUBSCRIPTIONS
# ----------------------------------------------------------------------


def test_a_subscription_is_composed():
    item = replace(
        ITEM,
        discounts=(Discount(coupon_id="c1"),),
        tax_rates=("txr_1",),
        odoo_ref="u:sale.order.line:1",
    )
    once = SubscriptionItem(price_id="price_2")
    document = replace(SUBSCRIPTION, items=(item,), one_time=(once,))
    assert params("subscription", document) == {
        "customer": "cus_1",
        "currency": "eur",
        "items": [
            {
                "price": "price_1",
                "quantity": 3,
                "discounts": [{"coupon": "c1"}],
                "tax_rates": ["txr_1"],
                "metadata": {"odoo_ref": "u:sale.order.line:1"},
            }
        ],
        "add_invoice_items": [{"price": "price_2", "quantity": 1}],
        "collection_method": "charge_automatically",
        "payment_behavior": "allow_incomplete",
        "off_session": True,
        "metadata": {
            "odoo_ref": "u:q2c.subscription:1",
            "trace": "006x",
            "odoo_order": "S00042",
            "salesforce_opportunity_id": "006x",
        },
    }


def test_a_subscription_by_invoice_says_when_it_is_due():
    document = replace(SUBSCRIPTION, collection="send_invoice", days_until_due=0)
    found = params("subscription", document)
    assert (found["collection_method"], found["days_until_due"]) == ("send_invoice", 0)
    assert not {"off_session", "payment_behavior"} & set(found)
    unclear = replace(document, days_until_due=None)
    assert held("subscription", unclear) == "no_payment_terms"


def test_automatic_tax_and_tax_rates_exclude_each_other():
    item = replace(ITEM, tax_rates=("txr_1",))
    found = params("subscription", replace(SUBSCRIPTION, items=(item,)))
    assert "automatic_tax" not in found
    document = replace(SUBSCRIPTION, items=(item,), automatic_tax=True)
    found = params("subscription", document)
    assert found["automatic_tax"] == {"enabled": True}
    assert "tax_rates" not in found["items"][0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"items": ()}, "no_items"),
        ({"items": (ITEM,) * 21}, "too_many_items"),
        ({"one_time": (ITEM,) * 21}, "too_many_items"),
        ({"items": (replace(ITEM, quantity=Decimal("1.5")),)}, "fractional_quantity"),
        ({"items": (replace(ITEM, quantity=Decimal(-1)),)}, "fractional_quantity"),
    ],
)
def test_a_subscription_that_stripe_does_not_take_is_held(change, code):
    assert held("subscription", replace(SUBSCRIPTION, **change)) == code
    assert "S00042" in str(_failure(replace(SUBSCRIPTION, **change)))


def _failure(document):
    with pytest.raises(Hold) as caught:
        compose("subscription", "create", document)
    return caught.value


def start(moment, **values):
    document = replace(SUBSCRIPTION, started_at=moment, **values)
    names = (
        "backdate_start_date",
        "billing_cycle_anchor",
        "proration_behavior",
        "trial_end",
    )
    found = params("subscription", document)
    return {name: found[name] for name in names if name in found}


def day(year, month, number):
    return datetime(year, month, number, tzinfo=timezone.utc)


def test_a_start_today_is_the_call_itself():
    assert start(None) == {}
    assert start(day(2026, 3, 15)) == {}
    assert start(NOW + timedelta(hours=9)) == {}


def test_a_start_within_the_first_interval_anchors_the_billing_there():
    moment = day(2026, 4, 1)
    assert start(moment) == {
        "billing_cycle_anchor": int(moment.timestamp()),
        "proration_behavior": "none",
    }


def test_a_start_beyond_the_first_interval_is_a_trial_until_then():
    moment = day(2026, 6, 1)
    assert start(moment) == {"trial_end": int(moment.timestamp())}
    yearly = (replace(ITEM, interval="year"),)
    assert "billing_cycle_anchor" in start(moment, items=yearly)


@pytest.mark.parametrize(
    ("begin", "anchor", "interval", "count"),
    [
        (day(2026, 3, 1), day(2026, 4, 1), "month", 1),
        (day(2025, 12, 31), day(2026, 3, 31), "month", 1),
        (day(2026, 1, 1), day(2026, 4, 1), "month", 3),
        (day(2025, 3, 15), day(2027, 3, 15), "year", 1),
        (day(2026, 3, 2), day(2026, 3, 16), "week", 1),
        (day(2024, 2, 29), day(2027, 2, 28), "year", 1),
        (day(2025, 11, 30), day(2026, 3, 30), "month", 1),
    ],
)
def test_a_start_in_the_past_keeps_its_billing_day(begin, anchor, interval, count):
    item = replace(ITEM, interval=interval, interval_count=count)
    assert start(begin, items=(item,)) == {
        "backdate_start_date": int(begin.timestamp()),
        "billing_cycle_anchor": int(anchor.timestamp()),
    }


def test_an_end_is_passed_on():
    moment = day(2027, 1, 1)
    found = params("subscription", replace(SUBSCRIPTION, cancel_at=moment))
    assert found["cancel_at"] == int(moment.timestamp())
    found = params("subscription", replace(SUBSCRIPTION, cancel_at_period_end=True))
    assert found["cancel_at_period_end"] is True


# ----------------------------------------------------------------------
# THE REST
# ----------------------------------------------------------------------


def test_what_is_not_sent_is_held():
    zero = Money(0, "EUR")
    invoice = Invoice(
        id="in_1",
        number="1",
        status="open",
        customer_id="cus_1",
        currency="EUR",
        lines=(),
        **dict.fromkeys(
            ("subtotal", "discount", "untaxed", "tax", "total", "paid", "remaining"),
            zero,
        ),
        starting_balance=zero,
    )
    assert held("invoice", invoice) == "unsupported_verb"
    assert held("customer", CUSTOMER, "upsert") == "unsupported_verb"
    assert held("customer", CUSTOMER, "update") == "missing"
    assert held("subscription", SUBSCRIPTION, "update", "sub_1") == "unsupported_verb"


@pytest.mark.parametrize(
    ("kind", "identifier", "live", "url"),
    [
        ("customer", "cus_1", True, "https://dashboard.stripe.com/customers/cus_1"),
        ("invoice", "in_1", False, "https://dashboard.stripe.com/test/invoices/in_1"),
        ("payment", "pi_1", True, "https://dashboard.stripe.com/payments/pi_1"),
        ("coupon", "10 %", True, "https://dashboard.stripe.com/coupons/10%20%25"),
        ("payment", "inpay_1", True, ""),
        ("contact", "x", True, ""),
        ("customer", "", True, ""),
    ],
)
def test_links_lead_to_the_dashboard(kind, identifier, live, url):
    assert object_url(kind, identifier, live) == url
