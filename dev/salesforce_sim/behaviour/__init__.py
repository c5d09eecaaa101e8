# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an organisation computes and refuses by itself, object by object.

Each module offers ``before(org, before, row)`` which returns the row to store and may
raise ApiError, and ``after(org, before, row)`` which rolls values up to parents;
``row`` is None after a deletion.
"""

from __future__ import annotations

from . import (
    account,
    contract,
    opportunity,
    opportunity_line,
    order,
    people,
    permissions,
    pricebook,
    quote,
)

MODULES = {
    "Account": account,
    "Contact": people,
    "Contract": contract,
    "Lead": people,
    "User": people,
    "Opportunity": opportunity,
    "OpportunityLineItem": opportunity_line,
    "Product2": pricebook.Product,
    "PricebookEntry": pricebook.Entry,
    "Quote": quote.Header,
    "QuoteLineItem": quote.Line,
    "Order": order.Header,
    "OrderItem": order.Line,
    "PermissionSet": permissions.PermissionSet,
    "ObjectPermissions": permissions.ObjectPermissions,
    "FieldPermissions": permissions.FieldPermissions,
}


def before_save(org, sobject, before, row: dict) -> dict:
    module = MODULES.get(sobject.name)
    return module.before(org, before, dict(row)) if module else row


def after_save(org, sobject, before, row: dict) -> None:
    module = MODULES.get(sobject.name)
    if module:
        module.after(org, before, row)


def after_delete(org, sobject, row: dict) -> None:
    module = MODULES.get(sobject.name)
    if module:
        module.after(org, row, None)
