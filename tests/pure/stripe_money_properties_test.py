# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 4, 15, 20, 23 and 24 for whatever amounts, currencies and versions."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from quote_to_cash.canonical import Hold, Money, Ref
from quote_to_cash.canonical.currency import exponent, step
from quote_to_cash.providers.stripe.enclosed import enclosed
from quote_to_cash.providers.stripe.translate import translate

from tests.pure import stripe_money_payloads as told
from tests.pure.stripe_money_payloads import MARCH, balances

PROFILE = settings(deadline=None, derandomize=True, database=None, print_blob=True)


def transactions(balance):
    return [told.transaction(balance, each) for each in balance.movements]


def translated(kind, contents):
    return [translate(kind, content) for content in contents]


def same(kind, content, others):
    """The document of ``content``, which is that of all ``others``."""
    document = translate(kind, content)
    for other in others:
        found = translate(kind, other)
        assert found == document
        assert found.fingerprint() == document.fingerprint()
    return document


# ----------------------------------------------------------------------
# THE BALANCE
# ----------------------------------------------------------------------


@PROFILE
@given(balances())
def test_the_balance_is_the_sum_of_what_its_transactions_leave(balance):
    found = translated("balance_transaction", transactions(balance))
    for document in found:
        assert document.amount - document.fee == document.net
        assert document.net.currency == balance.settlement
    total = sum(each.amount - each.fee for each in balance.movements)
    net = Money.total((each.net for each in found), balance.settlement)
    assert net == Money(total, balance.settlement)


@PROFILE
@given(balances())
def test_rule_15_amounts_are_exact_in_either_direction(balance):
    payments = [told.charge(balance, charge) for charge, _others in balance.charges]
    documents = translated("payment", payments)
    documents += translated("balance_transaction", transactions(balance))
    for document in documents:
        amount, code = document.amount, document.amount.currency
        assert amount.amount % step(code) == 0
        assert Money.of_major(amount.major, code) == amount
        assert round(float(amount) * 10 ** exponent(code)) == amount.amount


@PROFILE
@given(balances(), st.integers().filter(bool), st.data())
def test_a_transaction_that_does_not_add_up_is_held(balance, off, data):
    content = data.draw(st.sampled_from(transactions(balance)))
    content[data.draw(st.sampled_from(["amount", "fee", "net"]))] += off
    with pytest.raises(Hold) as caught:
        translate("balance_transaction", content)
    assert caught.value.code == "net_mismatch"


@PROFILE
@given(balances())
def test_rule_4_of_old_a_transaction_is_the_same(balance):
    for movement in balance.movements:
        if movement.category in told.STABLE_CATEGORIES:
            old = told.old_transaction(balance, movement)
            same("balance_transaction", told.transaction(balance, movement), [old])


# ----------------------------------------------------------------------
# PAYOUTS
# ----------------------------------------------------------------------


@PROFILE
@given(balances(), st.randoms(use_true_random=False))
def test_rule_23_what_it_pays_out_comes_to_the_payout(balance, die):
    listed = [*transactions(balance), told.transaction(balance, balance.own)]
    die.shuffle(listed)
    content = told.payout(balance, listed)
    by_id = told.payout(balance, listed, balance_transaction="txn_po")
    document = same("payout", content, [by_id])
    code = balance.settlement
    assert {part.transaction_id for part in document.parts} == {
        each.id for each in balance.movements
    }
    nets = Money.total((part.net for part in document.parts), code)
    assert nets == document.amount + document.fee + document.difference
    assert document.amount == document.settled == Money(balance.paid_out, code)
    assert document.fee == Money(balance.payout_fee, code)
    assert document.difference == Money(balance.carried, code)
    assert set(document.dependencies()) == set(enclosed("payout", content))


@PROFILE
@given(balances(), st.data())
def test_rule_23_what_is_missing_is_the_difference(balance, data):
    gone = data.draw(st.sampled_from(balance.movements))
    listed = [each for each in transactions(balance) if each["id"] != gone.id]
    document = translate("payout", told.payout(balance, listed))
    off = balance.carried - gone.net
    assert document.difference == Money(off, balance.settlement)


@PROFILE
@given(balances(), balances(), st.data())
def test_rule_24_a_payout_of_two_currencies_is_held(balance, other, data):
    assume(balance.settlement != other.settlement)
    listed = transactions(balance) + transactions(other)
    listed = data.draw(st.permutations(listed))
    with pytest.raises(Hold) as caught:
        translate("payout", told.payout(balance, listed))
    assert caught.value.code == "payout_currencies"


# ----------------------------------------------------------------------
# PAYMENTS, REFUNDS, DISPUTES
# ----------------------------------------------------------------------


@PROFILE
@given(balances())
def test_rule_4_a_payment_is_the_same_in_all_versions(balance):
    for charge, _others in balance.charges:
        content = told.intent(balance, charge, [charge.gross])
        document = same("payment", content, told.old_payments(balance, charge))
        assert document.amount == Money(charge.gross, balance.currency)
        [part] = document.allocations
        assert part.amount == document.amount
        moved = Ref("balance_transaction", charge.id)
        assert moved in document.dependencies()
        assert set(enclosed("payment", content)) == {moved}


