# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credit notes: what they take off an invoice, and what they give back."""

import pytest
import stripe

from tests.simulators.stripe_shapes import (
    foreign_types,
    misfits,
    missing_keys,
    published_examples,
)
from tests.simulators.stripe_story import (
    event_types,
    latest,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]


def make_invoice(sim, client, paid=True, inclusive=False, **given):
    """An invoice of 3 seats at 19.99 with a tax of 19 %, paid by card or open."""
    customer = make_customer(sim, client)
    rate = client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": "19", "inclusive": inclusive}
    )
    given["default_tax_rates"] = [rate.id]
    if not paid:
        given.update(collection_method="send_invoice", days_until_due=30)
    subscription = subscribe(client, customer, make_price(client, 1999), 3, **given)
    return latest(client, subscription)


def credit(client, invoice, **given):
    return client.v1.credit_notes.create({"invoice": invoice.id, **given})


def line_of(invoice, **given):
    line = invoice.lines.data[0].id
    return [{"type": "invoice_line_item", "invoice_line_item": line, **given}]


def test_a_credit_of_an_open_invoice_reduces_what_is_due(stripe_sim, stripe_client):
    client = stripe_client
    invoice = make_invoice(stripe_sim, client, paid=False)
    # 59.97 and 11.39 tax.
    assert (invoice.total, invoice.amount_remaining) == (7136, 7136)
    note = credit(client, invoice, lines=line_of(invoice, quantity=1), memo="Sorry")
    # One third of the tax is 3.797.
    assert (note.total_excluding_tax, note.total) == (1999, 2379)
    assert (note.type, note.pre_payment_amount, note.post_payment_amount) == (
        "pre_payment",
        2379,
        0,
    )
    assert note.number == f"{invoice.number}-CN-01"
    assert (note.memo, note.status, note.refunds) == ("Sorry", "issued", [])
    (tax,) = note.total_taxes
    assert (tax.amount, tax.taxable_amount) == (380, 1999)
    reduced = client.v1.invoices.retrieve(invoice.id, {"expand": ["payments"]})
    assert (reduced.total, reduced.amount_remaining, reduced.amount_due) == (
        7136,
        4757,
        4757,
    )
    assert reduced.pre_payment_credit_notes_amount == 2379
    assert reduced.payments.data[0].amount_requested == 4757
    paid = client.v1.invoices.pay(invoice.id)
    assert (paid.amount_paid, paid.amount_remaining) == (4757, 0)
    assert client.v1.charges.list().data[0].amount == 4757


def test_credits_of_a_whole_line_add_up_to_its_taxes_and_discounts(
    stripe_sim, stripe_client
):
    client = stripe_client
    client.v1.coupons.create({"id": "ODD", "percent_off": 7, "duration": "forever"})
    invoice = make_invoice(
        stripe_sim, client, paid=False, discounts=[{"coupon": "ODD"}]
    )
    notes = [
        credit(client, invoice, lines=line_of(invoice, quantity=1)) for _ in range(3)
    ]
    assert sum(note.total for note in notes) == invoice.total
    assert sum(note.discount_amount for note in notes) == 420
    assert sum(note.subtotal for note in notes) == invoice.subtotal
    taxes = sum(tax.amount for note in notes for tax in note.total_taxes)
    assert taxes == invoice.total_taxes[0].amount
    settled = client.v1.invoices.retrieve(invoice.id)
    assert (settled.status, settled.amount_paid) == ("paid", 0)
    intents = client.v1.payment_intents.list().data
    assert [intent.status for intent in intents] == ["canceled"]
    with pytest.raises(stripe.InvalidRequestError, match="greater than what is left"):
        credit(client, invoice, lines=line_of(invoice, amount=1), credit_amount=1)


def test_an_inclusive_tax_is_part_of_what_is_credited(stripe_sim, stripe_client):
    client = stripe_client
    invoice = make_invoice(stripe_sim, client, paid=False, inclusive=True)
    note = credit(client, invoice, lines=line_of(invoice, amount=5997))
    assert (note.subtotal, note.total) == (5997, 5997)
    assert note.total_excluding_tax == invoice.total_excluding_tax
    assert note.subtotal_excluding_tax == invoice.subtotal_excluding_tax


def test_a_credit_of_a_paid_invoice_goes_to_card_balance_and_outside(
    stripe_sim, stripe_client
):
    client = stripe_client
    invoice = make_invoice(stripe_sim, client)
    with pytest.raises(stripe.InvalidRequestError, match="must equal the post-payment"):
        credit(client, invoice, amount=3000, refund_amount=1000)
    note = credit(
        client,
        invoice,
        amount=3000,
        refund_amount=1000,
        credit_amount=1500,
        out_of_band_amount=500,
        reason="order_change",
    )
    assert (note.type, note.post_payment_amount) == ("post_payment", 3000)
    assert (note.out_of_band_amount, note.reason) == (500, "order_change")
    (entry,) = note.refunds
    refund = client.v1.refunds.retrieve(entry.refund)
    assert (entry.amount_refunded, refund.amount) == (1000, 1000)
    assert client.v1.charges.retrieve(refund.charge).amount_refunded == 1000
    customer = client.v1.customers.retrieve(invoice.customer)
    assert customer.balance == -1500
    (moved,) = client.v1.customers.balance_transactions.list(customer.id).data
    assert (moved.id, moved.type, moved.credit_note) == (
        note.customer_balance_transaction,
        "credit_note",
        note.id,
    )
    after = client.v1.invoices.retrieve(invoice.id)
    assert (after.status, after.post_payment_credit_notes_amount) == ("paid", 3000)
    assert after.pre_payment_credit_notes_amount == 0
    assert event_types(client)[-5:] == [
        "charge.refunded",
        "refund.created",
        "customer.updated",
        "credit_note.created",
        "invoice.updated",
    ]


