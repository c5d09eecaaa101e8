# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was agreed with the customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .document import Document, unique
from .money import UnitAmount
from .party import Address
from .reference import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One position. ``unit_price`` before discount; ``discount`` in percent (10).

    ``interval``: how often it is billed (INTERVALS), empty = as the product says.
    ``extras``: as Document's; no part of what is agreed, so not of its repr.
    """

    id: str
    product_id: str
    name: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: UnitAmount
    discount: Decimal = Decimal(0)
    interval: str = ""
    service_date: date | None = None
    extras: tuple[tuple[str, Any], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ContactRole:
    """Who plays which part in a deal; ``role``: the provider's word, empty for none."""

    contact_id: str
    role: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(Document):
    """What a customer and we have agreed on for a time, as sales keeps it; orders are
    made under it. ``status``: the provider's word; ``is_active``: it holds.
    ``end_date``: the last day; ``term``: months."""

    KIND = "contract"

    number: str
    customer_id: str
    status: str = ""
    is_active: bool = False
    start_date: date | None = None
    end_date: date | None = None
    term: int = 0

    def dependencies(self) -> tuple[Ref, ...]:
        return unique([Ref("customer", self.customer_id)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead(Document):
    """Somebody who may buy one day. ``company``: its name; there is no customer yet.

    ``is_converted``: it is over; it became a customer and a contact, and most often an
    opportunity, of which it is the beginning.
    """

    KIND = "lead"

    name: str
    company: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    function: str = ""
    website: str = ""
    address: Address = field(default_factory=Address)
    description: str = ""
    owner_email: str = ""
    is_converted: bool = False
    customer_id: str = ""
    contact_id: str = ""
    opportunity_id: str = ""
    merged_into: str = ""

    def dependencies(self) -> tuple[Ref, ...]:
        """Not the opportunity: whichever of the two comes first, they become one."""
        if self.deleted:
            return unique([Ref("lead", self.merged_into)])
        if not self.is_converted or self.opportunity_id:
            return ()
        return unique(
            [Ref("customer", self.customer_id), Ref("contact", self.contact_id)]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity(Document):
    """A deal in sales. ``amount`` in major units of ``currency`` (empty currency = the
    org has one currency only, the company's). ``payment_terms``: the provider's word.
    """

    KIND = "opportunity"

    name: str
    customer_id: str
    contact_id: str = ""
    stage: str = ""
    is_closed: bool = False
    is_won: bool = False
    probability: Decimal = Decimal(0)
    amount: Decimal | None = None
    currency: str = ""
    close_date: date | None = None
    billing_start: date | None = None
    description: str = ""
    owner_email: str = ""
    lines: tuple[OrderLine, ...] = ()
    # number of the accepted quote and id of the order that were made from it, if any
    quote_number: str = ""
    payment_terms: str = ""
    contract_id: str = ""
    roles: tuple[ContactRole, ...] = ()
    order_id: str = ""

    def dependencies(self) -> tuple[Ref, ...]:
        return unique(
            [
                Ref("customer", self.customer_id),
                Ref("contact", self.contact_id),
                Ref("contract", self.contract_id),
            ]
            + [Ref("contact", role.contact_id) for role in self.roles]
            + [Ref("product", line.product_id) for line in self.lines]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Document):
    """An order that sales keeps itself (Salesforce Order); it replaces the lines of its
    opportunity. ``activated``: it is binding. ``payment_terms``: the provider's word.
    """

    KIND = "order"

    number: str
    customer_id: str
    contact_id: str = ""
    opportunity_id: str = ""
    activated: bool = False
    currency: str = ""
    effective_date: date | None = None
    payment_terms: str = ""
    contract_id: str = ""
    lines: tuple[OrderLine, ...] = ()

    def dependencies(self) -> tuple[Ref, ...]:
        return unique(
            [
                Ref("customer", self.customer_id),
                Ref("contact", self.contact_id),
                Ref("contract", self.contract_id),
                Ref("opportunity", self.opportunity_id),
            ]
            + [Ref("product", line.product_id) for line in self.lines]
        )