@PROFILE
@given(balances(), st.data())
def test_rule_25_a_payment_settles_its_invoices_and_no_more(balance, data):
    charge, _others = balance.charges[0]
    smallest = step(balance.currency)
    cuts = data.draw(st.lists(st.integers(0, charge.gross // smallest), max_size=4))
    edges = [0, *sorted(cuts)]
    parts = [
        smallest * (to - since) for since, to in zip(edges, edges[1:], strict=False)
    ]
    document = translate("payment", told.intent(balance, charge, parts))
    assert [part.amount.amount for part in document.allocations] == parts
    assert Money.total(
        (part.amount for part in document.allocations), balance.currency
    ) <= Money(charge.gross, balance.currency)


@PROFILE
@given(balances())
def test_rule_4_a_refund_is_the_same_in_all_versions(balance):
    for charge, others in balance.charges:
        for movement in others:
            content = told.refund(balance, charge, movement)
            old = told.old_refunds(balance, charge, movement)
            document = same("refund", content, old)
            assert document.amount == Money(movement.gross, balance.currency)
            assert document.payment_id == f"pi_{charge.source}"


@PROFILE
@given(balances())
def test_rule_4_a_dispute_is_the_same_in_all_versions(balance):
    for charge, moved in balance.charges:
        content = told.dispute(balance, charge, moved)
        document = same("dispute", content, told.old_disputes(balance, charge, moved))
        assert document.amount == Money(charge.gross, balance.currency)
        ids = {ref.id for ref in enclosed("dispute", content)}
        assert ids == set(document.transaction_ids) == {each.id for each in moved}


# ----------------------------------------------------------------------
# CREDIT NOTES
# ----------------------------------------------------------------------


@st.composite
def notes(draw):
    """What a credit note of ``currency`` consists of, in minor units."""
    currency = draw(told.currencies)
    amounts = st.integers(0, 10**7).map(lambda steps: steps * step(currency))
    found = {
        "currency": currency,
        "before": draw(amounts),
        "refunds": draw(st.lists(amounts, max_size=3)),
        "to_balance": draw(amounts),
        "out_of_band": draw(amounts),
    }
    found["total"] = sum(
        (
            found["before"],
            *found["refunds"],
            found["to_balance"],
            found["out_of_band"],
        )
    )
    found["tax"] = draw(st.integers(0, found["total"] // step(currency)))
    found["tax"] *= step(currency)
    return found


def payload(note, **values):
    untaxed, tax = note["total"] - note["tax"], note["tax"]
    taxes = [
        {
            "amount": tax,
            "tax_behavior": "exclusive",
            "tax_rate_details": {"tax_rate": "txr_1"},
            "taxability_reason": "standard_rated",
            "taxable_amount": untaxed,
        }
    ]
    line = {
        "id": "cnli_1",
        "amount": untaxed,
        "description": "Plan",
        "discount_amounts": [],
        "invoice_line_item": "il_1",
        "quantity": 1,
        "taxes": taxes,
    }
    credited = {"id": "cbtxn_1", "amount": -note["to_balance"]}
    return {
        "id": "cn_1",
        "object": "credit_note",
        "created": MARCH,
        "currency": note["currency"].lower(),
        "customer": "cus_1",
        "customer_balance_transaction": credited if note["to_balance"] else None,
        "invoice": "in_1",
        "lines": {"data": [line], "has_more": False},
        "metadata": {},
        "number": "CN-1",
        "out_of_band_amount": note["out_of_band"] or None,
        "pre_payment_amount": note["before"],
        "post_payment_amount": note["total"] - note["before"],
        "refunds": [
            {"refund": f"re_{number}", "amount_refunded": amount}
            for number, amount in enumerate(note["refunds"])
        ],
        "status": "issued",
        "total": note["total"],
        "total_excluding_tax": untaxed,
        "total_taxes": taxes,
        "type": "mixed",
        **values,
    }


def old_payload(note):
    """As it was before 2025-03-31."""
    tax = {
        "amount": note["tax"],
        "inclusive": False,
        "tax_rate": "txr_1",
        "taxability_reason": "standard_rated",
        "taxable_amount": note["total"] - note["tax"],
    }
    content = payload(note, tax_amounts=[tax])
    content["refund"] = "re_0" if note["refunds"] else None
    content["type"] = "pre_payment" if note["before"] else "post_payment"
    [line] = content["lines"]["data"]
    del line["taxes"]
    line["tax_amounts"] = [tax]
    for name in ("refunds", "pre_payment_amount", "post_payment_amount", "total_taxes"):
        del content[name]
    return content


@PROFILE
@given(notes())
def test_rule_20_a_credit_note_goes_to_four_places_and_no_other(note):
    document = translate("credit_note", payload(note))
    code = note["currency"]
    refunded = Money.total((part.amount for part in document.refunds), code)
    places = [
        document.before_payment,
        refunded,
        document.to_balance,
        document.out_of_band,
    ]
    assert Money.total(places, code) == document.total == Money(note["total"], code)
    assert document.untaxed + document.tax == document.total
    assert [part.amount.amount for part in document.refunds] == note["refunds"]
    assert document.to_balance == Money(note["to_balance"], code)


@PROFILE
@given(notes(), st.integers().filter(bool), st.data())
def test_rule_20_a_credit_note_with_a_wrong_part_is_held(note, off, data):
    content = payload(note)
    names = ["pre_payment_amount"]
    names += ["out_of_band_amount"] if note["out_of_band"] else []
    name = data.draw(st.sampled_from([*names, "customer_balance_transaction"]))
    if name == "customer_balance_transaction":
        content[name] = {"id": "cbtxn_1", "amount": off - note["to_balance"]}
    else:
        content[name] += off
    with pytest.raises(Hold) as caught:
        translate("credit_note", content)
    assert caught.value.code == "credit_mismatch"


@PROFILE
@given(notes())
def test_rule_4_of_old_a_credit_note_is_the_same(note):
    if note["before"]:
        note |= {"refunds": [], "to_balance": 0, "out_of_band": 0}
    note["refunds"] = note["refunds"][:1]
    parts = (*note["refunds"], note["to_balance"], note["out_of_band"])
    note["total"] = note["before"] + sum(parts)
    note["tax"] = min(note["tax"], note["total"])
    same("credit_note", payload(note), [old_payload(note)])
