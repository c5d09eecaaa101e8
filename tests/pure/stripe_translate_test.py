# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 4 and 15: customers, catalogue and subscriptions, in every shape they had."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from quote_to_cash.canonical import Address, Hold, Ref, UnitAmount
from quote_to_cash.providers.stripe.translate import translate

MARCH, APRIL = 1772323200, 1775001600
START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def held(kind, content):
    with pytest.raises(Hold) as caught:
        translate(kind, content)
    assert caught.value.remedy
    return caught.value.code


# ----------------------------------------------------------------------
# CUSTOMERS
# ----------------------------------------------------------------------


def customer(**values):
    return translate("customer", {"id": "cus_1", "object": "customer", **values})


def test_a_customer_is_understood():
    found = customer(
        name="Ada GmbH",
        email="a@x.example",
        phone="+49",
        currency="eur",
        description="Note",
        livemode=True,
        preferred_locales=["fr-CA", "fr"],
        address={"line1": "Main St 1", "line2": None, "city": "B", "country": "DE"},
        shipping={"name": "Ada", "address": {"line1": "Dock 4", "country": "NL"}},
        metadata={"odoo_ref": "uuid:res.partner:1", "trace": "006x"},
    )
    assert found.billing == Address(street="Main St 1", city="B", country="DE")
    assert found.shipping == Address(street="Dock 4", country="NL")
    assert (found.language, found.currency, found.live) == ("fr_CA", "EUR", True)
    assert (found.odoo_ref, found.trace) == ("uuid:res.partner:1", "006x")


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"name": "N", "email": "e@x"}, "N"),
        ({"business_name": "B", "individual_name": "I"}, "B"),
        ({"individual_name": "I", "email": "e@x"}, "I"),
        ({"name": "", "email": "e@x"}, "e@x"),
        ({"name": None}, "cus_1"),
    ],
)
def test_a_customer_always_has_a_name(values, name):
    assert customer(**values).name == name


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, True),
        ({"name": "Ada"}, True),
        ({"individual_name": "Ada"}, False),
        ({"individual_name": "Ada", "business_name": "Ada GmbH"}, True),
        ({"business_name": "Ada GmbH", "metadata": {"is_company": "false"}}, False),
        ({"individual_name": "Ada", "metadata": {"is_company": "true"}}, True),
    ],
)
def test_a_customer_is_a_company_unless_told_otherwise(values, expected):
    assert customer(**values).is_company is expected


@pytest.mark.parametrize(
    ("ids", "vat"),
    [
        ([("eu_vat", "DE123456789", "DE")], "DE123456789"),
        ([("de_stn", "1234567890", "DE"), ("eu_vat", "DE1", "DE")], "DE1"),
        ([("no_vat", "123456789MVA", "NO")], "NO123456789MVA"),
        ([("ch_vat", "CHE-123.456.788 MWST", "CH")], "CHE-123.456.788 MWST"),
        ([("us_ein", "12-3456789", "US")], "12-3456789"),
        ([], "AR20-1"),
    ],
)
def test_a_tax_id_becomes_the_vat_number(ids, vat):
    data = [{"type": t, "value": v, "country": c} for t, v, c in ids]
    found = customer(
        tax_ids={"data": data, "has_more": False}, metadata={"vat": "AR20-1"}
    )
    assert found.vat == vat


# ----------------------------------------------------------------------
# CATALOGUE
# ----------------------------------------------------------------------


def price(**values):
    content = {
        "id": "price_1",
        "object": "price",
        "active": True,
        "currency": "eur",
        "product": "prod_1",
        "recurring": {"interval": "month", "interval_count": 3},
        "type": "recurring",
        "unit_amount": 4900,
        "unit_amount_decimal": "4900",
        **values,
    }
    return translate("price", content)


def test_a_price_is_understood():
    found = price(tax_behavior="inclusive")
    assert found.unit_amount == UnitAmount(Decimal(4900), "EUR")
    assert (found.interval, found.interval_count) == ("month", 3)
    assert (found.inclusive, found.active) == (True, True)
    assert found.dependencies() == (Ref("product", "prod_1"),)
    expanded = price(product={"id": "prod_1", "object": "product"})
    assert expanded.product_id == "prod_1"


def test_a_price_that_is_paid_once_has_no_interval():
    assert price(recurring=None, type="one_time").interval == "one_time"


def test_rule_15_fractions_of_a_cent_are_exact():
    found = price(unit_amount=None, unit_amount_decimal="0.35")
    assert found.unit_amount == UnitAmount(Decimal("0.35"), "EUR")
    assert price(unit_amount_decimal=Decimal("4900")).unit_amount.is_whole


@pytest.mark.parametrize(
    "values",
    [
        {"billing_scheme": "tiered", "unit_amount": None, "unit_amount_decimal": None},
        {"transform_quantity": {"divide_by": 10, "round": "up"}},
        {"custom_unit_amount": {"minimum": 100, "maximum": None, "preset": None}},
    ],
)
def test_a_price_without_one_flat_amount_has_none(values):
    assert price(**values).unit_amount is None


def test_rule_4_a_plan_of_old_is_a_price():
    plan = {
        "id": "gold",
        "object": "plan",
        "amount": 500,
        "currency": "usd",
        "interval": "year",
        "interval_count": 1,
        "product": "prod_1",
        "active": True,
    }
    found = translate("price", plan)
    assert (found.id, found.interval) == ("gold", "year")
    assert found.unit_amount.major == 5


def test_rule_15_a_price_in_an_unknown_currency_is_held():
    with pytest.raises(Hold) as caught:
        price(currency="xxx")
    assert caught.value.code == "unknown_currency"


