# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Changes of a customer's credit balance."""

from stripe_sim.billing.balance import move_balance
from stripe_sim.core.fields import clean_metadata
from stripe_sim.core.types import register
from stripe_sim.money.currencies import check_currency
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by, list_page
from stripe_sim.wire.routes import route

register("customer_balance_transaction", "cbtxn", label="balance transaction")
_PATH = "/v1/customers/<id>/balance_transactions"


@route(
    "POST",
    _PATH,
    {
        "amount": p.INTEGER,
        "currency": p.REQUIRED,
        "description": p.TEXT,
        "metadata": p.METADATA,
    },
    ("amount", "currency"),
)
def create(call):
    customer = call.world.get("customer", call.id)
    return move_balance(
        call.world,
        customer,
        call.params["amount"],
        "adjustment",
        currency=check_currency(call.params["currency"]),
        description=call.params.get("description"),
        metadata=clean_metadata(call.params),
    )


@route(
    "GET",
    _PATH,
    {
        "limit": p.NATURAL,
        "starting_after": p.REQUIRED,
        "ending_before": p.REQUIRED,
        "created": p.RANGE,
        "invoice": p.TEXT,
    },
)
def listing(call):
    own = call.world.store.owned("customer_balance_transaction", call.id)
    filters = {"created": CREATED, "invoice": by("invoice")}
    return list_page(call, own, filters, _PATH.replace("<id>", call.id))


@route("GET", _PATH + "/<transaction>")
def retrieve(call):
    return call.world.get("customer_balance_transaction", call.ids["transaction"])
