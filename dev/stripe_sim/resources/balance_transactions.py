# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Balance transactions and the balance they add up to."""

from stripe_sim.core import errors
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, Filter, by, candidates
from stripe_sim.wire.routes import route, serve_reads

register("balance_transaction", "txn", label="balance transaction", omits=("livemode",))


_FILTERS = {
    "created": CREATED,
    "currency": by("currency"),
    "source": by("source"),
    "type": by("type"),
    # `_rows` has looked at it.
    "payout": Filter(p.REQUIRED, lambda _row, _payout: True),
}


def _rows(call) -> list[dict]:
    """All, or what a payout took; a manual payout takes an amount, not transactions."""
    if "payout" not in call.params:
        return candidates(call, "balance_transaction", _FILTERS)
    payout = call.world.get("payout", call.params["payout"], "payout", 404)
    if not payout["automatic"]:
        raise errors.invalid(
            "Balance transaction history can only be filtered on automatic transfers,"
            " not manual.",
            "payout",
        )
    store = call.world.store
    return [store.find("balance_transaction", each) for each in payout["_transactions"]]


serve_reads("balance_transaction", "/v1/balance_transactions", _FILTERS, _rows)


@route("GET", "/v1/balance")
def balance(call):
    sums = {"available": {}, "pending": {}}
    for transaction in call.world.store.all("balance_transaction"):
        part = sums[transaction["status"]]
        currency = transaction["currency"]
        part[currency] = part.get(currency, 0) + transaction["net"]
    default = call.world.settings.default_currency
    return {
        "object": "balance",
        "available": _amounts(sums["available"], default),
        "connect_reserved": [{"amount": 0, "currency": default}],
        "livemode": call.world.livemode,
        "pending": _amounts(sums["pending"], default),
    }


def _amounts(sums: dict, default: str) -> list[dict]:
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted((sums or {default: 0}).items())
    ]
