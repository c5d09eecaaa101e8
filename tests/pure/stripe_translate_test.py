# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 4: customers and subscriptions, in every shape they had."""

from datetime import datetime, timezone

import pytest
from quote_to_cash.canonical import Address, Hold, Ref
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
        found = translate("subscription", content)
        [item] = found.items
        owner = item if item.discounts else found
        [discount_found] = owner.discounts
        assert discount_found.coupon_id == "c1"


def test_discounts_of_items_and_of_the_whole_are_told_apart():
    one = {"source": {"coupon": "item"}}
    whole = {
        "source": {"coupon": "whole"},
        "promotion_code": {"id": "promo_1", "code": "WELCOME"},
        "start": MARCH,
        "end": APRIL,
    }
    found = translate(
        "subscription", subscription({"discounts": [one]}, discounts=[whole])
    )
    [item] = found.items
    assert [each.coupon_id for each in item.discounts] == ["item"]
    [discount] = found.discounts
    assert (discount.coupon_id, discount.promotion_code) == ("whole", "WELCOME")
    assert (discount.starts_at, discount.ends_at.month) == (START, 4)
    assert Ref("coupon", "whole") in found.dependencies()
    assert Ref("coupon", "item") in found.dependencies()


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


def test_rule_10_a_customer_names_its_account_under_whatever_key():
    found = customer(
        metadata={
            "sf_id": " 001D000000IqhSLIAZ ",
            "note": "paid by the parent company",
            "tier": "gold",
            "odoo_ref": "11111111-2222-3333-4444-555555555555:res.partner:1",
            "salesforce_opportunity_id": "006D000000IqhSLIAZ",
        }
    )
    assert found.counterparts == ("001D000000IqhSLIAZ",)
    assert customer(metadata=None).counterparts == ()
