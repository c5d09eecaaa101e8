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

    def __repr__(self):
        told = [f"{e['type']} {e['data']['object']['id']}" for e in self.events]
        return f"<at {self.step}: {', '.join(told)}>"


@st.composite
def stories(draw, *verbs):
    """An account in which there is an invoice, and then happens what ``verbs`` say."""
    account = StripeAccount(draw(st.sampled_from((("usd",), ("usd", "eur")))))
    bill(draw, account)
    for _number in range(draw(st.integers(3, 9))):
        account.now += draw(st.sampled_from(PAUSES))
        found = _possible(account)
        verb = draw(st.sampled_from([verb for verb in verbs if found[verb]] or [bill]))
        verb(draw, account, draw(st.sampled_from(found[verb] or [None])))
    return account


@st.composite
def deliveries(draw, account):
    """Every event of ``account`` once, and some again, at random moments after it
    happened and in any order."""
    moments = st.lists(st.integers(1, account.step), min_size=1, max_size=2)
    moments = sorted({*draw(moments), account.step})
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
        bill: [None] if len(invoices) < 4 else [],
        pay: [each for each in invoices if _is(each, "open")],
        give_up: [each for each in invoices if _may_give_up(account, each)],
        bounce: [each for each in intents if _may_bounce(account, each)],
        credit: [each for each in invoices if _creditable(account, each) > 1],
        explain: [
            each for each in account.all("refund") if _is_unexplained(account, each)
        ],
        void: [each for each in account.all("credit_note") if _may_void(account, each)],
        refund: [each for each in intents if _refundable(account, each)],
        fail: [each for each in account.all("refund") if _is(each, "succeeded")],
        dispute: [each for each in intents if _may_dispute(account, each)],
        answer: [each for each in disputes if _is(each, "warning_needs_response")],
        decide: [each for each in disputes if _is(each, "needs_response")],
        pay_out: [each for each in account.settles_in if account.unpaid(each)],
        arrive: [each for each in payouts if _is(each, "in_transit")],
    }


def _is(content, status):
    return content["status"] == status


def _of(account, name, intent):
    found, wanted = account.all(name), intent["id"]
    return [each for each in found if each["payment_intent"] == wanted]


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
    if _is(invoice, "void") or any(map(is_returned, payers)):
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


def _may_give_up(account, invoice):
    is_untouched = not _payers(account, invoice) and not _notes(account, invoice)
    return _is(invoice, "open") and is_untouched


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


def bill(draw, account, _nothing=None):
    rates = st.sampled_from((None, *sorted(RATES)))
    line = st.tuples(st.integers(500, 50_000), rates)
    lines = draw(st.lists(line, min_size=1, max_size=2))
    account.bill(draw(st.sampled_from(CURRENCIES)), lines)


def pay(draw, account, invoice):
    amount = _up_to(draw, invoice["amount_remaining"])
    over = 0
    if amount == invoice["amount_remaining"]:
        over = draw(st.sampled_from((0, 0, 0, 2500)))
    account.pay(invoice, amount, over, debit=draw(st.booleans()))


def bounce(_draw, account, intent):
    account.bounce(intent)


def credit(draw, account, invoice):
    most = draw(st.integers(2, _creditable(account, invoice)))
    after = most - invoice["amount_remaining"]
    able = [
        payer
        for payer in _payers(account, invoice)
        if 0 < after <= _refundable(account, payer)
    ]
    account.credit(
        invoice,
        most,
        rate=draw(st.sampled_from((None, *sorted(RATES)))),
        to=draw(st.sampled_from(("balance", "outside"))),
        intent=draw(st.sampled_from((None, *able))),
    )


def explain(_draw, account, refund):
    invoice = _invoice(account, _intent(account, refund))
    account.credit(invoice, refund["amount"], refund=refund)


def give_up(_draw, account, invoice):
    account.give_up(invoice)


def void(_draw, account, note):
    account.void(note)


def refund(draw, account, intent):
    account.refund(intent, _up_to(draw, _refundable(account, intent)))


def fail(_draw, account, refund):
    account.fail(refund)


def dispute(draw, account, intent):
    amount = _up_to(draw, _refundable(account, intent))
    account.dispute(intent, amount, inquiry=draw(st.booleans()))


def answer(draw, account, dispute):
    draw(st.sampled_from((account.drop, account.escalate)))(dispute)


def decide(draw, account, dispute):
    if draw(st.booleans()):
        account.win(dispute, with_fee=draw(st.booleans()))
    else:
        account.lose(dispute)


def pay_out(_draw, account, currency):
    account.pay_out(currency)


def arrive(draw, account, payout):
    draw(st.sampled_from((account.arrive, account.arrive, account.return_payout)))(
        payout
    )


EVERYTHING = (
    pay,
    arrive,
    pay_out,
    refund,
    credit,
    dispute,
    decide,
    answer,
    fail,
    bounce,
    explain,
    bill,
    void,
    give_up,
)
