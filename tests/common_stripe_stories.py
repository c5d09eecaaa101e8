# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Random stories of a ``StripeAccount``, of what may happen at Stripe; and random ways
in which its events come in."""

from typing import NamedTuple

from hypothesis import strategies as st

from .common_stripe_model import RATES, StripeAccount
from .common_stripe_truth import StripeTruth, is_returned

CURRENCIES = ("usd", "eur", "jpy")
# Seconds between two things that happen.
PAUSES = (0, 1, 40_000, 300_000)


class Delivery(NamedTuple):
    """``events`` come in, in this order, while Stripe is at ``step``."""

    step: int
    events: list


@st.composite
def stories(draw, longest=9):
    """An account with some past."""
    account = StripeAccount(draw(st.sampled_from((("usd",), ("usd", "eur")))))
    _bill(draw, account)
    for _number in range(draw(st.integers(1, longest))):
        account.now += draw(st.sampled_from(PAUSES))
        verbs = {verb: found for verb, found in _possible(account).items() if found}
        verb = draw(st.sampled_from(sorted(verbs, key=lambda each: each.__name__)))
        verb(draw, account, draw(st.sampled_from(verbs[verb])))
    return account


@st.composite
def deliveries(draw, account):
    """Every event of ``account`` once, and some again, at random moments after it
    happened and in any order."""
    moments = draw(st.lists(st.integers(1, account.step), max_size=2, unique=True))
    moments = [*sorted(moments), account.step]
    shares = [[] for _moment in moments]
    for step, event in account.events:
        first = next(n for n, moment in enumerate(moments) if moment >= step)
        for _time in range(draw(st.sampled_from((1, 1, 1, 2)))):
            shares[draw(st.integers(first, len(moments) - 1))].append(event)
    return [
        Delivery(moment, draw(st.permutations(share)))
        for moment, share in zip(moments, shares, strict=True)
        if share
    ]


# ----------------------------------------------------------------------
# WHAT MAY HAPPEN
# ----------------------------------------------------------------------


def _possible(account):
    """{verb: the objects that it may happen to}"""
    invoices, intents = account.all("invoice"), account.all("payment_intent")
    disputes, payouts = account.all("dispute"), account.all("payout")
    return {
        _bill: [None] if len(invoices) < 3 else [],
        _pay: [each for each in invoices if each["amount_remaining"]],
        _bounce: [each for each in intents if _may_bounce(account, each)],
        _credit: [each for each in invoices if _creditable(account, each) > 1],
        _explain: [
            each for each in account.all("refund") if _is_unexplained(account, each)
        ],
        _void: [each for each in account.all("credit_note") if _may_void(account, each)],
        _refund: [each for each in intents if _refundable(account, each)],
        _fail: [each for each in account.all("refund") if _is(each, "succeeded")],
        _dispute: [each for each in intents if _may_dispute(account, each)],
        _answer: [each for each in disputes if _is(each, "warning_needs_response")],
        _decide: [each for each in disputes if _is(each, "needs_response")],
        _pay_out: [each for each in account.settles_in if account.unpaid(each)],
        _arrive: [each for each in payouts if _is(each, "in_transit")],
    }


def _is(content, status):
    return content["status"] == status


def _of(account, name, intent):
    return [each for each in account.all(name) if each["payment_intent"] == intent["id"]]


def _payers(account, invoice):
    """The payments that pay a part of it."""
    return [
        intent
        for intent in account.all("payment_intent")
        if intent["invoice_payments"][0]["invoice"] == invoice["id"]
    ]


def _invoice(account, intent):
    paid = intent["invoice_payments"][0]["invoice"]
    return next(each for each in account.all("invoice") if each["id"] == paid)


def _notes(account, invoice):
    return [
        note
        for note in account.all("credit_note")
        if note["invoice"] == invoice["id"] and _is(note, "issued")
    ]


def _refundable(account, intent):
    if is_returned(intent):
        return 0
    refunds = _of(account, "refund", intent)
    disputes = _of(account, "dispute", intent)
    gone = sum(each["amount"] for each in refunds if not _is(each, "failed"))
    gone += sum(
        each["amount"]
        for each in disputes
        if each["status"] not in ("won", "warning_closed")
    )
    return intent["amount"] - gone


def _creditable(account, invoice):
    """What is neither credited nor refunded; a returned debit is another matter."""
    payers = _payers(account, invoice)
    if any(map(is_returned, payers)):
        return 0
    truth = StripeTruth(account)
    credited = sum(note["total"] for note in _notes(account, invoice))
    refunds = [each for payer in payers for each in _of(account, "refund", payer)]
    return invoice["total"] - credited - sum(map(truth.unexplained, refunds))


def _may_bounce(account, intent):
    is_debit = intent["payment_method_types"] == ["sepa_debit"]
    notes = _notes(account, _invoice(account, intent))
    return (
        is_debit
        and not is_returned(intent)
        and not _of(account, "refund", intent)
        and not any(note["post_payment_amount"] for note in notes)
    )


def _may_dispute(account, intent):
    is_card = intent["payment_method_types"] == ["card"]
    known = _of(account, "dispute", intent)
    return is_card and not known and _refundable(account, intent)


def _may_void(account, note):
    invoice = next(
        each for each in account.all("invoice") if each["id"] == note["invoice"]
    )
    return (
        _is(note, "issued") and _is(invoice, "open") and not note["post_payment_amount"]
    )


def _is_unexplained(account, refund):
    """A refund of a paid invoice, that a credit note may still account for."""
    unexplained = StripeTruth(account).unexplained(refund)
    invoice = _invoice(account, _intent(account, refund))
    left = _creditable(account, invoice) + unexplained
    return unexplained == refund["amount"] <= left and _is(invoice, "paid")


def _intent(account, refund):
    wanted = refund["payment_intent"]
    return next(e for e in account.all("payment_intent") if e["id"] == wanted)


# ----------------------------------------------------------------------
# WHAT HAPPENS
# ----------------------------------------------------------------------


def _up_to(draw, most):
    """All of it as often as not."""
    return draw(st.just(most) | st.integers(1, most))


def _bill(draw, account, _nothing=None):
    rates = st.sampled_from((None, *sorted(RATES)))
    line = st.tuples(st.integers(500, 50_000), rates)
    lines = draw(st.lists(line, min_size=1, max_size=2))
    account.bill(draw(st.sampled_from(CURRENCIES)), lines)


def _pay(draw, account, invoice):
    amount = _up_to(draw, invoice["amount_remaining"])
    over = 0
    if amount == invoice["amount_remaining"]:
        over = draw(st.sampled_from((0, 0, 0, 2500)))
    account.pay(invoice, amount, over, debit=draw(st.booleans()))


def _bounce(_draw, account, intent):
    account.bounce(intent)


def _credit(draw, account, invoice):
    most = draw(st.integers(2, _creditable(account, invoice)))
    after = most - invoice["amount_remaining"]
    payers = [each for each in _payers(account, invoice)]
    able = [each for each in payers if after > 0 and _refundable(account, each) >= after]
    account.credit(
        invoice,
        most,
        rate=draw(st.sampled_from((None, *sorted(RATES)))),
        to=draw(st.sampled_from(("balance", "outside"))),
        intent=draw(st.sampled_from((None, *able))),
    )


def _explain(_draw, account, refund):
    invoice = _invoice(account, _intent(account, refund))
    account.credit(invoice, refund["amount"], refund=refund)


def _void(_draw, account, note):
    account.void(note)


def _refund(draw, account, intent):
    account.refund(intent, _up_to(draw, _refundable(account, intent)))


def _fail(_draw, account, refund):
    account.fail(refund)


def _dispute(draw, account, intent):
    amount = _up_to(draw, _refundable(account, intent))
    account.dispute(intent, amount, inquiry=draw(st.booleans()))


def _answer(draw, account, dispute):
    draw(st.sampled_from((account.drop, account.escalate)))(dispute)


def _decide(draw, account, dispute):
    if draw(st.booleans()):
        account.win(dispute, with_fee=draw(st.booleans()))
    else:
        account.lose(dispute)


def _pay_out(_draw, account, currency):
    account.pay_out(currency)


def _arrive(draw, account, payout):
    draw(st.sampled_from((account.arrive, account.arrive, account.return_payout)))(
        payout
    )
