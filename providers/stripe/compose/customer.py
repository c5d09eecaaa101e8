# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customer → parameters."""

from __future__ import annotations

from ....canonical import Customer
from .. import metadata
from .common import address, filled, said
from .tax_id import tax_id

# https://docs.stripe.com/api/customers/create
MAX_NAME = 256
MAX_KIND_OF_NAME = 150


def customer(document: Customer, new: bool) -> dict:
    """The metadata keep a number that Stripe knows no type for. Those of a customer
    that is there already keep it in any case: it is told while the tax id is still the
    former one, which ``tax_ids`` replaces after that."""
    known = tax_id(document.vat)
    typed = {"tax_id_data": [{"type": known[0], "value": known[1]}]} if known else {}
    ours = {
        "is_company": {metadata.IS_COMPANY: str(document.is_company).lower()},
        "vat": {metadata.VAT: "" if new and known else document.vat},
    }
    params = said(
        document,
        {
            "name": _names(document),
            "email": {"email": document.email},
            "phone": {"phone": document.phone},
            "comment": {"description": document.comment},
            "billing": {"address": address(document.billing)},
            "shipping": {"shipping": _shipping(document)},
            "language": {"preferred_locales": _locales(document)},
            "vat": typed,
            "metadata": {"metadata": metadata.of(document, **said(document, ours))},
        },
    )
    return filled(params, new)


def _names(document: Customer) -> dict[str, str]:
    """``name`` is what is printed; beside it is said whose name it is."""
    name = document.name[:MAX_KIND_OF_NAME]
    return {
        "name": document.name[:MAX_NAME],
        "business_name": name if document.is_company else "",
        "individual_name": "" if document.is_company else name,
    }


def _shipping(document: Customer) -> dict:
    if not document.shipping:
        return {}
    return {
        "name": document.name[:MAX_NAME],
        "address": address(document.shipping),
    }


def _locales(document: Customer) -> list[str] | str:
    """RFC 4646 tags: de-DE."""
    return [document.language.replace("_", "-")] if document.language else ""
