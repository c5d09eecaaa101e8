# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Balance transactions: what each movement of money does to the account's balance."""

from decimal import Decimal

from stripe_sim.core import errors
from stripe_sim.money.rounding import half_up

_DAY = 86400


def settle(world, amount: int, currency: str) -> tuple:
    """(amount, currency, exchange rate or None) in which a charge is settled."""
    settings = world.settings
    own = settings.settlement_currencies
    if currency == settings.default_currency or currency in (own or ()):
        return amount, currency, None
    rate = settings.exchange_rates.get(currency)
    if rate is None and own is None:
        return amount, currency, None
    if rate is None:
        raise errors.invalid(
            f"The simulator has no exchange rate for {currency}, which is not among"
            " its settlement currencies.",
            "currency",
        )
    converted = half_up(amount * Decimal(str(rate)))
    return converted, settings.default_currency, float(rate)


def charge_fee(world, amount: int) -> int:
    share = Decimal(world.settings.fee_percent) / 100
    return half_up(amount * share) + world.settings.fee_fixed


def midnight(moment: int) -> int:
    """The beginning of the day, in UTC."""
    return moment - moment % _DAY


def book(
    world, *, kind, amount, currency, fee, source, category=None, at_once=False, **given
) -> dict:
    """A balance transaction, pending until its funds become available.

    As on Stripe's, that is at the beginning of a day; what leaves the balance or
    returns to it does so `at_once`. category: `reporting_category`, if not `kind`.
    """
    settings = world.settings
    days = settings.delay_days.get(currency, settings.available_after_days)
    available_on = midnight(world.now()) + days * _DAY
    fees = [fee_detail(fee, currency)] if fee else []
    fields = {
        "amount": amount,
        "available_on": world.now() if at_once else available_on,
        "balance_type": "payments",
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees,
        "net": amount - fee,
        "reporting_category": category or kind,
        "source": source,
        "status": "available" if at_once else "pending",
        "type": kind,
        "_payout": None,
        **given,
    }
    transaction = world.add("balance_transaction", fields)
    world.untaken[transaction["id"]] = transaction
    if not at_once:
        world.clock.at(available_on, lambda: transaction.update(status="available"))
    return transaction


def fee_detail(fee: int, currency: str, text: str = "Stripe processing fees") -> dict:
    return {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": text,
        "type": "stripe_fee",
    }
