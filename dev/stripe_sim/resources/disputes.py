# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Disputes; the control API opens and decides them (`billing/disputes.py`)."""

from stripe_sim.billing.disputes import EVIDENCE, accept, decide, respond
from stripe_sim.core.fields import apply
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by
from stripe_sim.wire.routes import route, serve_reads

register("dispute", "dp", embedded=("balance_transactions",))

_EVIDENCE = p.Hash(
    {**{name: p.TEXT for name in EVIDENCE}, **p.unsupported("enhanced_evidence")}
)


@route(
    "POST",
    "/v1/disputes/<id>",
    {
        "evidence": _EVIDENCE,
        "metadata": p.METADATA,
        "submit": p.FLAG,
        **p.unsupported("intended_submission_method"),
    },
)
def update(call):
    dispute = call.world.get("dispute", call.id)
    with call.world.changing(dispute, "charge.dispute.updated"):
        if "evidence" in call.params:
            respond(call.world, dispute, call.params)
        apply(dispute, call.params)
    decide(call.world, dispute)
    return dispute


@route("POST", "/v1/disputes/<id>/close")
def close(call):
    dispute = call.world.get("dispute", call.id)
    accept(call.world, dispute)
    return dispute


serve_reads(
    "dispute",
    "/v1/disputes",
    {
        "charge": by("charge"),
        "payment_intent": by("payment_intent"),
        "created": CREATED,
    },
)
