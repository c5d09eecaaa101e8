# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Billing credits: grants, their transactions, and what a customer has of them."""

from stripe_sim.billing.credit_grants import (
    GRANT,
    TRANSACTION,
    end_grant,
    is_usable,
    left_of,
    move,
)
from stripe_sim.billing.metering import is_metered
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.money.currencies import check_currency
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import by
from stripe_sim.wire.routes import route, serve_reads

register(GRANT, "credgr", label="credit grant")
_PATH = "/v1/billing/credit_grants"
_UPDATED = f"{GRANT}.updated"

_AMOUNT = p.Hash(
    {
        "monetary": p.Hash(
            {"currency": p.REQUIRED, "value": p.Integer(low=1)}, ("currency", "value")
        ),
        "type": p.Only(p.TEXT, "monetary"),
    },
    ("type", "monetary"),
)
_SCOPE = p.Hash(
    {
        "price_type": p.Only(p.TEXT, "metered"),
        "prices": p.ListOf(p.Hash({"id": p.REQUIRED}, ("id",)), 20),
    }
)


@route(
    "POST",
    _PATH,
    {
        "amount": _AMOUNT,
        "applicability_config": p.Hash({"scope": _SCOPE}, ("scope",)),
        "category": p.OneOf("paid", "promotional"),
        "customer": p.REQUIRED,
        "effective_at": p.TIMESTAMP,
        "expires_at": p.TIMESTAMP,
        "metadata": p.METADATA,
        "name": p.TEXT,
        "priority": p.Integer(low=0),
        **p.unsupported("customer_account"),
    },
    ("amount", "applicability_config", "customer"),
)
def create(call):
    world, params = call.world, call.params
    world.get("customer", params["customer"], "customer")
    monetary = params["amount"]["monetary"]
    priority = params.get("priority")
    fields = {
        "amount": {
            "monetary": {
                "currency": check_currency(monetary["currency"]),
                "value": monetary["value"],
            },
            "type": "monetary",
        },
        "applicability_config": {"scope": _scope(world, params)},
        "category": params.get("category") or "paid",
        "customer": params["customer"],
        "customer_account": None,
        "effective_at": params.get("effective_at") or world.now(),
        "expires_at": params.get("expires_at"),
        "metadata": clean_metadata(params),
        "name": params.get("name"),
        "priority": 50 if priority is None else priority,
        "test_clock": None,
        "updated": world.now(),
        "voided_at": None,
    }
    grant = world.create(GRANT, fields, f"{GRANT}.created")
    move(world, grant, "credit", "credits_granted", monetary["value"])
    _plan_expiry(world, grant)
    return grant


def _scope(world, params: dict) -> dict:
    """What it is for, as Stripe shows it: by kind or by name."""
    scope = params["applicability_config"]["scope"]
    named = scope.get("prices")
    path = "applicability_config[scope]"
    if bool(named) == bool(scope.get("price_type")):
        raise errors.invalid("You must pass one of `price_type` and `prices`.", path)
    for entry in named or ():
        if not is_metered(world.get("price", entry["id"], f"{path}[prices]")):
            raise errors.invalid(
                f"The price {entry['id']} is not metered.", f"{path}[prices]"
            )
    return {"prices": named} if named else {"price_type": "metered"}


def _plan_expiry(world, grant: dict) -> None:
    due = grant["expires_at"]

    def work():
        if grant["expires_at"] == due and grant["voided_at"] is None:
            end_grant(world, grant, "credits_expired")

    if due is not None:
        world.clock.at(due, work)


@route(
    "POST", f"{_PATH}/<id>", {"expires_at": p.Timestamp("now"), "metadata": p.METADATA}
)
def update(call):
    world, grant = call.world, call.world.get(GRANT, call.id)
    with world.changing(grant, _UPDATED):
        apply(grant, {k: v for k, v in call.params.items() if k == "metadata"})
        if "expires_at" in call.params:
            wanted = call.params["expires_at"]
            grant["expires_at"] = world.now() if wanted == "now" else wanted
        grant["updated"] = world.now()
    _plan_expiry(world, grant)
    return grant


@route("POST", f"{_PATH}/<id>/expire")
def expire(call):
    world, grant = call.world, call.world.get(GRANT, call.id)
    with world.changing(grant, _UPDATED):
        grant["expires_at"] = grant["updated"] = world.now()
    end_grant(world, grant, "credits_expired")
    return grant


@route("POST", f"{_PATH}/<id>/void")
def void(call):
    """Only as long as none of it was used."""
    world, grant = call.world, call.world.get(GRANT, call.id)
    if left_of(world, grant) != grant["amount"]["monetary"]["value"]:
        raise errors.invalid("This credit grant has been used and cannot be voided.")
    with world.changing(grant, _UPDATED):
        grant["voided_at"] = grant["updated"] = world.now()
    end_grant(world, grant, "credits_voided")
    return grant


@route(
    "GET",
    "/v1/billing/credit_balance_summary",
    {
        "customer": p.REQUIRED,
        "filter": p.Hash(
            {
                "type": p.OneOf("applicability_scope", "credit_grant"),
                "applicability_scope": _SCOPE,
                "credit_grant": p.TEXT,
            },
            ("type",),
        ),
    },
    ("customer", "filter"),
)
def summary(call):
    """By currency; the filter by scope is that of all metered prices."""
    world, params = call.world, call.params
    wanted = params["filter"].get("credit_grant")
    sums: dict[str, list[int]] = {}
    for grant in world.store.owned(GRANT, params["customer"]):
        if wanted and grant["id"] != wanted:
            continue
        left = left_of(world, grant)
        found = sums.setdefault(grant["amount"]["monetary"]["currency"], [0, 0])
        found[0] += left if is_usable(grant, world.now()) else 0
        found[1] += left
    return {
        "object": "billing.credit_balance_summary",
        "balances": [
            {
                "available_balance": _money(currency, available),
                "ledger_balance": _money(currency, ledger),
            }
            for currency, (available, ledger) in sums.items()
        ],
        "customer": params["customer"],
        "customer_account": None,
        "livemode": world.livemode,
    }


def _money(currency: str, value: int) -> dict:
    return {"monetary": {"currency": currency, "value": value}, "type": "monetary"}


serve_reads(GRANT, _PATH, {"customer": by("customer")})
serve_reads(
    TRANSACTION,
    "/v1/billing/credit_balance_transactions",
    {"customer": by("_customer"), "credit_grant": by("credit_grant")},
)
