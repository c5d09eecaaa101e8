# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a test may set about the simulated account."""

from dataclasses import dataclass, field

WEEK = "monday tuesday wednesday thursday friday saturday sunday".split()
_CHOICES = {
    "payout_interval": ["daily", "weekly", "monthly", "manual"],
    "payout_weekly_anchor": WEEK,
}


@dataclass
class Settings:
    """Defaults follow Stripe's own defaults for a new account in the US.

    fee_percent and fee_fixed: Stripe's card price in the US, 2.9 % and 30 minor
    units of the settlement currency. exchange_rates: charge currency -> rate
    into `default_currency`; a currency without one is settled in itself.
    settlement_currencies: where given, these are settled in themselves whatever
    their rate, and every other one needs a rate into `default_currency`.
    available_after_days: from the day (UTC) of a charge to that of its funds;
    delay_days: the same for single settlement currencies.
    payout_*: when available funds go to the bank, see `billing/payouts.py`; anchors
    are a day's name and a day of the month. Stripe's own default is "daily".
    instant_fee_percent: what an instant payout costs. dispute_fee: minor units of the
    settlement currency. dispute_due_days: from a dispute to the day evidence is due.
    debit_days: until the bank answers to a SEPA debit. refund_days: until a pending
    refund is done, or one fails that is to fail.
    retry_days: the days after the first failed attempt at which a renewal is
    charged again. after_retries: what then becomes of the subscription.
    tax_rounding: "invoice" rounds each rate once and spreads it over the lines,
    "line" rounds each line.
    """

    country: str = "US"
    default_currency: str = "usd"
    account_name: str = "Simulated account"
    fee_percent: str = "2.9"
    fee_fixed: int = 30
    exchange_rates: dict = field(default_factory=dict)
    settlement_currencies: list | None = None
    available_after_days: int = 2
    delay_days: dict = field(default_factory=dict)
    payout_interval: str = "manual"
    payout_weekly_anchor: str = "monday"
    payout_monthly_anchor: int = 1
    payout_arrival_days: int = 1
    payout_reconciled_after_seconds: int = 3600
    instant_fee_percent: str = "1"
    debit_days: int = 5
    refund_days: int = 5
    dispute_fee: int = 1500
    dispute_due_days: int = 9
    finalize_after_seconds: int = 3600
    retry_days: list = field(default_factory=lambda: [3, 8, 15])
    after_retries: str = "canceled"
    tax_rounding: str = "invoice"
    event_retention_days: int = 30
    idempotency_hours: int = 24

    def update(self, values: dict) -> None:
        for name, value in values.items():
            if name not in self.__dataclass_fields__:
                raise KeyError(f"There is no setting {name!r}.")
            if value not in _CHOICES.get(name, [value]):
                raise ValueError(f"{name} must be one of {_CHOICES[name]}.")
            setattr(self, name, value)
