# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tax ids, of which Stripe wants to know the type
(https://docs.stripe.com/billing/customer/tax-ids)."""

from __future__ import annotations

import re

# Prefixes of VAT numbers that are written with them: those of the EU, with Greece (EL)
# and Northern Ireland (XI), then others.
_EU = """
AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI
""".split()
_TYPES = {
    **dict.fromkeys(_EU, "eu_vat"),
    "GB": "gb_vat",
    "CH": "ch_vat",
}


def tax_id(vat: str) -> tuple[str, str] | None:
    """(type, value) of a tax id with its country prefix; None where its type cannot be
    told from that."""
    value = re.sub(r"[\s.]", "", vat).upper()
    kind = _TYPES.get(value[:2])
    return (kind, vat.strip() if kind == "ch_vat" else value) if kind else None
