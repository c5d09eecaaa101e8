# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A random balance of Stripe's: charges, refunds, disputes and payouts that add up, as
integers; and the payloads that tell of them, in the pinned version and in older ones.
"""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st
from quote_to_cash.canonical.currency import (
    THREE_DECIMAL,
    TWO_DECIMAL,
    ZERO_DECIMAL,
    payout_step,
    step,
)

MARCH = 1772323200
# The names that balance transactions have had before and after there were reporting
# categories, where they are the same.
STABLE_CATEGORIES = ("charge", "refund", "payout", "refund_failure")

currencies = st.sampled_from(sorted(TWO_DECIMAL | ZERO_DECIMAL | THREE_DECIMAL))


@dataclass
class Movement:
    """One balance transaction: ``amount`` less ``fee``, in the settlement's currency,
    of ``gross`` in the charge's."""

    id: str
    category: str
    source: str
    gross: int
    amount: int
    fee: int

    @property
    def net(self):
        return self.amount - self.fee


@dataclass
class Balance:
    """``currency`` of the charges, settled in ``settlement``. ``charges``: [(charge,
    [the refund, dispute or return of it])]. A payout pays ``paid_out`` and leaves
    ``carried``, which is less than the smallest payout."""

    currency: str
    settlement: str
    charges: list
    paid_out: int
    payout_fee: int
    carried: int

    @property
    def movements(self):
        return [each for charge, others in self.charges for each in (charge, *others)]

    @property
    def own(self):
        return Movement("txn_po", "payout", "po_1", 0, -self.paid_out, self.payout_fee)


