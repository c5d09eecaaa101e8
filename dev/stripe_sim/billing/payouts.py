# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payouts: the available balance goes to the bank, or comes from it.

An automatic payout takes all available balance transactions of a currency that no
payout has taken yet, whatever their sign: their net is its amount, and where that is
negative the bank is debited. It is made ten minutes into the day (UTC), submitted in
six hours, and arrives on a working day. A manual payout takes an amount only; its own
balance transaction is taken by the next automatic one, as is a failed payout's return.
"""

from datetime import datetime, timezone
from decimal import Decimal

from stripe_sim.billing.booking import book, fee_detail, midnight
from stripe_sim.core import errors
from stripe_sim.core.settings import WEEK
from stripe_sim.core.types import register
from stripe_sim.money.rounding import half_up

_DAY = 86400
_RUN_AT = 600
_SUBMITTED_AFTER = 6 * 3600
_INSTANT_SECONDS = 1800
# docs.stripe.com/api/payouts/failures
FAILURES = {
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "bank_account_restricted": (
        "The bank account has restrictions on either the type, or the number, of"
        " payouts allowed."
    ),
    "could_not_process": "The bank could not process this payout.",
    "debit_not_authorized": "Debit transactions are not approved on the bank account.",
    "insufficient_funds": (
        "Your Stripe account has insufficient funds to cover the payout."
    ),
    "no_account": "The bank account details on file are probably incorrect.",
}

register("bank_account", "ba", label="external account", omits=("created", "livemode"))


def follow_schedule(world) -> None:
    """Plan the daily look at the schedule, unless payouts are made by hand."""
    if world.payouts_planned or world.settings.payout_interval == "manual":
        return
    world.payouts_planned = True
    today = midnight(world.now()) + _RUN_AT
    due = today if today > world.now() else today + _DAY
    world.clock.at(due, lambda: _run(world))


def _run(world) -> None:
    world.payouts_planned = False
    if _is_day_of_payout(world.settings, world.now()):
        for currency, rows in _untaken(world).items():
            _pay_automatically(world, currency, rows)
    follow_schedule(world)


def _is_day_of_payout(settings, moment: int) -> bool:
    day = datetime.fromtimestamp(moment, timezone.utc)
    if settings.payout_interval == "weekly":
        return WEEK[day.weekday()] == settings.payout_weekly_anchor
    if settings.payout_interval == "monthly":
        last = datetime.fromtimestamp(moment + _DAY, timezone.utc).day == 1
        anchor = settings.payout_monthly_anchor
        return day.day == anchor or (last and day.day < anchor)
    return settings.payout_interval == "daily"


def _untaken(world) -> dict[str, list[dict]]:
    """Available balance transactions that no payout has taken, by currency."""
    found: dict[str, list[dict]] = {}
    for row in world.untaken.values():
        # What a refused call had booked is no longer in the store.
        if row["status"] == "available" and world.store.holds(row):
            found.setdefault(row["currency"], []).append(row)
    return found


def available(world, currency: str) -> int:
    return sum(
        row["net"]
        for row in world.store.all("balance_transaction")
        if row["currency"] == currency and row["status"] == "available"
    )


def _pay_automatically(world, currency: str, rows: list[dict]) -> None:
    amount = sum(row["net"] for row in rows)
    if not amount:
        return
    payout = _new(
        world, amount, currency, automatic=True, reconciliation_status="in_progress"
    )
    own = _book(world, payout, 0)
    for row in (*rows, own):
        row["_payout"] = payout["id"]
        del world.untaken[row["id"]]
        payout["_transactions"].append(row["id"])
    code = world.payouts_to_fail.pop(0) if world.payouts_to_fail else None
    _announce(world, payout, code)


def pay_by_hand(world, amount: int, currency: str, method: str, **given) -> dict:
    """A payout that the caller asks for; it takes no particular transactions."""
    fee = 0
    if method == "instant":
        fee = half_up(amount * Decimal(world.settings.instant_fee_percent) / 100)
    if amount + fee > available(world, currency):
        raise errors.invalid(
            "You have insufficient funds in your Stripe account for this transfer."
            " Your card balance is too low.",
            code="balance_insufficient",
        )
    payout = _new(world, amount, currency, method=method, **given)
    _book(world, payout, fee)
    _announce(world, payout, None)
    return payout


def _new(world, amount: int, currency: str, **given) -> dict:
    account = _bank_account(world, currency)
    fields = {
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": _arrival(world, given.get("method")),
        "automatic": False,
        "balance_transaction": None,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": account["id"],
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
        "_transactions": [],
        **given,
    }
    return world.add("payout", fields)


def _arrival(world, method: str | None) -> int:
    if method == "instant":
        return world.now() + _INSTANT_SECONDS
    day = midnight(world.now()) + world.settings.payout_arrival_days * _DAY
    while datetime.fromtimestamp(day, timezone.utc).weekday() > 4:
        day += _DAY
    return day


def _book(world, payout: dict, fee: int) -> dict:
    currency = payout["currency"]
    fees = [fee_detail(fee, currency, "Stripe instant payout fee")] if fee else []
    own = book(
        world,
        kind="payout",
        amount=-payout["amount"],
        currency=currency,
        fee=fee,
        source=payout["id"],
        at_once=True,
        description=payout["description"],
        fee_details=fees,
    )
    payout["balance_transaction"] = own["id"]
    return own


def _announce(world, payout: dict, failure: str | None) -> None:
    world.emit("payout.created", payout)
    arrival = payout["arrival_date"]
    submitted = min(world.now() + _SUBMITTED_AFTER, arrival)
    world.clock.at(submitted, lambda: _submit(world, payout))
    world.clock.at(arrival, lambda: _arrive(world, payout, failure))
    if payout["automatic"]:
        known = arrival + world.settings.payout_reconciled_after_seconds
        world.clock.at(known, lambda: _reconcile(world, payout))


def _submit(world, payout: dict) -> None:
    if payout["status"] == "pending":
        with world.changing(payout, "payout.updated"):
            payout["status"] = "in_transit"


def _arrive(world, payout: dict, failure: str | None) -> None:
    if payout["status"] != "in_transit":
        return
    if failure:
        fail(world, payout, failure)
        return
    with world.changing(payout, "payout.updated"):
        payout["status"] = "paid"
        trace = world.ids.text(15, "0123456789")
        payout["trace_id"] = {"status": "supported", "value": trace}
    world.emit("payout.paid", payout)


def _reconcile(world, payout: dict) -> None:
    payout["reconciliation_status"] = "completed"
    world.emit("payout.reconciliation_completed", payout)


def fail(world, payout: dict, code: str) -> None:
    """The bank refuses, perhaps days after `paid`: the funds are back at once."""
    if payout["status"] in ("failed", "canceled"):
        raise ValueError(f"{payout['id']} is {payout['status']} already.")
    message = FAILURES[code]
    with world.changing(payout, "payout.updated"):
        payout.update(status="failed", failure_code=code, failure_message=message)
        _return(world, payout, "payout_failure")
    world.emit("payout.failed", payout)


def cancel(world, payout: dict) -> None:
    if payout["status"] != "pending" or payout["automatic"]:
        raise errors.invalid(
            "Payouts can only be canceled while they are pending, and were not made"
            " automatically."
        )
    with world.changing(payout, "payout.updated"):
        payout["status"] = "canceled"
        _return(world, payout, "payout_cancel")
    world.emit("payout.canceled", payout)


def _return(world, payout: dict, kind: str) -> None:
    own = world.store.find("balance_transaction", payout["balance_transaction"])
    back = book(
        world,
        kind=kind,
        category="payout_reversal",
        # A canceled payout costs nothing; the fee of a failed one is given back too.
        amount=-own["net"],
        currency=payout["currency"],
        fee=0,
        source=payout["id"],
        at_once=True,
        description=payout["description"],
    )
    payout["failure_balance_transaction"] = back["id"]


def _bank_account(world, currency: str) -> dict:
    for account in world.store.all("bank_account"):
        if account["currency"] == currency:
            return account
    fields = {
        "account": world.simulation.account_id,
        "account_holder_name": None,
        "account_holder_type": None,
        "account_type": None,
        "available_payout_methods": ["standard", "instant"],
        "bank_name": "STRIPE TEST BANK",
        "country": world.settings.country,
        "currency": currency,
        "default_for_currency": True,
        "fingerprint": "1JWtPxqbdX5Gamtc",
        "last4": "6789",
        "metadata": {},
        "routing_number": "110000000",
        "status": "new",
    }
    return world.add("bank_account", fields)