def test_a_note_explains_a_refund_that_was_made_before(stripe_sim, stripe_client):
    client = stripe_client
    invoice = make_invoice(stripe_sim, client)
    charge = client.v1.charges.list().data[0]
    refund = client.v1.refunds.create({"charge": charge.id, "amount": 2379})
    lines = line_of(invoice, quantity=1)
    with pytest.raises(stripe.InvalidRequestError, match="greater than what can"):
        credit(client, invoice, amount=7136, credit_amount=7136)
    note = credit(client, invoice, lines=lines, refunds=[{"refund": refund.id}])
    assert [each.refund for each in note.refunds] == [refund.id]
    assert len(client.v1.refunds.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError, match="Only 0 of the refund"):
        credit(client, invoice, lines=lines, refunds=[{"refund": refund.id}])
    rest = credit(client, invoice, amount=7136 - 2379, refund_amount=7136 - 2379)
    assert rest.total == 4757
    assert client.v1.charges.retrieve(charge.id).refunded is True


def test_a_refused_note_leaves_nothing_behind(stripe_sim, stripe_client):
    client = stripe_client
    invoice = make_invoice(stripe_sim, client)
    before = stripe_sim.get("state")["objects"]
    for given in (
        {"amount": 8000, "refund_amount": 8000},
        {"amount": 100},
        {"amount": 100, "refund_amount": 200},
        {"lines": line_of(invoice, amount=9999), "credit_amount": 9999},
        {},
    ):
        with pytest.raises(stripe.InvalidRequestError):
            credit(client, invoice, **given)
    assert stripe_sim.get("state")["objects"] == before
    assert client.v1.customers.retrieve(invoice.customer).balance == 0


def test_voiding_a_note_asks_for_the_money_again(stripe_sim, stripe_client):
    client = stripe_client
    invoice = make_invoice(stripe_sim, client, paid=False)
    note = credit(client, invoice, amount=1000)
    voided = client.v1.credit_notes.void_credit_note(note.id)
    assert (voided.status, bool(voided.voided_at)) == ("void", True)
    again = client.v1.invoices.retrieve(invoice.id)
    assert (again.amount_remaining, again.pre_payment_credit_notes_amount) == (7136, 0)
    assert "credit_note.voided" in event_types(client)
    paid = client.v1.invoices.pay(invoice.id)
    assert paid.amount_paid == 7136
    other = credit(client, paid, amount=100, credit_amount=100)
    with pytest.raises(stripe.InvalidRequestError, match="of an open invoice"):
        client.v1.credit_notes.void_credit_note(other.id)


def test_a_custom_line_has_its_own_taxes(stripe_sim, stripe_client):
    client = stripe_client
    invoice = make_invoice(stripe_sim, client)
    rate = invoice.default_tax_rates[0].id
    custom = {
        "type": "custom_line_item",
        "description": "Goodwill",
        "quantity": 2,
        "unit_amount": 250,
        "tax_rates": [rate],
    }
    note = credit(client, invoice, lines=[custom], credit_amount=595)
    assert (note.subtotal, note.total) == (500, 595)
    line = client.v1.credit_notes.line_items.list(note.id).data[0]
    assert (line.description, line.amount, line.quantity) == ("Goodwill", 500, 2)
    assert line.tax_rates[0].id == rate


def test_credit_notes_have_the_published_shape_and_are_found(stripe_sim, stripe_client):
    client = stripe_client
    client.v1.coupons.create({"id": "TEN", "percent_off": 10, "duration": "once"})
    paid = make_invoice(stripe_sim, client, discounts=[{"coupon": "TEN"}])
    still_open = make_invoice(stripe_sim, client, paid=False)
    credit(client, paid, lines=line_of(paid, quantity=1), refund_amount=2141)
    stripe_sim.advance(100)
    note = credit(client, still_open, amount=500)
    client.v1.credit_notes.update(note.id, {"memo": "So it is"})
    shown = stripe_sim.raw("GET", "/v1/credit_notes").json()["data"]
    assert [each["memo"] for each in shown] == ["So it is", None]
    example = published_examples()["credit_note"]
    for each in shown:
        assert not list(misfits(each, stripe.CreditNote, "credit_note"))
        assert not missing_keys("credit_note", each, example)
        assert not list(foreign_types(each, example))
    found = client.v1.credit_notes.list({"invoice": paid.id})
    assert [each.invoice for each in found.data] == [paid.id]
    later = client.v1.credit_notes.list({"created": {"gte": note.created}})
    assert [each.id for each in later.data] == [note.id]