@st.composite
def balances(draw):
    currency = draw(currencies)
    settlement = draw(st.just(currency) | currencies)
    rate = 1 if currency == settlement else draw(st.fractions(Fraction(1, 200), 200))
    charges = []
    for number in range(draw(st.integers(1, 6))):
        charges.append(_charge(draw, number, currency, settlement, rate))
    net = sum(each.net for charge, others in charges for each in (charge, *others))
    smallest = step(settlement)
    payout_fee = smallest * draw(st.integers(0, max(0, net // 100 // smallest)))
    left = net - payout_fee
    whole = payout_step(settlement) if payout_step(settlement) > step(settlement) else 1
    # Towards zero, be it that the bank pays.
    paid_out = abs(left) // whole * whole * (1 if left > 0 else -1)
    return Balance(currency, settlement, charges, paid_out, payout_fee, left - paid_out)


def _charge(draw, number, currency, settlement, rate):
    smallest = step(currency)
    gross = smallest * draw(st.integers(1, 10**7))
    charge = Movement(
        f"txn_{number}",
        "charge",
        f"ch_{number}",
        gross,
        _settled(gross, rate, settlement),
        step(settlement) * draw(st.integers(0, 10**4)),
    )
    others = []
    for place in range(draw(st.integers(0, 2))):
        part = smallest * draw(st.integers(1, gross // smallest))
        # A rate of its own: that of the day.
        moved = _settled(
            part, rate * draw(st.fractions(Fraction(9, 10), 1)), settlement
        )
        category, sign, fee = draw(
            st.sampled_from(
                [
                    ("refund", -1, 0),
                    ("refund_failure", 1, 0),
                    ("dispute", -1, 15),
                    ("dispute_reversal", 1, -15),
                    ("charge_failure", -1, 7),
                ]
            )
        )
        id, source = f"txn_{number}_{place}", f"src_{number}_{place}"
        fee *= step(settlement)
        others.append(Movement(id, category, source, part, sign * moved, fee))
    return charge, others


def _settled(gross, rate, settlement):
    smallest = step(settlement)
    return smallest * max(1, round(gross * rate / smallest))


# ----------------------------------------------------------------------
# PAYLOADS
# ----------------------------------------------------------------------


def transaction(balance, movement, **values):
    exchanged = balance.currency != balance.settlement and movement.gross
    rate = round(abs(movement.amount) / movement.gross, 6) if exchanged else None
    return {
        "id": movement.id,
        "object": "balance_transaction",
        "amount": movement.amount,
        "available_on": MARCH + 86400,
        "created": MARCH,
        "currency": balance.settlement.lower(),
        "description": None,
        "exchange_rate": rate,
        "fee": movement.fee,
        "net": movement.net,
        "reporting_category": movement.category,
        "source": movement.source,
        "status": "pending",
        "type": movement.category,
        **values,
    }


def old_transaction(balance, movement):
    """Before there were reporting categories; the source came expanded."""
    content = transaction(balance, movement, source={"id": movement.source})
    del content["reporting_category"]
    return content


def charge(balance, movement, **values):
    return {
        "id": movement.source,
        "object": "charge",
        "amount": movement.gross,
        "amount_captured": movement.gross,
        "balance_transaction": transaction(balance, movement),
        "captured": True,
        "created": MARCH,
        "currency": balance.currency.lower(),
        "customer": "cus_1",
        "failure_balance_transaction": None,
        "failure_message": None,
        "metadata": {},
        "payment_intent": f"pi_{movement.source}",
        "payment_method_details": {"type": "card"},
        "status": "succeeded",
        **values,
    }


def invoice_payments(balance, movement, parts):
    return [
        {
            "id": f"inpay_{number}",
            "object": "invoice_payment",
            "amount_paid": part,
            "currency": balance.currency.lower(),
            "invoice": f"in_{number}",
            "payment": {
                "type": "payment_intent",
                "payment_intent": f"pi_{movement.source}",
            },
            "status": "paid",
            "status_transitions": {"paid_at": MARCH},
        }
        for number, part in enumerate(parts)
    ]


def intent(balance, movement, parts, **values):
    return {
        "id": f"pi_{movement.source}",
        "object": "payment_intent",
        "amount": movement.gross,
        "amount_received": movement.gross,
        "created": MARCH,
        "currency": balance.currency.lower(),
        "customer": "cus_1",
        "invoice_payments": invoice_payments(balance, movement, parts),
        "last_payment_error": None,
        "latest_charge": charge(balance, movement),
        "metadata": {},
        "payment_method_types": ["card"],
        "status": "succeeded",
        **values,
    }


def old_payments(balance, movement):
    """The same payment of one invoice, in full, in the shapes that it had until
    2025-03-31, until 2022-11-15, and as its charge."""
    named = {"invoice": "in_0", "invoice_payments": None}
    latest = charge(balance, movement)
    listed = {"latest_charge": None, "charges": {"data": [latest]}}
    expanded = {"invoice": {"id": "in_0", "object": "invoice"}}
    return [
        intent(balance, movement, (), **named),
        intent(balance, movement, (), **named, **listed),
        charge(balance, movement, **expanded),
        charge(
            balance,
            movement,
            invoice_payments=invoice_payments(balance, movement, [movement.gross]),
        ),
    ]


def refund(balance, payment, movement, **values):
    return {
        "id": movement.source,
        "object": "refund",
        "amount": movement.gross,
        "balance_transaction": movement.id,
        "charge": payment.source,
        "created": MARCH,
        "currency": balance.currency.lower(),
        "metadata": {},
        "payment_intent": f"pi_{payment.source}",
        "reason": None,
        "status": "succeeded",
        **values,
    }


def old_refunds(balance, payment, movement):
    """Expanded; of a charge that names its intent; without a status."""
    whole = charge(balance, payment)
    return [
        refund(
            balance,
            payment,
            movement,
            balance_transaction=transaction(balance, movement),
            charge=whole,
        ),
        refund(balance, payment, movement, charge=whole, payment_intent=None),
        refund(balance, payment, movement, status=None),
    ]


def dispute(balance, payment, moved, **values):
    return {
        "id": "dp_1",
        "object": "dispute",
        "amount": payment.gross,
        "balance_transactions": [transaction(balance, each) for each in moved],
        "charge": payment.source,
        "created": MARCH,
        "currency": balance.currency.lower(),
        "metadata": {},
        "payment_intent": f"pi_{payment.source}",
        "payment_method_details": {"card": {"network_reason_code": "10.4"}},
        "reason": "fraudulent",
        "status": "needs_response",
        **values,
    }


def old_disputes(balance, payment, moved):
    """By their ids; the first one apart; the network's code told of the dispute."""
    ids = [each.id for each in moved]
    code = {"payment_method_details": None, "network_reason_code": "10.4"}
    return [
        dispute(balance, payment, (), balance_transactions=ids),
        dispute(balance, payment, moved, balance_transaction=ids[0] if ids else None),
        dispute(balance, payment, moved, **code),
    ]


def payout(balance, transactions, **values):
    return {
        "id": "po_1",
        "object": "payout",
        "amount": balance.paid_out,
        "arrival_date": MARCH + 86400,
        "automatic": True,
        "balance_transaction": transaction(balance, balance.own),
        "balance_transactions": transactions,
        "created": MARCH,
        "currency": balance.settlement.lower(),
        "description": "STRIPE PAYOUT",
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "completed",
        "status": "paid",
        **values,
    }
