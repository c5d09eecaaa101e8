# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The field that a multi-currency organisation has on its objects."""

from __future__ import annotations

from .field import Field, choice

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "KWD", "AUD", "CAD", "SEK", "BRL")
WITH_CURRENCY = (
    *(
        "Account",
        "Contact",
        "Contract",
        "Lead",
        "Opportunity",
        "OpportunityLineItem",
        "Product2",
    ),
    *("Pricebook2", "PricebookEntry", "Quote", "QuoteLineItem", "Order", "OrderItem"),
    "OpportunityContactRole",
)


def currency_field(default: str) -> Field:
    return choice(
        "CurrencyIsoCode",
        *CURRENCIES,
        restricted=True,
        nillable=False,
        default=default,
    )
