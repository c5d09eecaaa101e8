# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which fields are read of each kind of record."""

from __future__ import annotations

from dataclasses import dataclass

from ...canonical import Hold
from .description import Describe, has_path
from .schema import Schema

_ADDRESS = (
    "Street",
    "City",
    "State",
    "StateCode",
    "PostalCode",
    "Country",
    "CountryCode",
)


def _address(prefix: str) -> tuple[str, ...]:
    return tuple(prefix + part for part in _ADDRESS)


@dataclass(frozen=True, slots=True)
class FieldList:
    """``required``: without them a document would be wrong, not just poorer.
    ``optional``: left out where the org or its edition does not have them."""

    sobject: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


_COMMON = ("Id", "IsDeleted", "SystemModstamp")

ACCOUNT = FieldList(
    "Account",
    (*_COMMON, "MasterRecordId", "Name", "ParentId"),
    (
        "AccountNumber",
        "Phone",
        "Website",
        "Description",
        "CurrencyIsoCode",
        "IsPersonAccount",
        "PersonContactId",
        "PersonEmail",
        "PersonMobilePhone",
        "RecordType.DeveloperName",
        *_address("Billing"),
        *_address("Shipping"),
        *_address("PersonMailing"),
    ),
)
CONTACT = FieldList(
    "Contact",
    (*_COMMON, "MasterRecordId", "AccountId", "Name"),
    (
        "Email",
        "Phone",
        "MobilePhone",
        "Title",
        "IsPersonAccount",
        *_address("Mailing"),
    ),
)
CONTRACT = FieldList(
    "Contract",
    (*_COMMON, "ContractNumber", "AccountId", "Status"),
    ("StatusCode", "StartDate", "EndDate", "ContractTerm"),
)
OPPORTUNITY_ROLE = FieldList(
    "OpportunityContactRole",
    (*_COMMON, "OpportunityId", "ContactId"),
    ("Role", "IsPrimary"),
)
LEAD = FieldList(
    "Lead",
    (*_COMMON, "MasterRecordId", "Name", "IsConverted"),
    (
        "Company",
        "Email",
        "Phone",
        "MobilePhone",
        "Title",
        "Website",
        "Description",
        "ConvertedAccountId",
        "ConvertedContactId",
        "ConvertedOpportunityId",
        "Owner.Email",
        *_ADDRESS,
    ),
)
PRODUCT = FieldList(
    "Product2",
    (*_COMMON, "Name", "IsActive"),
    ("ProductCode", "StockKeepingUnit", "Description"),
)
PRICE = FieldList(
    "PricebookEntry",
    (*_COMMON, "Product2Id", "Pricebook2Id", "UnitPrice", "IsActive"),
    ("CurrencyIsoCode", "IsArchived"),
)
PRICE_LIST = FieldList("Pricebook2", (*_COMMON, "Name", "IsActive", "IsStandard"))
OPPORTUNITY = FieldList(
    "Opportunity",
    (*_COMMON, "AccountId", "Name", "StageName", "IsClosed", "IsWon", "CloseDate"),
    (
        "Amount",
        "Probability",
        "Description",
        "ContactId",
        "CurrencyIsoCode",
        "Account.PersonContactId",
        "Owner.Email",
        "SyncedQuote.QuoteNumber",
        "ContractId",
        "Contract.ContractNumber",
    ),
)
OPPORTUNITY_LINE = FieldList(
    "OpportunityLineItem",
    (
        *_COMMON,
        "OpportunityId",
        "Product2Id",
        "Quantity",
        "UnitPrice",
        "TotalPrice",
    ),
    ("Discount", "ServiceDate", "SortOrder", "Description", "Product2.Name"),
)
ORDER = FieldList(
    "Order",
    (*_COMMON, "OrderNumber", "AccountId", "Status", "EffectiveDate"),
    (
        "StatusCode",
        "OpportunityId",
        "BillToContactId",
        "ContractId",
        "Contract.ContractNumber",
        "CurrencyIsoCode",
        "Account.PersonContactId",
    ),
)
ORDER_LINE = FieldList(
    "OrderItem",
    (*_COMMON, "OrderId", "Product2Id", "Quantity", "UnitPrice", "TotalPrice"),
    ("ServiceDate", "OrderItemNumber", "Description", "Product2.Name"),
)
OF_SOBJECT = {
    fields.sobject: fields
    for fields in (
        ACCOUNT,
        CONTACT,
        CONTRACT,
        LEAD,
        PRODUCT,
        PRICE_LIST,
        PRICE,
        OPPORTUNITY,
        OPPORTUNITY_LINE,
        OPPORTUNITY_ROLE,
        ORDER,
        ORDER_LINE,
    )
}


def names(sobject: str, schema: Schema, describe: Describe) -> tuple[str, ...]:
    """The paths to select from ``sobject``: standard and configured fields, as far as
    the org has them.

    :raises Hold: ``field_not_visible``, when a required one is missing
    """
    fields = OF_SOBJECT[sobject]
    known = describe(sobject).fields
    hidden = [name for name in fields.required if name not in known]
    if hidden:
        raise Hold(
            "field_not_visible",
            f"The integration user cannot see {', '.join(hidden)} of {sobject}.",
            "Make the fields visible to the integration user in Salesforce Setup,"
            " Object Manager, Field-Level Security.",
        )
    optional = (*fields.optional, *_configured(sobject, schema))
    wanted = dict.fromkeys((*optional, *schema.mapped_of(sobject)))
    return fields.required + tuple(
        path
        for path in wanted
        if path not in fields.required and has_path(describe, sobject, path)
    )


def _configured(sobject: str, schema: Schema) -> tuple[str, ...]:
    interval = schema.billing_interval
    configured = {
        "Account": (schema.vat, schema.counterpart, schema.payment_terms),
        "Product2": (interval, schema.reference),
        "Pricebook2": (schema.reference,),
        "PricebookEntry": (interval and f"Product2.{interval}",),
        "Opportunity": (schema.billing_start, schema.payment_terms),
        "Order": (schema.payment_terms,),
    }
    return tuple(filter(None, configured.get(sobject, ())))
