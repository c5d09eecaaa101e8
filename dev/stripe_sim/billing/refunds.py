# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Giving the money of a charge back, and what becomes of it."""

from stripe_sim.billing.booking import book, settle
from stripe_sim.billing.disputes import check_refundable
from stripe_sim.core import errors

_DAY = 86400


def refund_charge(world, charge: dict, wanted: int | None, **given) -> dict:
    """Refund `wanted` minor units, or all that is left; `given` overrides fields."""
    check_refundable(world, charge)
    amount = _amount(charge, wanted)
    method = charge["payment_method_details"]["type"]
    outcome = charge["_behaviour"].get("refund")
    fields = {**_fields(charge, amount), **given}
    if outcome == "pending":
        fields.update(status="pending", pending_reason="processing")
    refund = world.add("refund", fields)
    refund["balance_transaction"] = _book(world, refund, method)["id"]
    with world.changing(charge, "charge.refunded"):
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.emit("refund.created", refund)
    if outcome:
        end = _complete if outcome == "pending" else _fail_if_there
        due = world.now() + world.settings.refund_days * _DAY
        world.clock.at(due, lambda: end(world, refund))
    return refund


def _complete(world, refund: dict) -> None:
    if refund["status"] == "pending" and world.store.holds(refund):
        with world.changing(refund, "refund.updated"):
            refund["status"] = "succeeded"
            refund.pop("pending_reason")


def _fail_if_there(world, refund: dict) -> None:
    if refund["status"] == "succeeded" and world.store.holds(refund):
        fail_refund(world, refund, {})


def _amount(charge: dict, wanted: int | None) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if not charge["paid"] or not left:
        raise errors.invalid(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
        )
    if wanted and wanted > left:
        raise errors.invalid(
            f"Refund amount ({wanted}) is greater than unrefunded amount on charge"
            f" ({left})",
            "amount",
        )
    return wanted or left


def _fields(charge: dict, amount: int) -> dict:
    return {
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": _destination(charge),
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _book(world, refund: dict, method: str) -> dict:
    """Stripe keeps the fee of the charge and takes none for the refund."""
    amount, currency, rate = settle(world, refund["amount"], refund["currency"])
    return book(
        world,
        kind="refund" if method == "card" else "payment_refund",
        category="refund",
        amount=-amount,
        currency=currency,
        fee=0,
        source=refund["id"],
        exchange_rate=rate,
        description="REFUND FOR CHARGE",
        at_once=True,
    )


def _destination(charge: dict) -> dict | None:
    if charge["payment_method_details"]["type"] != "card":
        return None
    card = {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    return {"card": card, "type": "card"}


# docs.stripe.com/api/refunds/object#refund_object-failure_reason
FAILURES = (
    "lost_or_stolen_card",
    "expired_or_canceled_card",
    "charge_for_pending_refund_disputed",
    "insufficient_funds",
    "declined",
    "merchant_request",
    "unknown",
)


def fail_refund(world, refund: dict, values: dict) -> dict:
    """The bank cannot give it on: the money is back in the balance."""
    reason = values.get("reason", "expired_or_canceled_card")
    if reason not in FAILURES:
        raise ValueError(f"reason must be one of {', '.join(FAILURES)}")
    if refund["status"] not in ("succeeded", "pending"):
        raise ValueError(f"{refund['id']} is {refund['status']} already.")
    taken = world.store.find("balance_transaction", refund["balance_transaction"])
    back = book(
        world,
        kind="refund_failure",
        amount=-taken["amount"],
        currency=taken["currency"],
        fee=0,
        source=refund["id"],
        exchange_rate=taken["exchange_rate"],
        description="REFUND FAILURE",
        at_once=True,
    )
    with world.changing(refund, "refund.updated"):
        refund.update(
            status="failed",
            pending_reason=None,
            failure_reason=reason,
            failure_balance_transaction=back["id"],
        )
    charge = world.store.find("charge", refund["charge"])
    with world.changing(charge, "charge.updated"):
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
    world.emit("refund.failed", refund)
    return refund
