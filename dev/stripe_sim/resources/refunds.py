# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Refunds of charges to the card."""

from stripe_sim.billing.refunds import refund_charge
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
    params = call.params
    return refund_charge(
        call.world,
        _charge(call.world, params),
        params.get("amount"),
        metadata=clean_metadata(params),
        reason=params.get("reason"),
    )


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
