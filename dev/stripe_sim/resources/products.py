# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Products."""

from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, Filter, by, one_of
from stripe_sim.wire.routes import route, serve_reads

register("product", "prod")

_UPDATE = {
    "name": p.REQUIRED,
    "active": p.FLAG,
    "description": p.TEXT,
    "images": p.IDS,
    "metadata": p.METADATA,
    "default_price": p.REQUIRED,
    "marketing_features": p.ANYTHING,
    "package_dimensions": p.ANYTHING,
    "shippable": p.FLAG,
    "statement_descriptor": p.TEXT,
    "tax_code": p.TEXT,
    "unit_label": p.TEXT,
    "url": p.TEXT,
    **p.unsupported("tax_details"),
}
_CREATE = {
    **_UPDATE,
    "id": p.REQUIRED,
    "type": p.OneOf("good", "service"),
    **p.unsupported("default_price_data"),
}
_PLAIN = (
    "name",
    "active",
    "description",
    "images",
    "default_price",
    "marketing_features",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)


def new_product(world, params: dict, quiet: bool = False) -> dict:
    """`quiet`: made by Stripe for an amount; listed nowhere, told to nobody."""
    identifier = params.get("id")
    if identifier and world.store.find("product", identifier):
        raise errors.invalid(
            f"Product already exists: {identifier}", "id", "resource_already_exists"
        )
    fields = {
        "active": True,
        "default_price": None,
        "description": None,
        "images": [],
        "marketing_features": [],
        "metadata": clean_metadata(params),
        "name": None,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": params.get("type") or "service",
        "unit_label": None,
        "updated": world.now(),
        "url": None,
    }
    apply(fields, params, *_PLAIN)
    if quiet:
        return world.add("product", {**fields, "_hidden": True})
    return world.create("product", fields, "product.created", identifier)


@route("POST", "/v1/products", _CREATE, ("name",))
def create(call):
    if call.params.get("default_price"):
        raise errors.unknown_params(["default_price"])
    return new_product(call.world, call.params)


@route("POST", "/v1/products/<id>", _UPDATE)
def update(call):
    product = call.world.get("product", call.id)
    if call.params.get("default_price"):
        call.world.get("price", call.params["default_price"], "default_price")
    with call.world.changing(product, "product.updated"):
        apply(product, call.params, *_PLAIN)
        product["updated"] = call.world.now()
    return product


@route("DELETE", "/v1/products/<id>")
def delete(call):
    world = call.world
    product = world.get("product", call.id)
    if any(price["product"] == product["id"] for price in world.store.all("price")):
        raise errors.invalid(
            "This product cannot be deleted because it has one or more user-created"
            " prices."
        )
    world.store.remove(product)
    world.emit("product.deleted", product)
    return {"id": product["id"], "object": "product", "deleted": True}


serve_reads(
    "product",
    "/v1/products",
    {
        "active": by("active", p.FLAG),
        "created": CREATED,
        "ids": Filter(p.IDS, one_of("id").keeps),
        "shippable": by("shippable", p.FLAG),
        "url": by("url"),
        "type": by("type"),
    },
)
