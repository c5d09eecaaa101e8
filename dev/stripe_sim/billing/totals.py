# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An invoice's amounts, from its lines, discounts and tax rates."""

from decimal import Decimal

from stripe_sim.billing.credit_grants import use_credits
from stripe_sim.billing.lines import lines_of
from stripe_sim.billing.metering import is_metered
from stripe_sim.billing.shipping import charge_shipping, shipping_amount
from stripe_sim.money.currencies import step
from stripe_sim.money.invoice_math import Discount, Line, Rate, compute


def recalculate(world, invoice: dict, grants=()) -> None:
    """Refresh a draft: every line, the totals, what is due. `grants`: billing credits
    that it uses, which Stripe does when it is finalized."""
    rows = lines_of(world, invoice)
    customer = world.store.find("customer", invoice["customer"])
    lines = [_line(world, invoice, row) for row in rows]
    discounts = [_discount(world, each) for each in invoice["discounts"]]
    unit = step(invoice["currency"])
    exempt = customer["tax_exempt"]
    if exempt != "none":
        for line in lines:
            line.rates = tuple(_zero(rate) for rate in line.rates)
    totals = compute(lines, discounts, world.settings.tax_rounding, unit, grants)
    for row, line in zip(rows, lines, strict=True):
        row["discount_amounts"] = _amounts(line.off)
        row["pretax_credit_amounts"] = [
            *of_discounts(row["discount_amounts"]),
            *use_credits(world, invoice, row, line.credits),
        ]
        row["taxes"] = [
            _tax(rate, amount, line.left - line.included, exempt)
            for rate, amount in line.taxes
        ]
    invoice.update(vars(totals))
    invoice["total_discount_amounts"] = sum_discounts(rows)
    invoice["total_pretax_credit_amounts"] = sum_pretax(rows)
    shipped = shipping_amount(world, invoice)
    taxes = line_taxes(world, invoice, shipped, invoice["default_tax_rates"])
    taxes = taxes if shipped else []
    charge_shipping(invoice, shipped, taxes)
    invoice["total_taxes"] = sum_taxes([*rows, {"taxes": taxes}])
    _due(invoice, customer)


def _due(invoice: dict, customer: dict) -> None:
    """Credit reduces what is due; debt, and nothing below zero, is added."""
    invoice["starting_balance"] = customer["balance"]
    due = max(invoice["total"] + customer["balance"], 0)
    invoice["amount_due"] = invoice["amount_remaining"] = due


def _line(world, invoice: dict, row: dict) -> Line:
    rates = row["_tax_rates"] or invoice["default_tax_rates"]
    details = row["pricing"]["price_details"]
    price = world.store.find("price", details["price"])
    return Line(
        amount=row["amount"],
        product=details["product"],
        price=details["price"],
        is_metered=bool(price and is_metered(price)),
        discountable=row["discountable"],
        discounts=tuple(_discount(world, each) for each in row["discounts"]),
        rates=tuple(_rate(world, each) for each in rates),
    )


def _discount(world, identifier: str) -> Discount:
    discount = world.store.find("discount", identifier)
    coupon = world.store.find("coupon", discount["source"]["coupon"])
    percent = coupon["percent_off"]
    exact = None if percent is None else Decimal(str(percent))
    products = frozenset(coupon["_products"])
    return Discount(identifier, exact, coupon["amount_off"], products)


def _rate(world, identifier: str) -> Rate:
    rate = world.store.find("tax_rate", identifier)
    return Rate(identifier, Decimal(str(rate["percentage"])), rate["inclusive"])


def _zero(rate: Rate) -> Rate:
    return Rate(rate.id, Decimal(0), rate.inclusive)


_REASONS = {
    "none": "not_available",
    "exempt": "customer_exempt",
    "reverse": "reverse_charge",
}


def _tax(rate: Rate, amount: int, taxable: int, exempt: str) -> dict:
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if rate.inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": rate.id},
        "taxability_reason": _REASONS[exempt],
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def line_taxes(world, invoice: dict, amount: int, rates: list[str]) -> list[dict]:
    """The taxes of an amount that stands alone, as on a credit note."""
    exempt = invoice["customer_tax_exempt"]
    found = [_rate(world, each) for each in rates]
    if exempt != "none":
        found = [_zero(rate) for rate in found]
    line = Line(amount, rates=tuple(found))
    compute([line], [], "line", step(invoice["currency"]))
    net = line.left - line.included
    return [_tax(rate, tax, net, exempt) for rate, tax in line.taxes]


def _amounts(off: dict) -> list[dict]:
    return [{"amount": amount, "discount": each} for each, amount in off.items()]


def sum_discounts(rows: list[dict]) -> list[dict]:
    sums: dict[str, int] = {}
    for row in rows:
        for entry in row["discount_amounts"]:
            each = entry["discount"]
            sums[each] = sums.get(each, 0) + entry["amount"]
    return _amounts(sums)


def of_discounts(amounts: list[dict]) -> list[dict]:
    """Amounts of discounts as `pretax_credit_amounts` tell them."""
    return [
        {"credit_balance_transaction": None, "type": "discount", **each}
        for each in amounts
    ]


def sum_pretax(rows: list[dict]) -> list[dict]:
    """The credits before tax of all lines; each use of a grant is one by itself."""
    uses = [
        entry
        for row in rows
        for entry in row["pretax_credit_amounts"]
        if entry["type"] != "discount"
    ]
    return [*of_discounts(sum_discounts(rows)), *uses]


def sum_taxes(rows: list[dict]) -> list[dict]:
    sums: dict[str, dict] = {}
    for row in rows:
        for tax in row["taxes"]:
            key = tax["tax_rate_details"]["tax_rate"]
            if key not in sums:
                sums[key] = {**tax, "amount": 0, "taxable_amount": 0}
            sums[key]["amount"] += tax["amount"]
            sums[key]["taxable_amount"] += tax["taxable_amount"]
    return list(sums.values())
