# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices and credit notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .document import Document, unique
from .money import Money, UnitAmount
from .reference import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxAmount:
    """One tax on one line. ``taxable``: the base it was computed on, where told.
    ``reason``: the provider's word why it is what it is (standard_rated,
    reverse_charge…).
    """

    rate_id: str
    amount: Money
    taxable: Money | None = None
    inclusive: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """``amount``: before discounts, and with inclusive taxes still in it, negative
    for a proration credit. ``discount``: what all discounts, and credits that were
    given away, together take off it (positive). ``prepaid``: what is paid with credits
    that the customer had bought (positive), None for nothing: it is revenue all the
    same. The service period is [``period_start``, ``period_end``)."""

    id: str
    description: str
    amount: Money
    quantity: Decimal = Decimal(1)
    unit_amount: UnitAmount | None = None
    discount: Money
    prepaid: Money | None = None
    taxes: tuple[TaxAmount, ...] = ()
    price_id: str = ""
    product_id: str = ""
    proration: bool = False
    period_start: datetime | None = None
    period_end: datetime | None = None
    subscription_item_id: str = ""
    # what the goods are sent for, which belongs to the whole invoice
    is_shipping: bool = False
    # on a credit note: id of the line of the invoice that is credited
    invoice_line_id: str = ""

    @property
    def revenue(self) -> Money:
        """After discounts and without tax."""
        inclusive = [tax.amount for tax in self.taxes if tax.inclusive]
        return Money.total(
            [self.amount, -self.discount] + [-tax for tax in inclusive],
            self.amount.currency,
        )

    @property
    def net(self) -> Money:
        """What it adds to the untaxed amount of its document."""
        return self.revenue - self.prepaid if self.prepaid else self.revenue


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Document):
    """``status``: draft, open, paid, void, uncollectible. Amounts are the provider's.

    ``subtotal``: sum of the lines before discounts; ``untaxed`` after discounts and
    without tax; ``tax`` all taxes; ``total`` = untaxed + tax; ``paid`` and
    ``remaining`` as of this state. ``starting_balance``/``ending_balance``: what the
    customer owed (negative: had to his credit) before and after it was issued, the
    latter None until it is. ``issued_on``, ``due_on``, ``uncollectible_on``,
    ``voided_on``: UTC dates; the last two are when it was given up or voided, None
    where that is not told.
    ``next_attempt_on``: the UTC date on which the provider tries to collect it next.
    ``custom_fields``: pairs of name and value that are printed on it. ``revises_id``,
    ``revised_by_id``: the invoice that it takes the place of, and the one that took
    its place.
    """

    KIND = "invoice"

    number: str
    status: str
    customer_id: str
    subscription_id: str = ""
    currency: str
    lines: tuple[InvoiceLine, ...]
    subtotal: Money
    discount: Money
    untaxed: Money
    tax: Money
    total: Money
    paid: Money
    remaining: Money
    starting_balance: Money
    ending_balance: Money | None = None
    issued_on: date | None = None
    uncollectible_on: date | None = None
    voided_on: date | None = None
    due_on: date | None = None
    next_attempt_on: date | None = None
    memo: str = ""
    footer: str = ""
    custom_fields: tuple[tuple[str, str], ...] = ()
    revises_id: str = ""
    revised_by_id: str = ""
    hosted_url: str = ""
    pdf_url: str = ""
    billing_reason: str = ""
    automatic_tax: bool = False

    @property
    def balance_applied(self) -> Money:
        """What of the customer's credit was used for it; negative: what was added to
        the credit, or of a debt put on this invoice."""
        if self.ending_balance is None:
            return Money(0, self.currency)
        return self.ending_balance - self.starting_balance

    def figures(self) -> dict[str, Any]:
        return {
            "currency": self.currency,
            "customer": self.customer_id,
            "status": self.status,
            "paid": self.paid.amount,
            "remaining": self.remaining.amount,
            "from_balance": self.balance_applied.amount,
        }

    def dependencies(self) -> tuple[Ref, ...]:
        return unique(
            [
                Ref("customer", self.customer_id),
                Ref("subscription", self.subscription_id),
            ]
            + [Ref("price", line.price_id) for line in self.lines]
            + [Ref("product", line.product_id) for line in self.lines]
            + [
                Ref("tax_rate", tax.rate_id)
                for line in self.lines
                for tax in line.taxes
            ]
        )


@dataclass(frozen=True, slots=True)
class RefundPart:
    """What one refund gives back of a credit note."""

    refund_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote(Document):
    """What an invoice is reduced by after it was issued; all amounts are positive.

    ``status``: issued, void. ``total`` = ``untaxed`` + ``tax`` = ``before_payment``,
    which makes the amount due smaller, + ``refunds`` + ``to_balance``, credited to the
    customer's balance, + ``out_of_band``, given back elsewhere. ``issued_on``,
    ``voided_on``: UTC dates. ``reason``: the provider's word (duplicate…).
    """

    KIND = "credit_note"

    number: str
    status: str
    invoice_id: str
    customer_id: str
    currency: str
    lines: tuple[InvoiceLine, ...]
    untaxed: Money
    tax: Money
    total: Money
    before_payment: Money
    refunds: tuple[RefundPart, ...] = ()
    to_balance: Money
    out_of_band: Money
    issued_on: date | None = None
    voided_on: date | None = None
    reason: str = ""
    memo: str = ""
    pdf_url: str = ""

    def figures(self) -> dict[str, Any]:
        """``remaining``: what no entry of ours settles."""
        return {
            "currency": self.currency,
            "customer": self.customer_id,
            "status": self.status,
            "invoice": self.invoice_id,
            "remaining": self.out_of_band.amount,
            "from_balance": -self.to_balance.amount,
        }

    def dependencies(self) -> tuple[Ref, ...]:
        return unique(
            [Ref("invoice", self.invoice_id), Ref("customer", self.customer_id)]
            + [
                Ref("tax_rate", tax.rate_id)
                for line in self.lines
                for tax in line.taxes
            ]
            + [Ref("refund", part.refund_id) for part in self.refunds]
        )
