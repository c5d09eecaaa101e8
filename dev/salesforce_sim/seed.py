# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A small trading data set: two customers, four products, one open deal."""

from __future__ import annotations

from datetime import timedelta

from .records.writer import create

PRODUCTS = (
    # key, name, code, family, billing interval, list price in the default currency
    ("monthly", "Platform Seat Monthly", "SEAT-M", "Subscription", "month", 49.0),
    ("yearly", "Premium Support Yearly", "SUPP-Y", "Subscription", "year", 480.0),
    ("setup", "Onboarding and Setup", "SETUP", "Service", "one_time", 1500.0),
    ("device", "Badge Reader", "READER", "Hardware", "one_time", 129.5),
)
ACCOUNTS = (
    {
        "Name": "Brasserie Saint-Gilles SA",
        "Type": "Customer - Direct",
        "Industry": "Food & Beverage",
        "Phone": "+32 2 555 01 10",
        "Website": "https://brasserie.example",
        "AccountNumber": "C-1001",
        "BillingStreet": "Chaussée de Charleroi 12",
        "BillingCity": "Saint-Gilles",
        "BillingPostalCode": "1060",
        "BillingCountry": "Belgium",
        "BillingCountryCode": "BE",
        "ShippingStreet": "Rue de la Victoire 3",
        "ShippingCity": "Saint-Gilles",
        "ShippingPostalCode": "1060",
        "ShippingCountry": "Belgium",
        "ShippingCountryCode": "BE",
    },
    {
        "Name": "Nordhafen Logistik GmbH",
        "Type": "Prospect",
        "Industry": "Transportation",
        "Phone": "+49 40 5550 220",
        "Website": "https://nordhafen.example",
        "AccountNumber": "C-1002",
        "BillingStreet": "Am Sandtorkai 40",
        "BillingCity": "Hamburg",
        "BillingPostalCode": "20457",
        "BillingCountry": "Germany",
        "BillingCountryCode": "DE",
    },
)
CONTACTS = (
    # account's place above, first name, last name, e-mail, title
    (0, "Amélie", "Dupont", "amelie.dupont@brasserie.example", "Finance Manager"),
    (0, "Tom", "Peeters", "tom.peeters@brasserie.example", "Head of Operations"),
    (1, "Katrin", "Brandt", "katrin.brandt@nordhafen.example", "CFO"),
)
LINES = (
    # product, quantity, discount in percent
    ("monthly", 25, 10),
    ("yearly", 1, None),
    ("setup", 1, 50),
)


def seed(org) -> dict:
    """Ids of what was made: accounts, contacts, pricebook, products, entries, …"""
    with org.store.transaction():
        accounts = [_create(org, "Account", values) for values in ACCOUNTS]
        contacts = [_contact(org, accounts, *values) for values in CONTACTS]
        book = _create(org, "Pricebook2", {"Name": "Europe 2026", "IsActive": True})
        products = {item[0]: _product(org, *item[1:]) for item in PRODUCTS}
        entries = {
            item[0]: _entry(org, book, products[item[0]], item[5]) for item in PRODUCTS
        }
        deal = _deal(org, accounts[0], contacts[0], book)
        lines = [_line(org, deal, entries[key], *rest) for key, *rest in LINES]
    return {
        "accounts": accounts,
        "contacts": contacts,
        "pricebook": book,
        "products": products,
        "entries": entries,
        "opportunity": deal,
        "lines": lines,
    }


def _create(org, name: str, values: dict) -> str:
    given = {key: value for key, value in values.items() if value is not None}
    return create(org, org.schema[name], given, allow_duplicates=True)


def _contact(org, accounts, place, first, last, email, title) -> str:
    values = {"FirstName": first, "LastName": last, "Email": email, "Title": title}
    return _create(org, "Contact", {"AccountId": accounts[place], **values})


def _product(org, name, code, family, interval, _price) -> str:
    values = {
        "Name": name,
        "ProductCode": code,
        "Family": family,
        "IsActive": True,
        "Q2C_Billing_Interval__c": interval,
    }
    return _create(org, "Product2", values)


def _entry(org, book, product, price) -> str:
    """The standard price first: a custom one needs it."""
    values = {"Product2Id": product, "UnitPrice": price, "IsActive": True}
    standard = {"Pricebook2Id": org.standard_pricebook_id, **values}
    _create(org, "PricebookEntry", standard)
    return _create(org, "PricebookEntry", {"Pricebook2Id": book, **values})


def _deal(org, account, contact, book) -> str:
    today = org.clock.now().date()
    deal = _create(
        org,
        "Opportunity",
        {
            "Name": "Brasserie - 25 seats",
            "AccountId": account,
            "ContactId": contact,
            "StageName": "Negotiation/Review",
            "CloseDate": (today + timedelta(days=14)).isoformat(),
            "Type": "New Customer",
            "Pricebook2Id": book,
            "Q2C_Billing_Start__c": (today + timedelta(days=30)).isoformat(),
        },
    )
    role = {"OpportunityId": deal, "ContactId": contact, "IsPrimary": True}
    _create(org, "OpportunityContactRole", {**role, "Role": "Decision Maker"})
    return deal


def _line(org, deal, entry, quantity, discount) -> str:
    values = {"OpportunityId": deal, "PricebookEntryId": entry, "Quantity": quantity}
    return _create(org, "OpportunityLineItem", {**values, "Discount": discount})
