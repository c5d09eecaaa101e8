# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 4 and 15: products, prices of every sort, coupons and tax rates."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from quote_to_cash.canonical import Hold, Money, Package, Ref, Tier, UnitAmount
from quote_to_cash.providers.stripe.translate import translate

MARCH = 1772323200
START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def held(kind, content):
    with pytest.raises(Hold) as caught:
        translate(kind, content)
    assert caught.value.remedy
    return caught.value.code


# ----------------------------------------------------------------------
# PRODUCTS AND PRICES
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


def test_metadata_are_kept_but_for_our_own():
    metadata = {"tier": "gold", "line": " services ", "empty": "", "odoo_ref": "x"}
    kept = (("line", "services"), ("tier", "gold"))
    assert price(metadata=metadata).metadata == kept
    product = {"id": "prod_1", "name": "Seat", "active": True, "metadata": metadata}
    assert translate("product", product).metadata == kept
    assert price(metadata=None).metadata == ()


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


# ----------------------------------------------------------------------
# PRICES WITHOUT ONE AMOUNT PER UNIT
# ----------------------------------------------------------------------

TIERS = [
    {"up_to": 10, "unit_amount": 500, "unit_amount_decimal": "500"},
    {"up_to": 20, "unit_amount_decimal": "400.5", "flat_amount": 1000},
    {"up_to": None, "unit_amount": 300, "flat_amount_decimal": "50"},
]


def tiered(mode, tiers=TIERS, **values):
    return price(
        billing_scheme="tiered",
        tiers_mode=mode,
        tiers=tiers,
        unit_amount=None,
        unit_amount_decimal=None,
        **values,
    )


def test_tiers_are_understood():
    found = tiered("volume")
    assert found.unit_amount is None
    assert found.tiers[1] == Tier(
        up_to=20, unit_amount=Decimal("400.5"), flat_amount=Decimal(1000)
    )
    assert held(
        "price", {"id": "p", "currency": "eur", "billing_scheme": "tiered"}
    ) == ("incomplete_list")


@pytest.mark.parametrize(
    ("mode", "quantity", "cost"),
    [
        ("graduated", 0, 0),
        ("graduated", 10, 5000),
        ("graduated", 11, 5000 + 1000 + Decimal("400.5")),
        ("graduated", 20, 5000 + 1000 + 4005),
        ("graduated", 25, 5000 + 1000 + 4005 + 50 + 1500),
        ("volume", 10, 5000),
        ("volume", 11, 1000 + 11 * Decimal("400.5")),
        ("volume", 25, 50 + 25 * 300),
    ],
)
def test_what_tiers_cost(mode, quantity, cost):
    assert tiered(mode).cost(Decimal(quantity)) == cost


def test_the_first_tiers_flat_amount_is_due_even_for_nothing():
    first = [{"up_to": 5, "unit_amount": 0, "flat_amount": 900}, {"up_to": None}]
    assert tiered("graduated", first).cost(Decimal(0)) == 900
    assert tiered("graduated", first).cost(Decimal(9)) == 900


@pytest.mark.parametrize(
    ("rounding", "quantity", "cost"),
    [("up", 10, 4900), ("up", 11, 9800), ("down", 11, 4900), ("down", 9, 0)],
)
def test_what_packages_cost(rounding, quantity, cost):
    found = price(transform_quantity={"divide_by": 10, "round": rounding})
    assert found.package == Package(size=10, amount=Decimal(4900), rounding=rounding)
    assert (found.unit_amount, found.cost(Decimal(quantity))) == (None, cost)


def test_what_the_customer_chooses_costs_nobody_knows_what():
    chosen = {"minimum": 100, "maximum": None, "preset": None}
    found = price(custom_unit_amount=chosen, unit_amount=None, unit_amount_decimal=None)
    assert (found.unit_amount, found.cost(Decimal(3))) == (None, None)


def test_what_was_used_is_metered():
    recurring = {"interval": "month", "usage_type": "metered", "meter": "mtr_1"}
    assert price(recurring=recurring).metered
    assert not price().metered
    assert price(recurring=None, usage_type="metered", interval="month").metered


def test_rule_15_a_price_of_twelve_decimals_is_exact():
    found = price(unit_amount=None, unit_amount_decimal="1234.000000000001")
    assert found.unit_amount.amount == Decimal("1234.000000000001")
    assert found.cost(Decimal(1000)) == Decimal("1234000.000000001")


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


# ----------------------------------------------------------------------
# COUPONS
# ----------------------------------------------------------------------


def test_a_coupon_takes_off_a_percentage():
    found = translate(
        "coupon",
        {
            "id": "c",
            "percent_off": Decimal("12.50"),
            "name": None,
            "duration": "repeating",
            "duration_in_months": 3,
            "applies_to": {"products": ["prod_1"]},
        },
    )
    assert (str(found.percent_off), found.amount_off, found.name) == ("12.5", None, "c")
    assert (found.duration, found.months) == ("repeating", 3)
    assert found.products == ("prod_1",)


def test_a_coupon_takes_off_an_amount():
    content = {"id": "c", "amount_off": 500, "currency": "jpy", "duration": "once"}
    found = translate("coupon", content)
    assert (found.percent_off, found.amount_off) == (None, Money(500, "JPY"))
    assert (found.duration, found.months) == ("once", 0)
    assert held("coupon", {"id": "c"}) == "malformed"
    assert translate("coupon", {"id": "c", "deleted": True}).deleted


# ----------------------------------------------------------------------
# TAX RATES
# ----------------------------------------------------------------------


def test_a_tax_rate_is_an_exact_percentage():
    rate = {
        "id": "txr_1",
        "display_name": "MwSt",
        "percentage": 10.0,
        "inclusive": True,
    }
    found = translate("tax_rate", rate)
    assert (str(found.percentage), found.inclusive, found.active) == ("10", True, False)
    assert found.flat_amount is None
    assert held("tax_rate", {"id": "txr_1", "percentage": "NaN"}) == "malformed"
    assert held("contact", {"id": "x"}) == "unknown_kind"


def test_a_fee_on_deliveries_is_a_tax_of_a_fixed_amount():
    fee = {
        "id": "txr_1",
        "display_name": "Retail Delivery Fee",
        "percentage": 0,
        "rate_type": "flat_amount",
        "flat_amount": {"amount": 29, "currency": "usd"},
        "tax_type": "retail_delivery_fee",
    }
    found = translate("tax_rate", fee)
    assert (found.percentage, found.flat_amount) == (0, Money(29, "USD"))
