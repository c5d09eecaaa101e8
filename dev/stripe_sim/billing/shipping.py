# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an invoice charges for shipping; it is on none of its lines."""


def shipping_amount(world, invoice: dict) -> int:
    rate = world.store.find("shipping_rate", invoice["_shipping_rate"])
    return rate["fixed_amount"]["amount"] if rate else 0


def charge_shipping(invoice: dict, amount: int, taxes: list[dict]) -> None:
    """Add it to totals that are of the lines only. `taxes`: as on a line; here they
    are told only to those who ask, see `told_taxes`."""
    added = _sum(taxes, "exclusive")
    if not invoice["_shipping_rate"]:
        invoice.update(shipping_cost=None, amount_shipping=0, _shipping_taxes=[])
        return
    invoice["shipping_cost"] = {
        "amount_subtotal": amount,
        "amount_tax": sum(tax["amount"] for tax in taxes),
        "amount_total": amount + added,
        "shipping_rate": invoice["_shipping_rate"],
    }
    invoice["amount_shipping"] = amount
    invoice["_shipping_taxes"] = taxes
    invoice["total_excluding_tax"] += amount - _sum(taxes, "inclusive")
    invoice["total"] += amount + added


def told_taxes(world, shown: dict) -> None:
    """What `expand[]=shipping_cost.taxes` adds to an invoice."""
    if shown["shipping_cost"] is None:
        return
    taxes = world.store.find_any(shown["id"])["_shipping_taxes"]
    shown["shipping_cost"]["taxes"] = [
        {
            "amount": tax["amount"],
            "rate": world.show(
                world.store.find("tax_rate", tax["tax_rate_details"]["tax_rate"])
            ),
            # Rates set by hand know no reason; it is told as null here.
            "taxability_reason": None
            if tax["taxability_reason"] == "not_available"
            else tax["taxability_reason"],
            "taxable_amount": tax["taxable_amount"],
        }
        for tax in taxes
    ]


def _sum(taxes: list[dict], behavior: str) -> int:
    return sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == behavior)
