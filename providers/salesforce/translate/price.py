# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""PricebookEntry → price."""

from __future__ import annotations

from ....canonical import Price, UnitAmount
from ..identifier import to_18
from ..schema import Schema
from .common import currency_of_prices, head, number, text
from .interval import interval_of


def price(record: dict, schema: Schema) -> Price:
    """:raises Hold: ``unknown_billing_interval``, ``currency_unknown``"""
    field = schema.billing_interval
    word = text(record, f"Product2.{field}") if field else ""
    interval, count = interval_of(word, f"the product of the price {record['Id']}")
    currency = currency_of_prices(record, schema)
    amount = number(record, "UnitPrice")
    return Price(
        **head(record, "PricebookEntry", schema),
        product_id=to_18(record["Product2Id"]),
        unit_amount=None if amount is None else UnitAmount.of_major(amount, currency),
        currency=currency,
        interval=interval or "one_time",
        interval_count=count,
        active=bool(record.get("IsActive")) and not record.get("IsArchived"),
        price_list_id=to_18(record["Pricebook2Id"]),
    )
