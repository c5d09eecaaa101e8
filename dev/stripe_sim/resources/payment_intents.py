# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""PaymentIntents made by the caller (invoices make their own)."""

from stripe_sim.billing.charging import cancel, confirm, decline_error, new_intent
from stripe_sim.billing.payment_methods import find_method
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.money.currencies import check_amount, check_currency
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by, unsupported
from stripe_sim.wire.routes import route, serve_reads

register("payment_intent", "pi", label="payment_intent")

_KEPT = (
    "description",
    "receipt_email",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
    "setup_future_usage",
)
_IGNORED = p.stored(
    "automatic_payment_methods",
    "payment_method_types",
    "allowed_payment_method_types",
    "excluded_payment_method_types",
    "payment_method_options",
    "payment_method_configuration",
    "payment_details",
    "amount_details",
    "confirmation_method",
    "off_session",
    "radar_options",
    "return_url",
    "error_on_requires_action",
    "use_stripe_sdk",
    "mandate",
    "mandate_data",
    "hooks",
)
_CREATE = {
    "amount": p.Integer(low=1),
    "currency": p.REQUIRED,
    "customer": p.REQUIRED,
    "payment_method": p.REQUIRED,
    "confirm": p.FLAG,
    "metadata": p.METADATA,
    "capture_method": p.Only(p.TEXT, "automatic", "automatic_async"),
    **{name: p.ANYTHING for name in _KEPT},
    **_IGNORED,
    **p.unsupported(
        "application_fee_amount",
        "confirmation_token",
        "customer_account",
        "on_behalf_of",
        "payment_method_data",
        "transfer_data",
    ),
}


@route("POST", "/v1/payment_intents", _CREATE, ("amount", "currency"))
def create(call):
    world, params = call.world, call.params
    currency = check_currency(params["currency"])
    check_amount(params["amount"], currency, "amount")
    given = {name: params[name] for name in _KEPT if name in params}
    if params.get("customer"):
        given["customer"] = world.get("customer", params["customer"], "customer")["id"]
    if params.get("payment_method"):
        given["payment_method"] = find_method(world, params["payment_method"])["id"]
    intent = new_intent(
        world, params["amount"], currency, metadata=clean_metadata(params), **given
    )
    return _confirm(world, intent) if params.get("confirm") else intent


def _confirm(world, intent: dict) -> dict:
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise _unexpected(intent, "confirmed")
    if not intent["payment_method"]:
        raise errors.invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment"
            " method.",
            code="payment_intent_unexpected_state",
        )
    charge = confirm(world, intent, find_method(world, intent["payment_method"]))
    if charge["status"] == "failed":
        raise decline_error(world, intent)
    return intent


def _unexpected(intent: dict, verb: str):
    return errors.invalid(
        f"This PaymentIntent could not be {verb} because it has a status of"
        f" {intent['status']}.",
        code="payment_intent_unexpected_state",
    )


@route(
    "POST",
    "/v1/payment_intents/<id>/confirm",
    {
        "payment_method": p.REQUIRED,
        "receipt_email": p.TEXT,
        "shipping": p.ANYTHING,
        "setup_future_usage": p.ANYTHING,
        "capture_method": p.Only(p.TEXT, "automatic", "automatic_async"),
        **_IGNORED,
        **p.unsupported(
            "amount_to_confirm", "confirmation_token", "payment_method_data"
        ),
    },
)
def confirm_call(call):
    intent = call.world.get("payment_intent", call.id)
    if call.params.get("payment_method"):
        method = find_method(call.world, call.params["payment_method"])
        intent["payment_method"] = method["id"]
    return _confirm(call.world, intent)


@route("POST", "/v1/payment_intents/<id>/cancel", {"cancellation_reason": p.TEXT})
def cancel_call(call):
    intent = call.world.get("payment_intent", call.id)
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise _unexpected(intent, "canceled")
    cancel(call.world, intent, call.params.get("cancellation_reason"))
    return intent


@route(
    "POST",
    "/v1/payment_intents/<id>",
    {
        "amount": p.Integer(low=1),
        "customer": p.REQUIRED,
        "payment_method": p.REQUIRED,
        "metadata": p.METADATA,
        **{name: p.ANYTHING for name in _KEPT},
    },
)
def update(call):
    intent = call.world.get("payment_intent", call.id)
    names = ("amount", "customer", "payment_method", *_KEPT)
    apply(intent, call.params, *names)
    return intent


serve_reads(
    "payment_intent",
    "/v1/payment_intents",
    {
        "customer": by("customer"),
        "created": CREATED,
        **unsupported("customer_account"),
    },
)
