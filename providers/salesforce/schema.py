# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an administrator configures about an org's own fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """API names of custom fields; an empty one is not read.

    ``billing_interval``: picklist on Product2; ``billing_start``: date on Opportunity;
    ``vat``: text on Account; ``counterpart``: text on Account with the id of the
    customer in the billing system.
    ``reference``: unique text on Product2 and Pricebook2 with our reference of what
    they were made from; given only where the catalogue is published to the org.
    ``currency``: ISO 4217 code of an org with one currency only, whose records do not
    name it; the engine gives the company's.
    """

    billing_interval: str = "Q2C_Billing_Interval__c"
    billing_start: str = "Q2C_Billing_Start__c"
    vat: str = ""
    counterpart: str = ""
    reference: str = ""
    currency: str = ""
