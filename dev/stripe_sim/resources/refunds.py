# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Refunds of charges to the card."""

from stripe_sim.billing.booking import book, settle
from stripe_sim.billing.disputes import check_refundable
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by
from stripe_sim.wire.routes import route, serve_reads

register("refund", "re", omits=("livemode",))

_REASONS = p.OneOf("duplicate", "fraudulent", "requested_by_customer")


@route(
    "POST",
    "/v1/refunds",
    {
        "charge": p.REQUIRED,
        "payment_intent": p.REQUIRED,
        "amount": p.Integer(low=1),
        "reason": _REASONS,
        "metadata": p.METADATA,
        **p.unsupported(
            "currency",
            "customer",
            "instructions_email",
            "origin",
            "refund_application_fee",
            "reverse_transfer",
        ),
    },
)
def create(call):
    world, params = call.world, call.params
    charge = _charge(world, params)
    check_refundable(world, charge)
    amount = _amount(charge, params.get("amount"))
    refund = world.add("refund", _fields(charge, amount, params))
    refund["balance_transaction"] = _book(world, refund, charge)["id"]
    with world.changing(charge, "charge.refunded"):
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.emit("refund.created", refund)
    return refund


def _charge(world, params: dict) -> dict:
    if params.get("charge"):
        return world.get("charge", params["charge"], "charge", 404)
    if not params.get("payment_intent"):
        raise errors.invalid(
            "One of the following params should be provided for this request:"
            " payment_intent or charge.",
            code="parameter_missing",
        )
    intent = world.get("payment_intent", params["payment_intent"], "payment_intent")
    if not intent["latest_charge"]:
        raise errors.invalid(
            f"The PaymentIntent {intent['id']} does not have a successful charge to"
            " refund.",
            "payment_intent",
        )
    return world.get("charge", intent["latest_charge"])


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


def _fields(charge: dict, amount: int, params: dict) -> dict:
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
        "metadata": clean_metadata(params),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _book(world, refund: dict, charge: dict) -> dict:
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


@route("POST", "/v1/refunds/<id>", {"metadata": p.METADATA})
def update(call):
    refund = call.world.get("refund", call.id)
    with call.world.changing(refund, "refund.updated"):
        apply(refund, call.params)
    return refund


serve_reads(
    "refund",
    "/v1/refunds",
    {
        "charge": by("charge"),
        "payment_intent": by("payment_intent"),
        "created": CREATED,
    },
)