def test_a_product_is_understood():
    content = {
        "id": "prod_1",
        "name": "Seat",
        "description": None,
        "active": False,
        "updated": MARCH,
        "metadata": {"code": "SEAT"},
    }
    found = translate("product", content)
    assert (found.code, found.active, found.updated) == ("SEAT", False, START)


def test_coupons_and_tax_rates_are_exact_percentages():
    coupon = {"id": "c", "percent_off": Decimal("12.50"), "name": None}
    found = translate("coupon", coupon)
    assert (str(found.percent_off), found.name) == ("12.5", "c")
    rate = {
        "id": "txr_1",
        "display_name": "MwSt",
        "percentage": 10.0,
        "inclusive": True,
    }
    found = translate("tax_rate", rate)
    assert (str(found.percentage), found.inclusive, found.active) == ("10", True, False)


def test_what_is_no_percentage_is_held():
    coupon = {"id": "c", "percent_off": None, "amount_off": 500}
    assert held("coupon", coupon) == "fixed_amount_coupon"
    flat = {"id": "txr_1", "display_name": "Fee", "rate_type": "flat_amount"}
    assert held("tax_rate", {**flat, "percentage": 0}) == "flat_tax"
    assert held("tax_rate", {"id": "txr_1", "percentage": "NaN"}) == "malformed"
    assert held("contact", {"id": "x"}) == "unknown_kind"


# ----------------------------------------------------------------------
# SUBSCRIPTIONS
# ----------------------------------------------------------------------

PRICE = {
    "id": "price_1",
    "object": "price",
    "currency": "eur",
    "product": "prod_1",
    "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    "unit_amount": 4900,
    "unit_amount_decimal": "4900",
}


def subscription(item=None, **values):
    entry = {
        "id": "si_1",
        "price": PRICE,
        "quantity": 3,
        "current_period_start": MARCH,
        "current_period_end": APRIL,
        "discounts": [],
        "tax_rates": [{"id": "txr_1"}],
        "metadata": {"odoo_ref": "uuid:sale.order.line:1"},
        **(item or {}),
    }
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "currency": "eur",
        "status": "active",
        "collection_method": "send_invoice",
        "days_until_due": 14,
        "start_date": MARCH,
        "cancel_at": APRIL,
        "items": {"object": "list", "has_more": False, "data": [entry]},
        "metadata": {"salesforce_opportunity_id": "006x", "odoo_order": "S1"},
        **values,
    }


def test_a_subscription_is_understood():
    found = translate("subscription", subscription())
    [item] = found.items
    assert (found.collection, found.days_until_due) == ("send_invoice", 14)
    assert (found.started_at, found.cancel_at.month) == (START, 4)
    assert (found.trace, found.opportunity_id, found.order_name) == (
        "006x",
        "006x",
        "S1",
    )
    assert (item.quantity, item.interval, item.tax_rates) == (3, "month", ("txr_1",))
    assert (item.period_start, item.period_end.month) == (START, 4)
    assert item.odoo_ref == "uuid:sale.order.line:1"


def test_rule_4_periods_of_the_whole_subscription_are_those_of_its_items():
    item = {"current_period_start": None, "current_period_end": None}
    content = subscription(item, current_period_start=MARCH, current_period_end=APRIL)
    [found] = translate("subscription", content).items
    assert (found.period_start, found.period_end.month) == (START, 4)


def test_rule_4_a_subscription_of_2017_is_understood():
    plan = {
        "id": "gold",
        "object": "plan",
        "amount": 500,
        "currency": "usd",
        "interval": "week",
        "interval_count": 2,
    }
    content = {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "billing": "charge_automatically",
        "start": MARCH,
        "current_period_start": MARCH,
        "current_period_end": APRIL,
        "status": "active",
        "items": {"data": [{"id": "si_1", "plan": plan, "quantity": 1}]},
    }
    found = translate("subscription", content)
    [item] = found.items
    assert (found.currency, found.started_at) == ("USD", START)
    assert (item.price_id, item.interval, item.interval_count) == ("gold", "week", 2)
    assert item.unit_amount.major == 5


@pytest.mark.parametrize(
    "discount",
    [
        {"id": "di_1", "source": {"type": "coupon", "coupon": "c1"}},
        {"id": "di_1", "source": {"type": "coupon", "coupon": {"id": "c1"}}},
        {"id": "di_1", "coupon": {"id": "c1", "percent_off": 10}},
    ],
)
def test_rule_4_a_discount_is_known_by_its_coupon(discount):
    for content in (
        subscription({"discounts": [discount]}),
        subscription(discounts=[discount]),
        subscription(discount=discount),
    ):
        [item] = translate("subscription", content).items
        assert item.discounts == ("c1",)


def test_discounts_of_items_go_before_those_of_the_whole():
    one = {"source": {"coupon": "item"}}
    other = {"source": {"coupon": "whole"}}
    content = subscription({"discounts": [one]}, discounts=[other])
    [item] = translate("subscription", content).items
    assert item.discounts == ("item", "whole")


def test_default_taxes_are_those_of_items_without_their_own():
    content = subscription({"tax_rates": []}, default_tax_rates=[{"id": "txr_9"}])
    [item] = translate("subscription", content).items
    assert item.tax_rates == ("txr_9",)


def test_a_metered_item_has_no_quantity():
    metered = {**PRICE, "recurring": {"interval": "month", "usage_type": "metered"}}
    content = subscription({"price": metered, "quantity": None})
    [item] = translate("subscription", content).items
    assert item.quantity == 0


def test_rule_16_what_is_not_whole_is_held():
    content = subscription()
    content["items"]["has_more"] = True
    assert held("subscription", content) == "incomplete_list"
    assert held("subscription", subscription(items=None)) == "incomplete_list"
    unknown = subscription({"discounts": ["di_1"]})
    assert held("subscription", unknown) == "incomplete_list"
