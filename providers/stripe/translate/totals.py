# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether an invoice or a credit note adds up. What does not is held, never plugged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ....canonical import CreditNote, Hold, Invoice, Money, TaxAmount
from .common import identifier, money, part
from .invoice_line import tax_amount, taxes_of

# Canonical kind → names of the list of all taxes, since 2025-03-31 and before.
_TOTALS = {
    "invoice": ("total_taxes", "total_tax_amounts"),
    "credit_note": ("total_taxes", "tax_amounts"),
}


def tax_of(content: dict, currency: str, kind: str = "invoice") -> Money:
    """All taxes of an invoice, or of what else ``kind`` says. Lists of them are there
    since 2019; ``tax`` was their sum until 2025."""
    names = _TOTALS[kind]
    if all(content.get(name) is None for name in names):
        return money(content.get("tax") or 0, currency, f"tax of {content['id']}")
    taxes = (tax_amount(tax, currency) for tax in taxes_of(content, *names))
    return Money.total((tax.amount for tax in taxes), currency)


def check(invoice: Invoice, content: dict) -> None:
    """:raises Hold: ``shipping_cost``, ``line_sum_mismatch``, ``untaxed_mismatch``,
    ``tax_mismatch``, ``total_mismatch``"""
    _check_shipping(invoice, content)
    _check_subtotal(invoice, content)
    _check_sums(invoice, content)


def check_credit_note(note: CreditNote, content: dict) -> None:
    """:raises Hold: ``shipping_cost``, ``untaxed_mismatch``, ``tax_mismatch``,
    ``total_mismatch``"""
    _check_shipping(note, content)
    _check_sums(note, content)


def _check_shipping(document: Invoice | CreditNote, content: dict) -> None:
    if content.get("amount_shipping"):
        raise Hold(
            "shipping_cost",
            f"{_name(document)} contains shipping, which is on no line.",
            "Bill shipping as a line, or post this one by hand.",
        )


def _check_sums(invoice: Invoice | CreditNote, content: dict) -> None:
    net = Money.total((line.net for line in invoice.lines), invoice.currency)
    if net != invoice.untaxed:
        raise _mismatch(invoice, "untaxed", invoice.untaxed, net)
    _check_taxes(invoice, content)
    if invoice.untaxed + invoice.tax != invoice.total:
        computed = invoice.untaxed + invoice.tax
        raise _mismatch(invoice, "total", invoice.total, computed)


def _check_subtotal(invoice: Invoice, content: dict) -> None:
    """The documentation has discounts of single lines already taken off the subtotal
    (``subtotal`` in https://docs.stripe.com/api/invoices/object); old versions had
    not. Both add up."""
    told = money(content.get("subtotal"), invoice.currency, "the subtotal")
    before = invoice.subtotal
    after = before - _line_discounts(content, invoice.currency)
    if told not in (before, after):
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


def _check_taxes(invoice: Invoice | CreditNote, content: dict) -> None:
    of_lines = _by_rate(tax for line in invoice.lines for tax in line.taxes)
    told = _by_rate(
        tax_amount(tax, invoice.currency)
        for tax in taxes_of(content, *_TOTALS[invoice.KIND])
    )
    summed = Money(sum(of_lines.values()), invoice.currency)
    if summed != invoice.tax:
        raise _mismatch(invoice, "tax", invoice.tax, summed)
    for key in told:
        if told[key] != of_lines[key]:
            amounts = (Money(n, invoice.currency) for n in (told[key], of_lines[key]))
            raise _mismatch(invoice, "tax", *amounts)


def _by_rate(taxes: Iterable[TaxAmount]) -> Counter:
    sums: Counter = Counter()
    for tax in taxes:
        sums[tax.rate_id, tax.inclusive] += tax.amount.amount
    return sums


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
