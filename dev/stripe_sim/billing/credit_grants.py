# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Billing credits that customers bought or were given, and what becomes of them
(docs.stripe.com/billing/subscriptions/usage-based/billing-credits).

What is left of a grant is the sum of its balance transactions.
"""

from stripe_sim.core.types import register
from stripe_sim.money.invoice_math import Grant

register(
    "billing.credit_balance_transaction",
    "cbtxn",
    label="credit balance transaction",
)
TRANSACTION = "billing.credit_balance_transaction"
GRANT = "billing.credit_grant"


def grants_for(world, invoice: dict) -> list[Grant]:
    """Those that an invoice may use, in Stripe's order."""
    now = world.now()
    usable = [
        grant
        for grant in world.store.owned(GRANT, invoice["customer"])
        if is_usable(grant, now)
        and grant["amount"]["monetary"]["currency"] == invoice["currency"]
    ]
    return [
        Grant(grant["id"], left_of(world, grant), _prices(grant))
        for grant in sorted(usable, key=_order)
    ]


def is_usable(grant: dict, now: int) -> bool:
    """Whether it is in force."""
    begun = grant["effective_at"] <= now
    over = grant["expires_at"] is not None and grant["expires_at"] <= now
    return begun and not over and grant["voided_at"] is None


def left_of(world, grant: dict) -> int:
    """Minor units that were not used, nor have expired or been voided."""
    rows = world.store.having(TRANSACTION, "credit_grant", grant["id"])
    return sum(_signed(row) for row in rows)


def move(world, grant: dict, kind: str, reason: str, value: int, **details) -> dict:
    """Write a transaction of ``kind`` ("credit", "debit"), of ``value`` minor units."""
    currency = grant["amount"]["monetary"]["currency"]
    part = {
        "amount": {
            "monetary": {"currency": currency, "value": value},
            "type": "monetary",
        },
        "type": reason,
        **details,
    }
    fields = {
        "credit": None,
        "credit_grant": grant["id"],
        "debit": None,
        "effective_at": max(world.now(), grant["effective_at"]),
        "test_clock": None,
        "type": kind,
        kind: part,
        "_customer": grant["customer"],
    }
    return world.create(TRANSACTION, fields, f"{TRANSACTION}.created")


def use_credits(world, invoice: dict, row: dict, used: dict) -> list[dict]:
    """Entries of a line's `pretax_credit_amounts`. `used`: {grant: minor units}."""
    return [
        {
            "amount": value,
            "credit_balance_transaction": move(
                world,
                world.store.find(GRANT, grant),
                "debit",
                "credits_applied",
                value,
                credits_applied=_place(invoice["id"], row["id"]),
            )["id"],
            "type": "credit_balance_transaction",
        }
        for grant, value in used.items()
    ]


def give_back(world, invoice: dict) -> None:
    """What an invoice used that is void can be used again."""
    for entry in invoice["total_pretax_credit_amounts"]:
        if entry["type"] == "discount":
            continue
        use = world.store.find(TRANSACTION, entry["credit_balance_transaction"])
        details = use["debit"]["credits_applied"]
        move(
            world,
            world.store.find(GRANT, use["credit_grant"]),
            "credit",
            "credits_application_invoice_voided",
            entry["amount"],
            credits_application_invoice_voided=dict(details),
        )


def end_grant(world, grant: dict, reason: str) -> None:
    """What is left is lost: `reason` says how."""
    left = left_of(world, grant)
    if left:
        move(world, grant, "debit", reason, left)


def _place(invoice: str, line: str) -> dict:
    return {"invoice": invoice, "invoice_line_item": line}


def _signed(row: dict) -> int:
    part = row[row["type"]]
    value = part["amount"]["monetary"]["value"]
    return value if row["type"] == "credit" else -value


def _prices(grant: dict) -> frozenset:
    scope = grant["applicability_config"]["scope"]
    return frozenset(price["id"] for price in scope.get("prices") or ())


def _order(grant: dict) -> tuple:
    """By priority, then what expires first, then what was given away."""
    expiry = grant["expires_at"]
    return (
        grant["priority"],
        expiry is None,
        expiry,
        grant["category"] != "promotional",
        grant["effective_at"],
        grant["_place"],
    )
