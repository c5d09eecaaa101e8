# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Product, price list and price → calls.

Products and price books are created by an upsert on our reference, so that the same
call, sent twice, makes one of them. A price book entry is one per book, product and
currency, by Salesforce's own rule.
"""

from __future__ import annotations

from typing import Any

from ...canonical import Document, Hold, Price, PriceList, Product, Request
from .identifier import to_18
from .schema import Schema

CURRENCY = "CurrencyIsoCode"
# https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_product2.htm
_MAX_TEXT = 255


def request_of(document: Document, record_id: str, schema: Schema) -> Request:
    """The call that brings ``document`` about.

    :param record_id: of the record to update; empty to create it
    :raises Hold: ``unsupported``, ``no_reference_field``, ``malformed_id``,
        ``no_flat_amount``
    """
    if isinstance(document, Price):
        return _price(document, record_id)
    if isinstance(document, Product):
        return _named("Product2", document, _product(document), record_id, schema)
    if isinstance(document, PriceList):
        params = {"Name": document.name[:_MAX_TEXT], "IsActive": document.active}
        return _named("Pricebook2", document, params, record_id, schema)
    raise Hold(
        "unsupported",
        f"Salesforce is not told about a {document.KIND.replace('_', ' ')}.",
        "Skip the command.",
    )


def _product(document: Product) -> dict[str, Any]:
    said_by = {
        "name": {"Name": document.name[:_MAX_TEXT]},
        "code": {"ProductCode": document.code[:_MAX_TEXT] or None},
        "description": {"Description": document.description or None},
        "active": {"IsActive": document.active},
    }
    return {
        name: value
        for word, share in said_by.items()
        if word not in document.unsaid
        for name, value in share.items()
    }


def _named(
    sobject: str, document: Document, params: dict, record_id: str, schema: Schema
) -> Request:
    if record_id:
        identifier = to_18(record_id)
        return Request(verb="update", resource=sobject, id=identifier, params=params)
    if not schema.reference:
        raise Hold(
            "no_reference_field",
            f"Without a field for our reference the same {sobject} could be created"
            " twice.",
            "Name the Reference Field on the Catalogue page of the connection.",
        )
    return Request(
        verb="upsert",
        resource=f"{sobject}/{schema.reference}",
        id=document.odoo_ref,
        params=params,
    )


def _price(document: Price, record_id: str) -> Request:
    """An entry that is there keeps its amount where none is said."""
    params: dict[str, Any] = {"IsActive": document.active}
    if document.unit_amount is not None:
        amount = document.unit_amount.major
        whole = amount == amount.to_integral_value()
        # The wire knows no other fractions than floats; their shortest form is the
        # decimal.
        params["UnitPrice"] = int(amount) if whole else float(amount)
    elif not record_id:
        raise Hold(
            "no_flat_amount",
            "The price has no amount per unit, which a price book needs.",
            "Give the product a fixed price, or skip the command.",
        )
    if record_id:
        identifier = to_18(record_id)
        return Request(
            verb="update", resource="PricebookEntry", id=identifier, params=params
        )
    params |= {
        "Pricebook2Id": to_18(document.price_list_id),
        "Product2Id": to_18(document.product_id),
        CURRENCY: document.currency,
    }
    return Request(verb="create", resource="PricebookEntry", params=params)
