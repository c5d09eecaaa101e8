# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an invoice or a credit note says of shipping, as a line of its own."""

from __future__ import annotations

from ....canonical import Hold, InvoiceLine, Money, TaxAmount
from .common import identifier, money, part, text


def shipping_line(content: dict, currency: str) -> InvoiceLine | None:
    """The line; None where nothing is sent. Stripe keeps its cost on no line.

    :raises Hold: ``incomplete_list``, ``shipping_mismatch``
    """
    if not content.get("amount_shipping"):
        return None
    cost = content.get("shipping_cost") or {}
    if is_incomplete(content) and cost.get("amount_tax"):
        raise Hold(
            "incomplete_list",
            f"The taxes on the shipping of {content['id']} are not known.",
            "Retry: they are read from Stripe.",
        )
    taxes = tuple(_tax(tax, cost, currency) for tax in cost.get("taxes") or [])
    return InvoiceLine(
        id=shipping_id(content["id"]),
        description=text(_rate(cost), "display_name") or "Shipping",
        amount=_amount(content, cost, taxes, currency),
        discount=Money(0, currency),
        taxes=taxes,
        is_shipping=True,
        invoice_line_id=shipping_id(identifier(content.get("invoice"))),
    )


def shipping_id(document_id: str) -> str:
    """The line has no id at Stripe; there is but one on an invoice."""
    return document_id and f"{document_id}:shipping"


def is_incomplete(content: dict) -> bool:
    """Whether there is shipping of which the taxes are not told: only who asks for
    them gets them."""
    cost = content.get("shipping_cost")
    return bool(content.get("amount_shipping") and cost and cost.get("taxes") is None)


def _rate(cost: dict) -> dict:
    rate = cost.get("shipping_rate")
    return rate if isinstance(rate, dict) else {}


def _amount(
    content: dict, cost: dict, taxes: tuple[TaxAmount, ...], currency: str
) -> Money:
    """With inclusive taxes in it, as on every line. Whether ``amount_subtotal`` has
    them the documentation does not say; ``amount_total`` shows it."""
    what = f"shipping cost of {content['id']}"
    before = money(cost.get("amount_subtotal"), currency, what)
    total = money(cost.get("amount_total"), currency, what)
    on_top = Money.total((t.amount for t in taxes if not t.inclusive), currency)
    inside = Money.total((t.amount for t in taxes if t.inclusive), currency)
    amount = total - on_top
    if before not in (amount, amount - inside):
        raise Hold(
            "shipping_mismatch",
            f"The shipping of {content['id']} costs {before}, with its taxes {total}, "
            f"but the taxes are {on_top + inside}.",
            "Compare it in Stripe; retry reads it again. Post it by hand if the "
            "difference is Stripe's.",
        )
    return amount


def _tax(tax: dict, cost: dict, currency: str) -> TaxAmount:
    rate, taxable = tax.get("rate"), tax.get("taxable_amount")
    # Not known of a rate that is only named: then both amounts are the same.
    inclusive = part(rate, "inclusive")
    if inclusive is None:
        inclusive = cost.get("amount_total") == cost.get("amount_subtotal")
    return TaxAmount(
        rate_id=identifier(rate),
        amount=money(tax.get("amount"), currency, "a tax on shipping"),
        taxable=None
        if taxable is None
        else money(taxable, currency, "the base of a tax on shipping"),
        inclusive=bool(inclusive),
        reason=text(tax, "taxability_reason"),
    )
