# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the parameters of all calls have in common."""

from __future__ import annotations

from decimal import Decimal

from ....canonical import Address, Document


def filled(params: dict, new: bool) -> dict:
    """``params`` as a call takes them: of a new object only what says something, of one
    that is there also what is to be emptied, which Stripe takes an empty text for."""
    if new:
        return {name: value for name, value in params.items() if value not in ("", {})}
    return {name: "" if value == {} else value for name, value in params.items()}


def said(document: Document, params: dict) -> dict:
    """``params``, {name of an attribute: the parameters that say it}, together; but for
    what ``document`` says nothing about."""
    return {
        name: value
        for attribute, share in params.items()
        if attribute not in document.unsaid
        for name, value in share.items()
    }


def decimal(value: Decimal) -> str:
    """Plain digits: 10, 12.5."""
    return f"{value.normalize():f}"


def address(value: Address) -> dict[str, str]:
    """All of it, for Stripe keeps the parts that are not named; empty if it is."""
    if not value:
        return {}
    return {
        "line1": value.street,
        "line2": value.street2,
        "city": value.city,
        "state": value.state,
        "postal_code": value.postal_code,
        "country": value.country,
    }
