# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which standard fields Salesforce's objects have, and of which type: facts about the
platform, as they can be read off its own types of sObjects.

Source: the types published by apex-dev-tools (repository sobject-types, folder
``SObjects``, commits of 2022 to 2024), and, for OpportunityContactRole, the answer of
its describe that CumulusCI recorded. Not all of Account's fields are listed.
"""

# Beginning of the type → the types of describe that it stands for.
TYPES = {
    "Id": {"id", "reference"},
    "String": {
        *("string", "textarea", "picklist", "email", "phone", "url", "combobox"),
        "multipicklist",
    },
    "Boolean": {"boolean"},
    "Date": {"date"},
    "Datetime": {"datetime"},
    "Decimal": {"currency", "double", "percent"},
    "Integer": {"int"},
    "Address": {"address"},
}
_ADDRESS = {
    "Address": "Address",
    "String": "City Country CountryCode PostalCode State StateCode Street",
}
_SYSTEM = {
    "Id": "Id CreatedById LastModifiedById",
    "Boolean": "IsDeleted",
    "Datetime": "CreatedDate LastModifiedDate SystemModstamp",
}


def _fields(prefixes=(), **names):
    """{field: type}; ``names``: {type: names of fields, with spaces between}."""
    parts = [_SYSTEM, names]
    found = {
        name: kind for part in parts for kind in part for name in part[kind].split()
    }
    for prefix in prefixes:
        for kind, listed in _ADDRESS.items():
            found |= dict.fromkeys((prefix + name for name in listed.split()), kind)
    return found


FIELDS = {
    "Account": _fields(
        ("Billing", "Shipping", "PersonMailing"),
        Id="MasterRecordId OwnerId ParentId PersonContactId RecordTypeId",
        String="AccountNumber AccountSource CurrencyIsoCode Description Fax FirstName"
        " Industry LastName Name Ownership PersonEmail PersonMobilePhone PersonTitle"
        " Phone Rating Salutation Site Type Website",
        Boolean="IsPersonAccount",
        Decimal="AnnualRevenue",
        Integer="NumberOfEmployees",
        Date="LastActivityDate",
    ),
    "Contact": _fields(
        ("Mailing", "Other"),
        Id="AccountId IndividualId MasterRecordId OwnerId RecordTypeId ReportsToId",
        String="AssistantName AssistantPhone CleanStatus CurrencyIsoCode Department"
        " Description Email EmailBouncedReason Fax FirstName HomePhone Jigsaw LastName"
        " LeadSource MobilePhone Name OtherPhone Phone PhotoUrl Salutation Title",
        Boolean="DoNotCall HasOptedOutOfEmail HasOptedOutOfFax IsEmailBounced",
        Date="Birthdate LastActivityDate",
    ),
    "Contract": _fields(
        ("Billing", "Shipping"),
        Id="AccountId ActivatedById CompanySignedId CustomerSignedId OwnerId"
        " Pricebook2Id RecordTypeId",
        String="ContractNumber CurrencyIsoCode CustomerSignedTitle Description Name"
        " OwnerExpirationNotice SpecialTerms Status StatusCode",
        Date="CompanySignedDate CustomerSignedDate EndDate LastActivityDate StartDate",
        Integer="ContractTerm",
    ),
    "Lead": _fields(
        ("",),
        Id="ConvertedAccountId ConvertedContactId ConvertedOpportunityId IndividualId"
        " MasterRecordId OwnerId RecordTypeId",
        String="Company CurrencyIsoCode Description Email Fax FirstName Industry"
        " LastName LeadSource MobilePhone Name Phone PhotoUrl Rating Salutation Status"
        " Title Website",
        Boolean="DoNotCall HasOptedOutOfEmail IsConverted IsUnreadByOwner",
        Date="ConvertedDate LastActivityDate LastTransferDate",
        Decimal="AnnualRevenue",
        Integer="NumberOfEmployees",
    ),
    "Opportunity": _fields(
        Id="AccountId CampaignId ContactId ContractId OwnerId Pricebook2Id RecordTypeId"
        " SyncedQuoteId Territory2Id",
        String="CurrencyIsoCode Description Fiscal ForecastCategory LeadSource Name"
        " ForecastCategoryName NextStep StageName Type",
        Boolean="HasOpenActivity HasOpportunityLineItem HasOverdueTask IsClosed"
        " IsPrivate IsSplit IsWon",
        Date="CloseDate LastActivityDate",
        Decimal="Amount ExpectedRevenue Probability TotalOpportunityQuantity",
        Integer="FiscalQuarter FiscalYear PushCount",
    ),
    "OpportunityLineItem": _fields(
        Id="OpportunityId PricebookEntryId Product2Id",
        String="CurrencyIsoCode Description Name ProductCode",
        Boolean="CanUseQuantitySchedule CanUseRevenueSchedule HasQuantitySchedule"
        " HasRevenueSchedule HasSchedule",
        Date="ServiceDate",
        Decimal="Discount ListPrice Quantity TotalPrice UnitPrice",
        Integer="SortOrder",
    ),
    "OpportunityContactRole": _fields(
        Id="ContactId OpportunityId",
        String="CurrencyIsoCode Role",
        Boolean="IsPrimary",
    ),
    "Order": _fields(
        ("Billing", "Shipping"),
        Id="AccountId ActivatedById BillToContactId CompanyAuthorizedById ContractId"
        " CustomerAuthorizedById OpportunityId OriginalOrderId OwnerId Pricebook2Id"
        " QuoteId RecordTypeId ShipToContactId",
        String="CurrencyIsoCode Description Name OrderNumber OrderReferenceNumber"
        " PoNumber Status StatusCode Type",
        Boolean="IsReductionOrder",
        Date="CompanyAuthorizedDate CustomerAuthorizedDate EffectiveDate EndDate"
        " PoDate",
        Decimal="TotalAmount",
    ),
    "OrderItem": _fields(
        Id="OrderId OriginalOrderItemId PricebookEntryId Product2Id",
        String="CurrencyIsoCode Description OrderItemNumber",
        Date="EndDate ServiceDate",
        Decimal="AvailableQuantity ListPrice Quantity TotalPrice UnitPrice",
    ),
    "Pricebook2": _fields(
        String="CurrencyIsoCode Description Name",
        Boolean="IsActive IsArchived IsStandard",
        Datetime="LastReferencedDate LastViewedDate ValidFrom ValidTo",
    ),
    "PricebookEntry": _fields(
        Id="Pricebook2Id Product2Id ProductSellingModelId",
        String="CurrencyIsoCode Name ProductCode",
        Boolean="IsActive IsArchived IsDerived UseStandardPrice",
        Decimal="UnitPrice",
    ),
    "Product2": _fields(
        Id="ExternalDataSourceId",
        String="CurrencyIsoCode Description DisplayUrl ExternalId Family Name"
        " ProductCode QuantityUnitOfMeasure StockKeepingUnit",
        Boolean="CanUseQuantitySchedule CanUseRevenueSchedule IsActive IsArchived",
        Integer="NumberOfQuantityInstallments NumberOfRevenueInstallments",
    ),
}
# Only where Person Accounts are on, which those types were not read with.
FIELDS["Contact"]["IsPersonAccount"] = "Boolean"
# In the Object Reference, and not among those types.
FIELDS["OpportunityLineItem"]["Subtotal"] = "Decimal"
FIELDS["OrderItem"]["QuoteLineItemId"] = "Id"
# Relationship → the object that it leads to; Owner of a lead is a user or a queue.
PARENTS = {
    "Account.RecordType": "RecordType",
    "Lead.Owner": "Name",
    "Opportunity.Account": "Account",
    "Opportunity.Contract": "Contract",
    "Opportunity.Owner": "User",
    "Opportunity.SyncedQuote": "Quote",
    "OpportunityLineItem.Product2": "Product2",
    "Order.Account": "Account",
    "Order.Contract": "Contract",
    "OrderItem.Product2": "Product2",
    "PricebookEntry.Product2": "Product2",
}
FIELDS["RecordType"] = _fields(String="Description DeveloperName Name SobjectType")
FIELDS["Quote"] = _fields(String="QuoteNumber")
FIELDS["User"] = FIELDS["Name"] = _fields(String="Email")
