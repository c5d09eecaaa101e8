# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lines of a credit note: parts of an invoice's lines, and lines of their own."""

from decimal import Decimal
from fractions import Fraction

from stripe_sim.billing.totals import line_taxes, of_discounts
from stripe_sim.core import errors
from stripe_sim.core.types import register
from stripe_sim.money.credit_math import share
from stripe_sim.money.currencies import step
from stripe_sim.money.rounding import half_up

register(
    "credit_note_line_item",
    "cnli",
    label="credit note line item",
    embedded=("tax_rates",),
    omits=("created",),
)


def make_lines(world, invoice: dict, params: dict) -> list[dict]:
    """The lines that the call asks for, not stored yet.

    An `amount` alone is one line of its own, without taxes.
    """
    asked = params.get("lines")
    if not asked and params.get("amount") is None:
        raise errors.invalid(
            "You must pass one of `amount`, `lines`, or `shipping_cost`.", "amount"
        )
    if not asked:
        return [_blank("Credit", "custom_line_item", params["amount"])]
    made: list[dict] = []
    for place, entry in enumerate(asked):
        param = f"lines[{place}]"
        if entry.get("type") == "invoice_line_item":
            made.append(_of_invoice_line(world, invoice, entry, param, made))
        else:
            made.append(_custom(world, invoice, entry, param))
    return made


def _blank(description, kind: str, amount: int) -> dict:
    return {
        "amount": amount,
        "description": description,
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice_line_item": None,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "tax_rates": [],
        "taxes": [],
        "type": kind,
        "unit_amount": amount if kind == "custom_line_item" else None,
        "unit_amount_decimal": str(amount) if kind == "custom_line_item" else None,
        "_credits": 0,
        "_line_discount": 0,
    }


def _custom(world, invoice: dict, entry: dict, param: str) -> dict:
    quantity = entry.get("quantity") or 1
    unit = entry.get("unit_amount_decimal") or entry.get("unit_amount")
    if unit is None:
        raise errors.missing_param(f"{param}[unit_amount]")
    amount = half_up(Decimal(unit) * quantity, step(invoice["currency"]))
    line = _blank(entry.get("description"), "custom_line_item", amount)
    whole = Decimal(unit) == int(Decimal(unit))
    line.update(
        metadata=dict(entry.get("metadata") or {}),
        quantity=quantity,
        tax_rates=list(entry.get("tax_rates") or []),
        unit_amount=int(Decimal(unit)) if whole else None,
        unit_amount_decimal=str(unit),
    )
    for rate in line["tax_rates"]:
        world.get("tax_rate", rate, f"{param}[tax_rates]")
    line["taxes"] = line_taxes(world, invoice, amount, line["tax_rates"])
    return line


def _of_invoice_line(world, invoice, entry, param, made) -> dict:
    identifier = entry.get("invoice_line_item")
    if identifier not in invoice["_lines"]:
        raise errors.no_such(
            "invoice line item", identifier, f"{param}[invoice_line_item]", 400
        )
    row = world.store.find("line_item", identifier)
    before = credited_of(world, invoice, row) + sum(
        line["amount"] for line in made if line["invoice_line_item"] == identifier
    )
    amount = _part(row, entry, param)
    if amount + before > row["amount"]:
        raise errors.invalid(
            f"The credited amount ({amount}) is greater than what is left of the"
            f" invoice line item ({row['amount'] - before}).",
            param,
        )
    line = _blank(row["description"], "invoice_line_item", amount)
    line.update(
        description=entry.get("description") or row["description"],
        invoice_line_item=identifier,
        metadata=dict(entry.get("metadata") or {}),
        quantity=entry.get("quantity"),
    )
    _carry(world, invoice, line, row, before)
    return line


def credited_of(world, invoice: dict, row: dict) -> int:
    """What credit notes in force have credited of an invoice's line."""
    notes = world.store.having("credit_note", "invoice", invoice["id"])
    return sum(
        line["amount"]
        for note in notes
        if note["status"] == "issued"
        for line in lines_of_note(world, note)
        if line["invoice_line_item"] == row["id"]
    )


def lines_of_note(world, note: dict) -> list[dict]:
    return [world.store.find("credit_note_line_item", each) for each in note["_lines"]]


def _part(row: dict, entry: dict, param: str) -> int:
    if entry.get("amount") is not None:
        return entry["amount"]
    if not entry.get("quantity"):
        raise errors.missing_param(f"{param}[amount]")
    return half_up(Decimal(row["amount"]) * entry["quantity"] / row["quantity"])


def _carry(world, invoice, line: dict, row: dict, before: int) -> None:
    """The discounts, credits and taxes that go with the credited part of the line."""
    unit = step(invoice["currency"])

    def part(whole):
        return share(whole, before, line["amount"], row["amount"], unit)

    off = [{**each, "amount": part(each["amount"])} for each in row["discount_amounts"]]
    line["discount_amounts"] = [each for each in off if each["amount"]]
    line["discount_amount"] = sum(each["amount"] for each in off)
    used = [
        {**each, "amount": part(each["amount"])}
        for each in row["pretax_credit_amounts"]
        if each["type"] != "discount"
    ]
    line["pretax_credit_amounts"] = [
        *of_discounts(line["discount_amounts"]),
        *(each for each in used if each["amount"]),
    ]
    line["_credits"] = sum(each["amount"] for each in used)
    line["_line_discount"] = sum(
        each["amount"] for each in off if each["discount"] in row["discounts"]
    )
    line["taxes"] = [
        {
            **tax,
            "amount": part(tax["amount"]),
            "taxable_amount": part(tax["taxable_amount"]),
        }
        for tax in row["taxes"]
    ]
    rates = row["_tax_rates"] or invoice["default_tax_rates"]
    line["tax_rates"] = list(rates)


def totals(lines: list[dict]) -> dict:
    """The amounts of a note. An inclusive tax is part of a line's amount."""
    gross = sum(line["amount"] for line in lines)
    off = sum(line["discount_amount"] for line in lines)
    included = sum(_tax(line, "inclusive") for line in lines)
    added = sum(_tax(line, "exclusive") for line in lines)
    subtotal = gross - sum(line["_line_discount"] for line in lines)
    total = gross - off - sum(line["_credits"] for line in lines) + added
    return {
        "amount": total,
        "discount_amount": off,
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - sum(map(_included_in_subtotal, lines)),
        "total": total,
        "total_excluding_tax": total - added - included,
    }


def _included_in_subtotal(line: dict) -> int:
    """The inclusive tax before the discounts of the invoice."""
    discounted = line["amount"] - line["discount_amount"]
    if not discounted:
        return 0
    before = line["amount"] - line["_line_discount"]
    return half_up(Fraction(_tax(line, "inclusive") * before, discounted))


def _tax(line: dict, behavior: str) -> int:
    taxes = [tax for tax in line["taxes"] if tax["tax_behavior"] == behavior]
    return sum(tax["amount"] for tax in taxes)
