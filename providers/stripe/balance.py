# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Stripe holds for us, and what moved it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ...canonical import Balance, Money
from .connector import Connector
from .translate.common import money, part, text

# The parts of the balance that balance transactions move
# (https://docs.stripe.com/api/balance/balance_object): what can be paid out, and what
# was put in to pay for refunds and disputes.
_PLACES = ((), ("refund_and_dispute_prefunding",))


def read(connector: Connector) -> dict[str, Balance]:
    """{currency: Balance} of all currencies that there is or was something in.

    :raises Hold: refused, ``malformed``, ``unknown_currency``
    :raises Retry: passing fault
    """
    content = connector.get("/v1/balance", subject="the balance")
    sums = {name: _sums(content, name) for name in ("pending", "available")}
    return {
        code: Balance(**{name: sums[name].get(code, Money(0, code)) for name in sums})
        for code in sorted({*sums["pending"], *sums["available"]})
    }


def _sums(content: dict, name: str) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for place in _PLACES:
        for entry in part(content, *place, name) or ():
            amount = money(entry.get("amount"), text(entry, "currency"), name)
            before = found.get(amount.currency, Money(0, amount.currency))
            found[amount.currency] = before + amount
    return found


def transactions(
    connector: Connector, since: datetime, until: datetime
) -> Iterator[dict]:
    """Page by page, as they are asked for.

    :raises Hold: refused
    :raises Retry: passing fault
    """
    created = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
    for page in connector.pages("/v1/balance_transactions", {"created": created}):
        yield from page["data"]
