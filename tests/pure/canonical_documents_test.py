# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Documents: equal states have equal fingerprints, and know what they depend on."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from quote_to_cash.canonical import (
    KINDS,
    Allocation,
    Customer,
    Invoice,
    InvoiceLine,
    Money,
    Payment,
    Ref,
    Subscription,
    SubscriptionItem,
    TaxAmount,
)

EUR = "EUR"


def line(**values):
    return InvoiceLine(
        **{
            "id": "il_1",
            "description": "Seat",
            "amount": Money(1190, EUR),
            "discount": Money(100, EUR),
            "price_id": "price_1",
            "product_id": "prod_1",
            **values,
        }
    )


def test_the_same_state_has_the_same_fingerprint_whenever_it_was_read():
    one = Customer(id="cus_1", name="Ada", updated=None)
    later = replace(one, updated=datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert one.fingerprint() == later.fingerprint()
    assert one == later


@pytest.mark.parametrize(
    "change", [{"name": "Adam"}, {"email": "Ada"}, {"deleted": True}, {"trace": "006"}]
)
def test_any_other_state_has_another(change):
    one = Customer(id="cus_1", name="Ada")
    assert replace(one, **change).fingerprint() != one.fingerprint()


def test_a_value_that_moves_to_the_next_field_is_another_state():
    one = Customer(id="1", name="A", email="B", phone="")
    other = Customer(id="1", name="A", email="", phone="B")
    assert one.fingerprint() != other.fingerprint()


def test_the_net_of_a_line_is_without_discounts_and_inclusive_taxes():
    inclusive = TaxAmount(rate_id="txr_1", amount=Money(174, EUR), inclusive=True)
    exclusive = TaxAmount(rate_id="txr_2", amount=Money(99, EUR))
    assert line(taxes=(inclusive, exclusive)).net == Money(916, EUR)


def test_an_invoice_depends_on_what_its_lines_name():
    zero = Money(0, EUR)
    tax = TaxAmount(rate_id="txr_1", amount=zero)
    invoice = Invoice(
        id="in_1",
        number="1",
        status="open",
        customer_id="cus_1",
        subscription_id="",
        currency=EUR,
        lines=(
            line(taxes=(tax,)),
            line(taxes=(tax,)),
            line(price_id="", product_id="prod_2"),
        ),
        **dict.fromkeys(
            ("subtotal", "discount", "untaxed", "tax", "total", "paid", "remaining"),
            zero,
        ),
        starting_balance=zero,
    )
    assert [str(ref) for ref in invoice.dependencies()] == [
        "customer:cus_1",
        "price:price_1",
        "product:prod_1",
        "product:prod_2",
        "tax_rate:txr_1",
    ]


def test_a_subscription_and_a_payment_depend_on_what_they_name():
    item = SubscriptionItem(price_id="price_1", quantity=Decimal(1))
    sub = Subscription(
        id="sub_1", customer_id="cus_1", currency=EUR, items=(item,), one_time=(item,)
    )
    assert sub.dependencies() == (Ref("customer", "cus_1"), Ref("price", "price_1"))
    money = Money(1, EUR)
    payment = Payment(
        id="pi_1",
        status="succeeded",
        amount=money,
        allocations=(Allocation("in_1", money), Allocation("in_1", money)),
    )
    assert payment.dependencies() == (Ref("invoice", "in_1"),)


def test_references_are_read_back_as_they_were_written():
    for kind in KINDS:
        ref = Ref(kind, "a:b")
        assert Ref.parse(str(ref)) == ref
    with pytest.raises(ValueError, match="kind:id"):
        Ref.parse("nothing")
