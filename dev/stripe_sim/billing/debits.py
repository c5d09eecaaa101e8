# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bank debits: the money comes days later, or does not, or is taken back afterwards.

docs.stripe.com/payments/sepa-debit: the PaymentIntent is `processing` and the charge
`pending` until the bank has answered. What the bank returns after that fails the charge
and books a balance transaction of its own; the invoice stays paid.
"""

from stripe_sim.billing.booking import book, charge_fee, settle
from stripe_sim.core.fields import clean_metadata

_DAY = 86400
MESSAGES = {
    "account_closed": "The bank account has been closed.",
    "debit_not_authorized": "The customer has notified their bank that this payment"
    " was unauthorized.",
    "insufficient_funds": "The customer's account has insufficient funds to cover this"
    " payment.",
}
# Stripe's test accounts: number -> what the bank answers.
IBANS = {
    "DE89370400440532013000": None,
    "DE62370400440532013001": "insufficient_funds",
}


def new_debit(world, iban: str, billing_details: dict, params: dict) -> dict:
    fields = {
        "allow_redisplay": params.get("allow_redisplay") or "unspecified",
        "billing_details": billing_details,
        "customer": None,
        "customer_account": None,
        "metadata": clean_metadata(params),
        "sepa_debit": {
            "bank_code": iban[4:12],
            "branch_code": None,
            "country": iban[:2],
            "fingerprint": iban[-16:],
            "generated_from": None,
            "last4": iban[-4:],
        },
        "type": "sepa_debit",
        "_behaviour": {},
        "_decline": None,
        "_refusal": IBANS[iban],
    }
    return world.add("payment_method", fields)


def details(method: dict) -> dict:
    """Of the charge."""
    names = ("bank_code", "branch_code", "country", "fingerprint", "last4")
    shown = {name: method["sepa_debit"][name] for name in names}
    return {
        "type": "sepa_debit",
        "sepa_debit": {**shown, "expected_debit_date": None, "mandate": None},
    }


def begin(world, intent: dict, charge: dict, method: dict, then) -> None:
    """`then` is called with the charge once the bank has answered."""
    intent.update(status="processing", last_payment_error=None)
    charge.update(status="pending", paid=False, receipt_url=None)
    world.emit("payment_intent.processing", intent)
    world.emit("charge.pending", charge)

    def answer():
        if intent["status"] != "processing":
            return
        if method["_refusal"]:
            _refuse(world, intent, charge, method["_refusal"])
        else:
            _succeed(world, intent, charge)
        if then:
            then(charge)

    world.clock.at(world.now() + world.settings.debit_days * _DAY, answer)


def _succeed(world, intent: dict, charge: dict) -> None:
    intent.update(status="succeeded", amount_received=intent["amount"])
    charge.update(status="succeeded", paid=True)
    amount, currency, rate = settle(world, charge["amount"], charge["currency"])
    row = book(
        world,
        kind="payment",
        category="charge",
        amount=amount,
        currency=currency,
        fee=charge_fee(world, amount),
        source=charge["id"],
        exchange_rate=rate,
        description=charge["description"],
    )
    charge["balance_transaction"] = row["id"]
    world.emit("payment_intent.succeeded", intent)
    world.emit("charge.succeeded", charge)


def _refuse(world, intent: dict, charge: dict, code: str) -> None:
    charge.update(
        status="failed",
        paid=False,
        failure_code=code,
        failure_message=MESSAGES[code],
    )
    method = world.store.find("payment_method", charge["payment_method"])
    intent.update(
        status="requires_payment_method",
        amount_received=0,
        payment_method=None,
        last_payment_error={
            "charge": charge["id"],
            "code": code,
            "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
            "message": MESSAGES[code],
            "payment_method": world.show(method),
            "type": "card_error",
        },
    )
    world.emit("payment_intent.payment_failed", intent)
    world.emit("charge.failed", charge)


def return_debit(world, charge: dict, values: dict) -> dict:
    """The bank takes a debit back that had succeeded. Stripe keeps its fee."""
    code = values.get("code", "insufficient_funds")
    if charge["payment_method_details"]["type"] != "sepa_debit" or not charge["paid"]:
        raise ValueError(f"{charge['id']} is no bank debit that has succeeded.")
    if code not in MESSAGES:
        raise ValueError(f"code must be one of {', '.join(MESSAGES)}")
    left = charge["amount"] - charge["amount_refunded"]
    amount, currency, rate = settle(world, left, charge["currency"])
    row = book(
        world,
        kind="payment_failure_refund",
        category="charge_failure",
        amount=-amount,
        currency=currency,
        fee=0,
        source=charge["id"],
        exchange_rate=rate,
        description="PAYMENT FAILURE REFUND",
        at_once=True,
    )
    charge["failure_balance_transaction"] = row["id"]
    intent = world.store.find("payment_intent", charge["payment_intent"])
    _refuse(world, intent, charge, code)
    return charge
