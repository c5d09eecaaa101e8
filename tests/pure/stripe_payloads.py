# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices and their lines as Stripe sends them at the pinned version, and at older
ones."""

import copy

MARCH, APRIL = 1772323200, 1775001600


def tax(amount, taxable, inclusive=False, rate="txr_1"):
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": rate},
        "taxability_reason": "standard_rated",
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def line(number, amount, taxes=(), **values):
    return {
        "id": f"il_{number}",
        "object": "line_item",
        "amount": amount,
        "currency": "eur",
        "description": f"Line {number}",
        "discount_amounts": [],
        "discounts": [],
        "period": {"start": MARCH, "end": APRIL},
        "pricing": {
            "type": "price_details",
            "price_details": {"price": "price_1", "product": "prod_1"},
            "unit_amount_decimal": "1000",
        },
        "parent": {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": {
                "proration": False,
                "subscription": "sub_1",
                "subscription_item": "si_1",
            },
        },
        "quantity": 1,
        "quantity_decimal": "1",
        "taxes": list(taxes),
        **values,
    }


def summed(lines):
    """Totals as Stripe gives them, from lines that are right."""
    gross = sum(each["amount"] for each in lines)
    off = sum(
        part["amount"]
        for each in lines
        for part in each["discount_amounts"] + _credits(each)
    )
    taxes = [each for one in lines for each in one["taxes"]]
    inclusive = sum(t["amount"] for t in taxes if t["tax_behavior"] == "inclusive")
    by_rate = {}
    for each in taxes:
        key = (each["tax_rate_details"]["tax_rate"], each["tax_behavior"])
        known = by_rate.setdefault(key, {**each, "amount": 0, "taxable_amount": 0})
        known["amount"] += each["amount"]
    all_taxes = sum(each["amount"] for each in taxes)
    untaxed = gross - off - inclusive
    return {
        "subtotal": gross,
        "total_excluding_tax": untaxed,
        "total": untaxed + all_taxes,
        "total_taxes": list(by_rate.values()),
    }


def _credits(entry):
    given = entry.get("pretax_credit_amounts", [])
    return [each for each in given if each["type"] == "credit_balance_transaction"]


def shipping(amount, taxes=(), inclusive=False):
    """The cost of shipping; ``taxes``: (rate, amount) pairs."""
    tax_amount = sum(amount for _rate, amount in taxes)
    return {
        "amount_subtotal": amount,
        "amount_tax": tax_amount,
        "amount_total": amount if inclusive else amount + tax_amount,
        "shipping_rate": {"id": "shr_1", "display_name": "Express"},
        "taxes": [
            {
                "amount": part,
                "rate": {"id": rate, "object": "tax_rate", "inclusive": inclusive},
                "taxability_reason": "standard_rated",
                "taxable_amount": amount - tax_amount * inclusive,
            }
            for rate, part in taxes
        ],
    }


def untold(cost):
    """As it is where nobody asked for the taxes."""
    return {name: value for name, value in cost.items() if name != "taxes"}


def shipped(content, cost):
    """``content`` with shipping, its taxes not among ``total_taxes``."""
    inclusive = cost["amount_total"] == cost["amount_subtotal"]
    net = cost["amount_subtotal"] - (cost["amount_tax"] if inclusive else 0)
    return {
        **content,
        "amount_shipping": cost["amount_subtotal"],
        "shipping_cost": cost,
        "total_excluding_tax": content["total_excluding_tax"] + net,
        "total": content["total"] + cost["amount_total"],
    }


def invoice(*lines, **values):
    lines = copy.deepcopy(lines)
    totals = summed(lines)
    return {
        "id": "in_1",
        "object": "invoice",
        "number": "A-0001",
        "status": "open",
        "currency": "eur",
        "customer": "cus_1",
        "created": MARCH,
        "due_date": APRIL,
        "effective_at": MARCH + 90000,
        "status_transitions": {"finalized_at": MARCH, "paid_at": None},
        "amount_due": totals["total"],
        "amount_paid": 0,
        "amount_remaining": totals["total"],
        "starting_balance": 0,
        "billing_reason": "subscription_cycle",
        "livemode": False,
        "parent": {
            "type": "subscription_details",
            "subscription_details": {
                "subscription": "sub_1",
                "metadata": {"trace": "006x"},
            },
        },
        "discounts": [],
        "lines": {"object": "list", "has_more": False, "data": list(lines)},
        "metadata": {},
        **totals,
        **values,
    }


# ----------------------------------------------------------------------
# OLDER VERSIONS
# ----------------------------------------------------------------------


def as_of_2025_02(content):
    """The same invoice as the last version before 2025-03-31 shows it."""
    old = copy.deepcopy(content)
    details = (old.pop("parent") or {}).get("subscription_details") or {}
    old["subscription"] = details.get("subscription")
    old["subscription_details"] = {"metadata": details.get("metadata")}
    old.update(_paid_of_old(old))
    old["discount"] = None
    old["tax"] = sum(each["amount"] for each in old["total_taxes"])
    old["total_tax_amounts"] = [_old_tax(each) for each in old.pop("total_taxes")]
    old.pop("payments", None)
    for entry in old["lines"]["data"]:
        _age(entry, details)
    return old


def as_of_2020(content):
    """The same invoice as version 2020-08-27 shows it, but that it says when it was
    issued: of old it was the day on which it was finalized."""
    old = as_of_2025_02(content)
    for name in ("total_excluding_tax", "effective_at", "subscription_details"):
        del old[name]
    for entry in old["lines"]["data"]:
        entry.pop("pretax_credit_amounts", None)
        del entry["amount_excluding_tax"], entry["unit_amount_excluding_tax"]
        for part in entry["tax_amounts"]:
            del part["taxability_reason"], part["taxable_amount"]
    for part in old["total_tax_amounts"]:
        del part["taxability_reason"], part["taxable_amount"]
    return old


def _paid_of_old(content):
    """Until 2025-03-31 an invoice named the one payment that it had."""
    paid = content["status"] == "paid"
    return {
        "charge": "ch_1" if paid else None,
        "paid": paid,
        "paid_out_of_band": False,
        "payment_intent": "pi_1",
    }


def _age(entry, details):
    """A line of old: what it came from at the top, its whole price, its taxes under
    another name."""
    parent = entry.pop("parent")
    origin = parent[parent["type"]]
    entry["proration"] = origin["proration"]
    entry["subscription"] = origin.get("subscription")
    entry["invoice_item"] = origin.get("invoice_item")
    if "subscription_item" in origin:
        entry["type"] = "subscription"
        entry["subscription_item"] = origin["subscription_item"]
    else:
        entry["type"] = "invoiceitem"
    entry["metadata"] = details.get("metadata") or {}
    entry["tax_amounts"] = [_old_tax(each) for each in entry.pop("taxes")]
    entry["tax_rates"] = []
    entry["amount_excluding_tax"] = entry["amount"]
    entry["unit_amount_excluding_tax"] = str(entry["amount"])
    entry["price"] = _old_price(entry.pop("pricing"))
    del entry["quantity_decimal"]


def _old_price(pricing):
    whole = pricing["unit_amount_decimal"]
    return {
        "id": pricing["price_details"]["price"],
        "object": "price",
        "billing_scheme": "per_unit" if whole is not None else "tiered",
        "product": pricing["price_details"]["product"],
        "transform_quantity": None,
        "unit_amount": None,
        "unit_amount_decimal": whole,
    }


def _old_tax(entry):
    return {
        "amount": entry["amount"],
        "inclusive": entry["tax_behavior"] == "inclusive",
        "tax_rate": entry["tax_rate_details"]["tax_rate"],
        "taxability_reason": entry["taxability_reason"],
        "taxable_amount": entry["taxable_amount"],
    }
