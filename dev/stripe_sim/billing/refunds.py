# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Giving the money of a charge back."""

from stripe_sim.billing.booking import book, settle
from stripe_sim.billing.disputes import check_refundable
from stripe_sim.core import errors


def refund_charge(world, charge: dict, wanted: int | None, **given) -> dict:
    """Refund `wanted` minor units, or all that is left; `given` overrides fields."""
    check_refundable(world, charge)
    amount = _amount(charge, wanted)
    refund = world.add("refund", {**_fields(charge, amount), **given})
    refund["balance_transaction"] = _book(world, refund)["id"]
    with world.changing(charge, "charge.refunded"):
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.emit("refund.created", refund)
    return refund


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
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _book(world, refund: dict) -> dict:
    """Stripe keeps the fee of the charge and takes none for the refund."""
    amount, currency, rate = settle(world, refund["amount"], refund["currency"])
    return book(
        world,
        kind="refund",
        amount=-amount,
        currency=currency,
        fee=0,
        source=refund["id"],
        exchange_rate=rate,
        description="REFUND FOR CHARGE",
    )
