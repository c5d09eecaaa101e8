# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who buys."""

from __future__ import annotations

from dataclasses import dataclass, field

from .document import Document, unique
from .reference import Ref


@dataclass(frozen=True, slots=True)
class Address:
    """``country`` ISO 3166-1 alpha-2 where known, else the name as the provider has it;
    ``state`` likewise a subdivision code or name."""

    street: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return any((self.street, self.city, self.postal_code, self.country))


# Name in the metadata of a customer for the record type of an account.
RECORD_TYPE = "RecordType"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Document):
    """A company or person that buys: a Salesforce Account, a Stripe Customer.

    ``vat``: tax id with its country prefix. ``currency``: ISO 4217, upper case.
    ``payment_terms``: the provider's word.
    ``parent_id``: id of the parent account in the same provider. ``counterparts``: what
    may be ids of the same customer in other systems, as they are written on it.
    ``metadata`` has what the provider calls its sort under RECORD_TYPE, too.
    """

    KIND = "customer"

    name: str
    is_company: bool = True
    email: str = ""
    phone: str = ""
    website: str = ""
    vat: str = ""
    number: str = ""
    language: str = ""
    currency: str = ""
    payment_terms: str = ""
    billing: Address = field(default_factory=Address)
    shipping: Address = field(default_factory=Address)
    parent_id: str = ""
    comment: str = ""
    counterparts: tuple[str, ...] = ()
    # id of the surviving object, when this one was merged into it
    merged_into: str = ""

    def dependencies(self) -> tuple[Ref, ...]:
        if self.deleted:
            return unique([Ref("customer", self.merged_into)])
        return unique([Ref("customer", self.parent_id)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Document):
    """A person at a customer."""

    KIND = "contact"

    name: str
    customer_id: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    function: str = ""
    address: Address = field(default_factory=Address)
    merged_into: str = ""

    def dependencies(self) -> tuple[Ref, ...]:
        if self.deleted:
            return unique([Ref("contact", self.merged_into)])
        return unique([Ref("customer", self.customer_id)])
