# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tax ids of customers."""

from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import page
from stripe_sim.wire.routes import route

register("tax_id", "txi")
_PAGE = {
    "limit": p.NATURAL,
    "starting_after": p.REQUIRED,
    "ending_before": p.REQUIRED,
}


def add_tax_id(world, customer: dict, kind: str, value: str) -> dict:
    owner = {
        "type": "customer",
        "customer": customer["id"],
        "customer_account": None,
    }
    fields = {
        # An EU number begins with its country, as every kind but a few does.
        "country": value[:2] if value[:2].isalpha() else kind[:2].upper(),
        "customer": customer["id"],
        "customer_account": None,
        "owner": owner,
        "type": kind,
        "value": value,
        "verification": {
            "status": "pending",
            "verified_address": None,
            "verified_name": None,
        },
    }
    return world.create("tax_id", fields, "customer.tax_id.created")


@route(
    "POST",
    "/v1/customers/<id>/tax_ids",
    {"type": p.REQUIRED, "value": p.REQUIRED},
    ("type", "value"),
)
def create(call):
    customer = call.world.get("customer", call.id)
    return add_tax_id(call.world, customer, call.params["type"], call.params["value"])


@route("GET", "/v1/customers/<id>/tax_ids", _PAGE)
def listing(call):
    customer = call.world.get("customer", call.id)
    own = list(reversed(call.world.store.owned("tax_id", customer["id"])))
    return page(call, own, f"/v1/customers/{call.id}/tax_ids")


@route("GET", "/v1/customers/<id>/tax_ids/<tax_id>")
def retrieve(call):
    return call.world.get("tax_id", call.ids["tax_id"])


@route("DELETE", "/v1/customers/<id>/tax_ids/<tax_id>")
def delete(call):
    tax_id = call.world.get("tax_id", call.ids["tax_id"])
    call.world.emit("customer.tax_id.deleted", tax_id)
    call.world.store.remove(tax_id)
    return {"id": tax_id["id"], "object": "tax_id", "deleted": True}
