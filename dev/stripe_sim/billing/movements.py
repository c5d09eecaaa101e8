# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Balance transactions that no payment causes: fees, top-ups, reserves, transfers.

docs.stripe.com/reports/reporting-categories: type -> category.
"""

from stripe_sim.billing.booking import book

CATEGORIES = {
    "adjustment": "other_adjustment",
    "contribution": "contribution",
    "payout_minimum_balance_hold": "payout_minimum_balance_hold",
    "payout_minimum_balance_release": "payout_minimum_balance_release",
    "reserve_transaction": "risk_reserved_funds",
    "reserved_funds": "risk_reserved_funds",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "tax",
    "topup": "topup",
    "topup_reversal": "topup_reversal",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
}


def plant(world, values: dict) -> dict:
    """values: `type`, `amount` (minor units as the balance sees them, below zero what
    leaves it), and where wanted `currency`, `fee`, `description`, `category`,
    `pending` (bool). Gives the balance transaction."""
    kind, amount = values["type"], int(values["amount"])
    if kind not in CATEGORIES:
        raise ValueError(f"type must be one of {', '.join(CATEGORIES)}")
    currency = values.get("currency", world.settings.default_currency)
    source = _source(world, kind, amount, currency, values.get("description"))
    row = book(
        world,
        kind=kind,
        category=values.get("category", CATEGORIES[kind]),
        amount=amount,
        currency=currency,
        fee=int(values.get("fee", 0)),
        source=source and source["id"],
        description=values.get("description"),
        at_once=not values.get("pending"),
    )
    if source is not None:
        source["balance_transaction"] = row["id"]
        for event in _EVENTS[source["object"]]:
            world.emit(event, source)
    return world.show(row)


_EVENTS = {
    "topup": ("topup.created", "topup.succeeded"),
    "transfer": ("transfer.created",),
}


def _source(world, kind, amount, currency, description) -> dict | None:
    if kind == "topup" and amount > 0:
        return world.add("topup", _topup(world, amount, currency, description))
    if kind == "transfer" and amount < 0:
        identifier = world.ids.new("tr")
        fields = _transfer(world, -amount, currency, description)
        fields["reversals"] = {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/transfers/{identifier}/reversals",
        }
        return world.add("transfer", fields, identifier)
    return None


def _topup(world, amount, currency, description) -> dict:
    return {
        "amount": amount,
        "balance_transaction": None,
        "currency": currency,
        "description": description,
        "expected_availability_date": world.now(),
        "failure_code": None,
        "failure_message": None,
        "initiated_by": "user",
        "metadata": {},
        "payment_method": None,
        "payment_method_options": None,
        "source": None,
        "statement_descriptor": None,
        "status": "succeeded",
        "transfer_group": None,
    }


def _transfer(world, amount, currency, description) -> dict:
    return {
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "currency": currency,
        "description": description,
        "destination": world.ids.new("acct"),
        "destination_payment": world.ids.new("py"),
        "metadata": {},
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": None,
    }
