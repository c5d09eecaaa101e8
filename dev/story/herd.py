# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Many deals at once, of a few customers and a few products."""

from dataclasses import dataclass
from decimal import Decimal

from .deal import TAX_PERCENT, Line, cents
from .salesforce_org import line_values

PRODUCTS = (
    ("Platform Seat", "SEAT", Decimal("49.00")),
    ("Support Desk", "DESK", Decimal("19.90")),
    ("Storage Terabyte", "TERA", Decimal("7.25")),
)


@dataclass(frozen=True)
class Sale:
    """One opportunity of one line."""

    opportunity: str
    account: str
    line: Line

    @property
    def total(self):
        """With tax."""
        return self.line.net + cents(self.line.net * TAX_PERCENT / 100)


class Herd:
    """``sales`` in an organisation, still open."""

    def __init__(self, org, accounts, sales_each, close_date):
        self.org = org
        self.close_date = close_date
        self.book = org.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]
        self.products = self._products()
        self.entries = self._entries()
        self.accounts = org.create_many(
            "Account", [{"Name": f"Customer {n:02}"} for n in range(accounts)]
        )
        self.sales = self._sales(self.accounts * sales_each)

    def win(self):
        """Win all of them at once."""
        won = [{"Id": s.opportunity, "StageName": "Closed Won"} for s in self.sales]
        self.org.update_many("Opportunity", won)

    def _products(self):
        rows = [
            {
                "Name": name,
                "ProductCode": code,
                "IsActive": True,
                "Q2C_Billing_Interval__c": "month",
            }
            for name, code, _price in PRODUCTS
        ]
        return self.org.create_many("Product2", rows)

    def _entries(self):
        rows = [
            {
                "Pricebook2Id": self.book["Id"],
                "Product2Id": product,
                "UnitPrice": float(price),
                "IsActive": True,
            }
            for product, (_n, _c, price) in zip(self.products, PRODUCTS, strict=True)
        ]
        return self.org.create_many("PricebookEntry", rows)

    def _sales(self, accounts):
        opportunities = self.org.create_many(
            "Opportunity",
            [
                {
                    "Name": f"Deal {number:02}",
                    "AccountId": account,
                    "StageName": "Prospecting",
                    "CloseDate": self.close_date,
                    "Pricebook2Id": self.book["Id"],
                }
                for number, account in enumerate(accounts)
            ],
        )
        sales = [
            Sale(opportunity, account, self._line(number))
            for number, (opportunity, account) in enumerate(
                zip(opportunities, accounts, strict=True)
            )
        ]
        self.org.create_many("OpportunityLineItem", self._line_rows(sales))
        return sales

    def _line(self, number):
        """Every third one with a discount."""
        name, code, price = PRODUCTS[number % len(PRODUCTS)]
        discount = Decimal(10) if number % 3 == 0 else Decimal(0)
        return Line(name, code, "month", number % 7 + 1, price, discount)

    def _line_rows(self, sales):
        entry = {
            code: entry
            for (_n, code, _p), entry in zip(PRODUCTS, self.entries, strict=True)
        }
        return [
            line_values(sale.opportunity, sale.line, entry[sale.line.code])
            for sale in sales
        ]
