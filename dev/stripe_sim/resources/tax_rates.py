# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tax rates set by hand."""

from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.money.rounding import plain_number
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by
from stripe_sim.wire.routes import route, serve_reads

register("tax_rate", "txr")

_UPDATE = {
    "active": p.FLAG,
    "country": p.TEXT,
    "description": p.TEXT,
    "display_name": p.REQUIRED,
    "jurisdiction": p.TEXT,
    "metadata": p.METADATA,
    "state": p.TEXT,
    "tax_type": p.TEXT,
}
_CREATE = {**_UPDATE, "inclusive": p.FLAG, "percentage": p.NUMBER}


@route("POST", "/v1/tax_rates", _CREATE, ("display_name", "inclusive", "percentage"))
def create(call):
    params = call.params
    fields = {
        "active": params.get("active", True),
        "country": params.get("country"),
        "description": params.get("description"),
        "display_name": params["display_name"],
        "effective_percentage": None,
        "flat_amount": None,
        "inclusive": params["inclusive"],
        "jurisdiction": params.get("jurisdiction"),
        "jurisdiction_level": None,
        "metadata": clean_metadata(params),
        "percentage": plain_number(params["percentage"]),
        "rate_type": "percentage",
        "state": params.get("state"),
        "tax_type": params.get("tax_type"),
    }
    return call.world.create("tax_rate", fields, "tax_rate.created")


@route("POST", "/v1/tax_rates/<id>", _UPDATE)
def update(call):
    rate = call.world.get("tax_rate", call.id)
    with call.world.changing(rate, "tax_rate.updated"):
        apply(rate, call.params, *(name for name in _UPDATE if name != "metadata"))
    return rate


serve_reads(
    "tax_rate",
    "/v1/tax_rates",
    {
        "active": by("active", p.FLAG),
        "created": CREATED,
        "inclusive": by("inclusive", p.FLAG),
    },
)
