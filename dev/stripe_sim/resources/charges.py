# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Charges, as PaymentIntents make them."""

from stripe_sim.core.fields import apply
from stripe_sim.core.present import list_object
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by
from stripe_sim.wire.routes import route, serve_reads


def _refunds(world, charge: dict) -> dict:
    rows = world.store.having("refund", "charge", charge["id"])
    ids = [row["id"] for row in reversed(rows)]
    return list_object(world, ids, f"/v1/charges/{charge['id']}/refunds")


register("charge", "ch", includable={"refunds": _refunds})


@route(
    "POST",
    "/v1/charges/<id>",
    {
        "description": p.TEXT,
        "metadata": p.METADATA,
        "receipt_email": p.TEXT,
        "transfer_group": p.TEXT,
        "shipping": p.ANYTHING,
        **p.unsupported("fraud_details", "customer"),
    },
)
def update(call):
    charge = call.world.get("charge", call.id)
    with call.world.changing(charge, "charge.updated"):
        names = ("description", "receipt_email", "transfer_group", "shipping")
        apply(charge, call.params, *names)
    return charge


serve_reads(
    "charge",
    "/v1/charges",
    {
        "customer": by("customer"),
        "payment_intent": by("payment_intent"),
        "transfer_group": by("transfer_group"),
        "created": CREATED,
    },
)
