# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payouts; the automatic ones are made by the clock (`billing/payouts.py`)."""

from stripe_sim.billing.payouts import cancel, pay_by_hand
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.money.currencies import check_currency
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by, within
from stripe_sim.wire.routes import route, serve_reads

register("payout", "po")


@route(
    "POST",
    "/v1/payouts",
    {
        "amount": p.Integer(low=1),
        "currency": p.REQUIRED,
        "description": p.TEXT,
        "metadata": p.METADATA,
        "method": p.OneOf("standard", "instant"),
        "source_type": p.Only(p.TEXT, "card"),
        "statement_descriptor": p.Text(limit=22),
        **p.unsupported("destination", "payout_method"),
    },
    ("amount", "currency"),
)
def create(call):
    params = call.params
    return pay_by_hand(
        call.world,
        params["amount"],
        check_currency(params["currency"]),
        params.get("method") or "standard",
        description=params.get("description"),
        metadata=clean_metadata(params),
        statement_descriptor=params.get("statement_descriptor"),
    )


@route("POST", "/v1/payouts/<id>", {"metadata": p.METADATA})
def update(call):
    payout = call.world.get("payout", call.id)
    with call.world.changing(payout, "payout.updated"):
        apply(payout, call.params)
    return payout


@route("POST", "/v1/payouts/<id>/cancel")
def cancel_call(call):
    payout = call.world.get("payout", call.id)
    cancel(call.world, payout)
    return payout


serve_reads(
    "payout",
    "/v1/payouts",
    {
        "arrival_date": within("arrival_date"),
        "created": CREATED,
        "destination": by("destination"),
        "status": by("status"),
    },
)
