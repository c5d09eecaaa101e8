# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether an invoice or a credit note adds up. What does not is held, never plugged: a
tolerance, in minor units, only leaves it to the applier, which books the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ....canonical import CreditNote, Hold, Invoice, InvoiceLine, Money, TaxAmount
from .common import identifier, money, part
from .invoice_line import tax_amount, taxes_of

# Canonical kind → names of the list of all taxes, since 2025-03-31 and before.
_TOTALS = {
    "invoice": ("total_taxes", "total_tax_amounts"),
    "credit_note": ("total_taxes", "tax_amounts"),
}


def tax_of(lines: Iterable[InvoiceLine], currency: str) -> Money:
    """All taxes; :func:`check` compares them with what is told of the whole."""
    taxes = (tax.amount for line in lines for tax in line.taxes)
    return Money.total(taxes, currency)


def check(invoice: Invoice, content: dict, tolerance: int = 0) -> None:
    """:raises Hold: ``line_sum_mismatch``, ``untaxed_mismatch``, ``tax_mismatch``,
    ``total_mismatch``"""
    _check_subtotal(invoice, content)
    _check_sums(invoice, content, tolerance)


def check_credit_note(note: CreditNote, content: dict, tolerance: int = 0) -> None:
    """:raises Hold: ``untaxed_mismatch``, ``tax_mismatch``, ``total_mismatch``"""
    _check_sums(note, content, tolerance)


def _check_subtotal(invoice: Invoice, content: dict) -> None:
    """The documentation has discounts of single lines already taken off the subtotal
    (``subtotal`` in https://docs.stripe.com/api/invoices/object); old versions had
    not. It does not say whether shipping is in it. All of them add up."""
    told = money(content.get("subtotal"), invoice.currency, "the subtotal")
    before = invoice.subtotal
    after = before - _line_discounts(content, invoice.currency)
    shipping = [line.amount for line in invoice.lines if line.is_shipping]
    shipped = Money.total(shipping, invoice.currency)
    if told not in (before, after, before - shipped, after - shipped):
        raise _mismatch(invoice, "line_sum", told, before)


def _line_discounts(content: dict, currency: str) -> Money:
    """What the discounts take off that belong to a line, not to the invoice."""
    amounts = [
        money(part(each, "amount"), currency, f"a discount of {line['id']}")
        for line in content["lines"]["data"]
        for each in line.get("discount_amounts") or []
        if identifier(each.get("discount"))
        in {identifier(discount) for discount in line.get("discounts") or []}
    ]
    return Money.total(amounts, currency)


def _check_sums(invoice: Invoice | CreditNote, content: dict, tolerance: int) -> None:
    net = Money.total((line.net for line in invoice.lines), invoice.currency)
    if abs(net - invoice.untaxed).amount > tolerance:
        raise _mismatch(invoice, "untaxed", invoice.untaxed, net)
    _check_taxes(invoice, content, tolerance)
    computed = invoice.untaxed + invoice.tax
    if abs(computed - invoice.total).amount > tolerance:
        raise _mismatch(invoice, "total", invoice.total, computed)


# ----------------------------------------------------------------------
# TAXES
# ----------------------------------------------------------------------


def _check_taxes(invoice: Invoice | CreditNote, content: dict, tolerance: int) -> None:
    """Rate by rate. The lists are of the taxes "of all line items": whether those on
    shipping are among them the documentation does not say."""
    of_all = _by_rate(_taxes(invoice.lines))
    of_lines = _by_rate(_taxes(ln for ln in invoice.lines if not ln.is_shipping))
    told = _told(invoice, content)
    if told is None:
        _check_tax(invoice, content, of_all, of_lines)
    elif not (_near(told, of_all, tolerance) or _near(told, of_lines, tolerance)):
        key = next(key for key in {**told, **of_all} if told[key] != of_all[key])
        amounts = (Money(sums[key], invoice.currency) for sums in (told, of_all))
        raise _mismatch(invoice, "tax", *amounts)


def _near(one: Counter, other: Counter, tolerance: int) -> bool:
    return all(abs(one[key] - other[key]) <= tolerance for key in {**one, **other})


def _check_tax(
    invoice: Invoice | CreditNote, content: dict, of_all: Counter, of_lines: Counter
) -> None:
    """Where there are no lists of all taxes, as before 2019."""
    told = money(content.get("tax") or 0, invoice.currency, "the tax")
    if told.amount not in (sum(of_all.values()), sum(of_lines.values())):
        raise _mismatch(invoice, "tax", told, invoice.tax)


def _told(invoice: Invoice | CreditNote, content: dict) -> Counter | None:
    names = _TOTALS[invoice.KIND]
    if all(content.get(name) is None for name in names):
        return None
    listed = taxes_of(content, *names)
    return _by_rate(tax_amount(tax, invoice.currency) for tax in listed)


def _taxes(lines: Iterable[InvoiceLine]) -> Iterable[TaxAmount]:
    return (tax for line in lines for tax in line.taxes)


def _by_rate(taxes: Iterable[TaxAmount]) -> Counter:
    """{(rate, whether it is inclusive): minor units}, without zeros, which are told or
    not."""
    sums: Counter = Counter()
    for tax in taxes:
        sums[tax.rate_id, tax.inclusive] += tax.amount.amount
    return Counter({key: amount for key, amount in sums.items() if amount})


# ----------------------------------------------------------------------
# FAULTS
# ----------------------------------------------------------------------


def _mismatch(
    invoice: Invoice | CreditNote, what: str, told: Money, computed: Money
) -> Hold:
    return Hold(
        f"{what}_mismatch",
        f"{_name(invoice)} shows {told} as its {what.replace('_', ' ')},"
        f" but its lines make {computed}.",
        "Compare it in Stripe line by line; retry reads it again. Post it by"
        " hand if the difference is Stripe's.",
    )


def _name(document: Invoice | CreditNote) -> str:
    kind = document.KIND.replace("_", " ")
    number = f" {document.number} ({document.id})" if document.number else document.id
    return f"The {kind} {number.strip()}"
