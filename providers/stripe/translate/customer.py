# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customer → customer."""

from __future__ import annotations

from ....canonical import Customer
from .. import metadata
from .common import address, head, part, text


def customer(content: dict) -> Customer:
    """A company, unless something says that it is a person."""
    locales = content.get("preferred_locales") or [""]
    return Customer(
        **head(content),
        metadata=metadata.foreign(content),
        name=text(content, "name", "business_name", "individual_name", "email", "id"),
        is_company=_is_company(content),
        email=text(content, "email"),
        phone=text(content, "phone"),
        vat=_vat(content),
        language=str(locales[0]).replace("-", "_"),
        currency=text(content, "currency").upper(),
        billing=address(content.get("address")),
        shipping=address(part(content, "shipping", "address")),
        comment=text(content, "description"),
        counterparts=metadata.foreign_ids(content),
    )


def _is_company(content: dict) -> bool:
    """Ours says so; since 2025 a customer may have a name as a business, as a person,
    or both (a person at a business)."""
    ours = metadata.read(content, metadata.IS_COMPANY).lower()
    if ours:
        return ours != "false"
    return bool(text(content, "business_name")) or not text(content, "individual_name")


def _vat(content: dict) -> str:
    """The first tax id: the list begins with the newest. Those of VAT go before others,
    which may stand beside them (a German Steuernummer)."""
    found = part(content, "tax_ids", "data") or []
    ordered = sorted(found, key=lambda entry: "vat" not in text(entry, "type"))
    if not ordered:
        return metadata.read(content, metadata.VAT)
    kind, value = text(ordered[0], "type"), text(ordered[0], "value")
    country = text(ordered[0], "country")
    if kind.endswith("_vat") and not value[:2].isalpha():
        return country + value
    return value
