# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Balance transaction → balance transaction."""

from __future__ import annotations

from ....canonical import BalanceTransaction, Hold
from ..moment import parse_day, parse_moment
from ..reporting_categories import BOOKED_WITH
from .common import head, identifier, money, number, text


def balance_transaction(content: dict) -> BalanceTransaction:
    """:raises Hold: ``malformed``, ``net_mismatch``"""
    rate = content.get("exchange_rate")
    what = f"exchange rate of {content['id']}"
    # Told since 2019; the type is finer than it.
    category = text(content, "reporting_category", "type")
    document = BalanceTransaction(
        **head(content),
        amount=_money(content, "amount"),
        fee=_money(content, "fee"),
        net=_money(content, "net"),
        category=category,
        booked_with=BOOKED_WITH.get(category, ""),
        source_id=identifier(content.get("source")),
        description=text(content, "description"),
        exchange_rate=None if rate is None else number(rate, what),
        created=parse_moment(content.get("created")),
        available_on=parse_day(content.get("available_on")),
    )
    if document.amount - document.fee != document.net:
        raise Hold(
            "net_mismatch",
            f"The balance transaction {document.id} shows a net of {document.net}, but "
            f"{document.amount} less the fee of {document.fee} is another amount.",
            "Compare it with Stripe's; retry reads it again.",
        )
    return document


def _money(content: dict, name: str):
    currency = text(content, "currency")
    return money(content.get(name), currency, f"{name} of {content['id']}")
