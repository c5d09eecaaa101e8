# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The customer's credit balance: negative is credit, positive is debt."""


def move_balance(world, customer: dict, amount: int, kind: str, **given) -> dict:
    """Add `amount` (minor units) to the balance and write the transaction."""
    with world.changing(customer, "customer.updated"):
        customer["balance"] += amount
        customer["currency"] = customer["currency"] or given["currency"]
    fields = {
        "amount": amount,
        "checkout_session": None,
        "credit_note": None,
        "customer": customer["id"],
        "customer_account": None,
        "description": None,
        "ending_balance": customer["balance"],
        "invoice": None,
        "metadata": {},
        "type": kind,
        **given,
    }
    return world.add("customer_balance_transaction", fields)
