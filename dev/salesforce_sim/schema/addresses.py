# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The address parts that several objects repeat under a prefix."""

from __future__ import annotations

from .field import READ_ONLY, Field, area, choice, text

#: ISO 3166 codes offered by State and Country picklists here; Salesforce has them all
COUNTRIES = (
    *("AT", "AU", "BE", "BR", "CA", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB"),
    *("IE", "IN", "IT", "JP", "KW", "LU", "MX", "NL", "NO", "NZ", "PL", "PT", "SE"),
    *("SG", "US"),
)


def address(prefix: str) -> tuple[Field, ...]:
    """Street, city, state, postal code, country and their codes; the compound."""
    compound = f"{prefix}Address"
    return (
        area(f"{prefix}Street", 255, compound=compound),
        text(f"{prefix}City", 40, compound=compound),
        text(f"{prefix}State", 80, compound=compound),
        text(f"{prefix}PostalCode", 20, compound=compound),
        text(f"{prefix}Country", 80, compound=compound),
        choice(f"{prefix}StateCode", compound=compound),
        choice(f"{prefix}CountryCode", *COUNTRIES, compound=compound),
        Field(compound, "address", **READ_ONLY),
    )
