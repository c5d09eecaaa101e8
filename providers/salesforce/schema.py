# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an administrator configures about an org's own fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """API names of custom fields; an empty one is not read.

    ``billing_interval``: picklist on Product2; ``billing_start``: date on Opportunity;
    ``vat``: text on Account; ``counterpart``: text on Account with the id of the
    customer in the billing system; ``payment_terms``: picklist or text on Account,
    Opportunity or Order, or on several of them.
    ``reference``: unique text on Product2 and Pricebook2 with our reference of what
    they were made from; given only where the catalogue is published to the org.
    ``mapped``: full names (Account.Segment__c, Opportunity.Owner.Email) of the fields
    that people have mapped.
    ``currency``: ISO 4217 code of an org with one currency only, whose records do not
    name it; the engine gives the company's.
    """

    billing_interval: str = "Q2C_Billing_Interval__c"
    billing_start: str = "Q2C_Billing_Start__c"
    vat: str = ""
    counterpart: str = ""
    reference: str = ""
    payment_terms: str = ""
    currency: str = ""
    mapped: tuple[str, ...] = ()

    def mapped_of(self, sobject: str) -> tuple[str, ...]:
        """The paths of the mapped fields of ``sobject``, in their order."""
        start = f"{sobject}."
        return tuple(
            name.removeprefix(start)
            for name in sorted(self.mapped)
            if name.startswith(start)
        )
