# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether an entry says the same as the document that it was made from, to the cent."""

from collections import Counter
from decimal import Decimal

from ...canonical import Money
from ...canonical.currency import exponent

# The id of a line, where others have the provider's, that is a rounding difference.
ROUNDING = "rounding"


def minor_units(amount, code):
    """An amount of Odoo's, in major units, as Stripe counts it: an integer."""
    scaled = Decimal(repr(float(amount))).scaleb(exponent(code))
    return int(scaled.to_integral_value())


def of_document(document, taxes, sign=1):
    """What the provider says: a JSON-able dict of integers in minor units, negative
    where money goes to the customer.

    :param taxes: {id of a tax rate: account.tax}
    :param sign: -1 for a credit note, which tells positive amounts
    """
    sums = Counter()
    for line in document.lines:
        for tax in line.taxes:
            sums[str(taxes[tax.rate_id].id)] += sign * tax.amount.amount
    return {
        "currency": document.currency,
        "untaxed": sign * document.untaxed.amount,
        "taxes": _without_zeros(sums),
        "total": sign * document.total.amount,
    }


def of_move(move):
    """What the journal items of an invoice or a credit note say, in the same form. What
    was added to make the total the provider's is in that only."""
    code = move.currency_id.name
    untaxed = total = 0
    sums = Counter()
    for line in move.line_ids:
        amount = minor_units(line.amount_currency, code)
        if line.display_type == "payment_term":
            total += amount
        elif line.tax_line_id:
            sums[str(line.tax_line_id.id)] -= amount
        elif line.q2c_line_id != ROUNDING:
            untaxed -= amount
    return {
        "currency": code,
        "untaxed": untaxed,
        "taxes": _without_zeros(sums),
        "total": total,
    }


def difference(env, told, booked, tolerance=0, on_total=0):
    """The first figure that differs, in words; empty where none does.

    :param tolerance: minor units by which the untaxed amount and each tax may differ,
        because a rounding difference was booked; ``on_total``: by which the total may
    """
    code = told["currency"]
    if booked["currency"] != code:
        return f"the currency is {booked['currency']} instead of {code}"
    *parts, total = _figures(env, told, booked)
    allowed = [(part, tolerance) for part in parts] + [(total, on_total)]
    for (label, expected, found), most in allowed:
        if abs(expected - found) > most:
            return f"{label} is {Money(found, code)} instead of {Money(expected, code)}"
    return ""


def _figures(env, told, booked):
    yield "the untaxed amount", told["untaxed"], booked["untaxed"]
    for tax_id in sorted({*told["taxes"], *booked["taxes"]}):
        label = f"the tax {env['account.tax'].browse(int(tax_id)).display_name}"
        yield label, told["taxes"].get(tax_id, 0), booked["taxes"].get(tax_id, 0)
    yield "the total", told["total"], booked["total"]


def _without_zeros(sums):
    return {key: amount for key, amount in sorted(sums.items()) if amount}
