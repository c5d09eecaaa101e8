# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .document import Document, unique
from .money import Money
from .reference import Ref


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a payment that settles one invoice."""

    invoice_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Document):
    """Money from a customer. The id is the PaymentIntent's; the charge's where there is
    no intent; the invoice payment's where it was made out of band.

    ``status``: pending, succeeded, failed, canceled. ``method``: the provider's word
    for how it was paid (card, sepa_debit…). ``paid_at``: aware, UTC.
    """

    KIND = "payment"

    status: str
    amount: Money
    customer_id: str = ""
    allocations: tuple[Allocation, ...] = ()
    method: str = ""
    out_of_band: bool = False
    charge_id: str = ""
    paid_at: datetime | None = None
    failure_message: str = ""

    def dependencies(self) -> tuple[Ref, ...]:
        return unique(
            [Ref("customer", self.customer_id)]
            + [Ref("invoice", part.invoice_id) for part in self.allocations]
        )
