# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is paid, and what that does to the balance that the provider keeps for us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .document import Document, unique
from .money import Money
from .reference import Ref


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a payment that settles one invoice."""

    invoice_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceTransaction(Document):
    """One movement of the provider's balance, in the currency that it is settled in.

    ``amount`` - ``fee`` = ``net``: positive where the balance grows, and a positive fee
    makes it smaller. ``category``: Stripe's reporting category (charge, refund,
    dispute…). ``booked_with``: kind of the object that books the amount (payment,
    refund, dispute, payout); empty where the transaction is all that there is.
    ``source_id``: id of the charge, refund… that moved it.
    ``exchange_rate``: of the source's currency, where that is another one, into this
    one. ``created``: aware, UTC; ``available_on``: UTC date from which it can be paid
    out.
    """

    KIND = "balance_transaction"

    amount: Money
    fee: Money
    net: Money
    category: str
    booked_with: str = ""
    source_id: str = ""
    description: str = ""
    exchange_rate: Decimal | None = None
    created: datetime | None = None
    available_on: date | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What the provider keeps for us in one currency."""

    pending: Money
    available: Money

    @property
    def total(self) -> Money:
        return self.pending + self.available


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Document):
    """Money from a customer. The id is the PaymentIntent's; the charge's where there is
    no intent; the invoice payment's where it was made out of band.

    ``status``: pending, succeeded, failed, canceled. ``method``: the provider's word
    for how it was paid (card, sepa_debit…). ``paid_at``: aware, UTC.
    ``balance_transaction_id``: how it came into the provider's balance;
    ``failure_transaction_id``: how it left it again, where the bank returned it.
    """

    KIND = "payment"

    status: str
    amount: Money
    customer_id: str = ""
    allocations: tuple[Allocation, ...] = ()
    method: str = ""
    out_of_band: bool = False
    charge_id: str = ""
    balance_transaction_id: str = ""
    failure_transaction_id: str = ""
    paid_at: datetime | None = None
    failure_message: str = ""

    @property
    def failure(self) -> str:
        """Why it failed, in the provider's words."""
        return self.failure_message

    def figures(self) -> dict[str, Any]:
        """``allocations``: [id of an invoice, what of it is paid], in order."""
        return {
            **_figures(self),
            "customer": self.customer_id,
            "allocations": [
                [part.invoice_id, part.amount.amount] for part in self.allocations
            ],
        }

    def dependencies(self) -> tuple[Ref, ...]:
        return unique(
            [Ref("customer", self.customer_id)]
            + [Ref("invoice", part.invoice_id) for part in self.allocations]
            + [
                Ref("balance_transaction", self.balance_transaction_id),
                Ref("balance_transaction", self.failure_transaction_id),
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Document):
    """Money back to a customer, out of a payment. What it gives back of which credit
    note is said there.

    ``status``: pending, succeeded, failed, canceled. Without a balance transaction no
    money has moved: a charge was given up before it was captured, or the refund waits
    for funds. ``failure_transaction_id``: how the money came back. ``created``: aware,
    UTC. ``reason``, ``failure_reason``: the provider's words.
    """

    KIND = "refund"

    status: str
    amount: Money
    payment_id: str
    balance_transaction_id: str = ""
    failure_transaction_id: str = ""
    created: datetime | None = None
    reason: str = ""
    failure_reason: str = ""

    @property
    def failure(self) -> str:
        """Why it failed, in the provider's words."""
        return self.failure_reason.replace("_", " ")

    def figures(self) -> dict[str, Any]:
        return _figures(self)

    def dependencies(self) -> tuple[Ref, ...]:
        return unique(
            [
                Ref("payment", self.payment_id),
                Ref("balance_transaction", self.balance_transaction_id),
                Ref("balance_transaction", self.failure_transaction_id),
            ]
        )


# Stripe's words for the states of a dispute
# (https://docs.stripe.com/api/disputes/object#dispute_object-status); the last one is
# of versions before 2019.
DISPUTE_STATUSES = (
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "appeal_needs_response",
    "appeal_under_review",
    "won",
    "lost",
    "prevented",
    "charge_refunded",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Document):
    """A payment that the customer contests at the bank; a payment may have several.

    ``status``: one of DISPUTE_STATUSES; those that begin with ``warning`` are
    inquiries, which move no money. ``amount``: what is contested, in the payment's
    currency. ``transaction_ids``: balance transactions by which the money was withdrawn
    and reinstated, in whatever order and number. ``reason``: the provider's word.
    ``network_reason``: the card network's code. ``respond_by``: until when evidence can
    be given. ``created``, ``respond_by``: aware, UTC.
    """

    KIND = "dispute"

    status: str
    amount: Money
    payment_id: str = ""
    transaction_ids: tuple[str, ...] = ()
    reason: str = ""
    network_reason: str = ""
    respond_by: datetime | None = None
    created: datetime | None = None

    @property
    def needs_response(self) -> bool:
        return self.status.endswith("needs_response")

    def dependencies(self) -> tuple[Ref, ...]:
        return unique(
            [Ref("payment", self.payment_id)]
            + [Ref("balance_transaction", each) for each in self.transaction_ids]
        )


@dataclass(frozen=True, slots=True)
class PayoutPart:
    """One balance transaction that a payout pays out, and its net."""

    transaction_id: str
    net: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout(Document):
    """Money from the provider's balance to the bank; negative where the bank pays.

    ``status``: pending, in_transit, paid, failed, canceled. ``automatic``: made by the
    provider's schedule. ``method``: standard, instant. ``reconciliation``: completed,
    where ``parts`` are all that it pays out, without the transaction that moves the
    payout itself; in_progress, where they are not known yet; not_applicable, where
    nobody can tell. ``settled``: what the balance is moved by, in its currency;
    ``fee``: what the provider keeps for the payout itself. ``balance_transaction_id``:
    how it left the balance; ``failure_transaction_id``: how it came back. ``created``:
    aware, UTC; ``arrival_on``: UTC date. ``bank_reference``: what the bank calls it.
    """

    KIND = "payout"

    status: str
    amount: Money
    automatic: bool = True
    method: str = "standard"
    reconciliation: str = "not_applicable"
    parts: tuple[PayoutPart, ...] = ()
    settled: Money
    fee: Money
    balance_transaction_id: str = ""
    failure_transaction_id: str = ""
    created: datetime | None = None
    arrival_on: date | None = None
    description: str = ""
    bank_reference: str = ""
    failure_message: str = ""

    @property
    def difference(self) -> Money:
        """What the parts come to beyond what left the balance."""
        parts = Money.total((part.net for part in self.parts), self.settled.currency)
        return parts - self.settled - self.fee

    def dependencies(self) -> tuple[Ref, ...]:
        return unique(
            [
                Ref("balance_transaction", self.balance_transaction_id),
                Ref("balance_transaction", self.failure_transaction_id),
            ]
            + [Ref("balance_transaction", part.transaction_id) for part in self.parts]
        )


def _figures(document: Payment | Refund) -> dict[str, Any]:
    return {
        "currency": document.amount.currency,
        "status": document.status,
        "amount": document.amount.amount,
        "transaction": document.balance_transaction_id,
    }
