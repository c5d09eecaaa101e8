# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is sold, in which currencies, at which taxes and rates."""

from dataclasses import dataclass
from decimal import Decimal

TIERS = {"basic": "Basic Plan", "pro": "Pro Plan"}

# {currency: {tier: minor units a month}}; a year costs ten months. CHF is not active in
# Odoo.
PRICES = {
    "usd": {"basic": 4900, "pro": 9950},
    "eur": {"basic": 4590, "pro": 9195},
    "jpy": {"basic": 6800, "pro": 13733},
    "chf": {"basic": 5000, "pro": 9990},
}
CURRENCIES = ("usd", "eur", "jpy")
USED = "api_call"
# What is sold as billing credits, a minor unit each.
CREDITS = "Prepaid Calls"
INACTIVE = "chf"
INTERVALS = {"month": 1, "year": 10}

# Per US dollar, on the first of each month. Yen are settled in dollars, euros in euros.
RATES = {
    "eur": ("0.966", "0.962", "0.954", "0.925", "0.883", "0.881", "0.849", "0.876")
    + ("0.855", "0.852", "0.867", "0.861"),
    "jpy": ("157.2", "155.3", "150.6", "149.7", "143.1", "142.7", "144.0", "150.7")
    + ("147.2", "147.9", "154.1", "156.2"),
    "chf": ("0.907",) + ("0.885",) * 11,
}
# What Stripe keeps of a conversion, https://stripe.com/pricing: 1 %.
CONVERSION = Decimal("0.99")
SETTLED_IN_DOLLARS = ("jpy",)


@dataclass(frozen=True)
class Tax:
    """A tax rate of Stripe's, and the tax that Odoo has for it."""

    name: str
    percent: str
    inclusive: bool = False


TAXES = {
    "sales": Tax("Sales Tax", "8.25"),
    "vat": Tax("VAT", "20"),
    "vat_included": Tax("MwSt", "19", inclusive=True),
    "consumption": Tax("Consumption Tax", "10", inclusive=True),
    "levy": Tax("City Levy", "7.7"),
}
# Odoo has none for it, and may not create one.
UNKNOWN = "levy"
# That of the company.
DEFAULT = "vat"

# The reporting category of balance transactions that nobody has chosen an account for.
UNMAPPED = "transfer"

COUPONS = {
    "quarter": {"percent_off": 25, "duration": "forever"},
    "welcome": {"percent_off": 10, "duration": "repeating", "duration_in_months": 3},
    "third": {"percent_off": 33.33, "duration": "once"},
}


# Coupons of a fixed amount, one in each currency: what they take off of the monthly
# price of the basic plan, and how long.
FIXED_COUPONS = {
    "gift": (0.5, {"duration": "once"}),
    "quarterly": (0.25, {"duration": "repeating", "duration_in_months": 3}),
    "loyal": (0.15, {"duration": "forever"}),
    # More than one seat costs.
    "generous": (1.75, {"duration": "once"}),
}


def fixed_coupon(key, code):
    """(id, terms) of a coupon of a fixed amount in a currency."""
    share, terms = FIXED_COUPONS[key]
    amount = int(PRICES[code]["basic"] * share)
    return f"{key}_{code}", {"amount_off": amount, "currency": code, **terms}


@dataclass(frozen=True)
class Model:
    """What is sold otherwise than by the piece. ``tiers``: (up to, share of the basic
    price for a unit, share of it beside that); ``package``: how many units for the
    basic price; ``share``: of the basic price for a unit."""

    name: str
    mode: str = ""
    tiers: tuple = ()
    package: int = 0
    rounding: str = "up"
    share: str = ""
    is_used: bool = False

    def terms(self, code):
        """Those of its price in a currency, but for product and period."""
        basic = PRICES[code]["basic"]
        if self.package:
            package = {"divide_by": self.package, "round": self.rounding}
            return {"unit_amount": basic, "transform_quantity": package}
        if self.share:
            return {"unit_amount_decimal": str(basic * Decimal(self.share))}
        return {
            "billing_scheme": "tiered",
            "tiers_mode": self.mode,
            "tiers": [_tier(basic, *tier) for tier in self.tiers],
        }


def _tier(basic, up_to, unit, flat):
    return {
        "up_to": up_to,
        "unit_amount_decimal": str(basic * Decimal(unit)),
        "flat_amount": int(basic * Decimal(flat)),
    }


MODELS = {
    "graduated": Model(
        "Seats, the more the cheaper",
        mode="graduated",
        tiers=((3, "1", "0"), (10, "0.85", "0"), ("inf", "0.6125", "0.5")),
    ),
    "volume": Model(
        "Seats by volume",
        mode="volume",
        tiers=((2, "1", "0"), (6, "0.9", "0.1"), ("inf", "0.7005", "0")),
    ),
    "packages": Model("Boxes", package=4),
    "whole_packages": Model("Whole boxes", package=3, rounding="down"),
    "used": Model(
        "Calls, the first ones free",
        mode="graduated",
        tiers=((100, "0", "0"), (1000, "0.0035", "0"), ("inf", "0.00175", "0.5")),
        is_used=True,
    ),
    "used_evenly": Model("Calls", share="0.00127", is_used=True),
}


def exchange_rates(month):
    """Stripe's rates into dollars in a month, from 0: {currency: text}."""
    return {
        code: str(round(CONVERSION / Decimal(RATES[code][month]), 8))
        for code in SETTLED_IN_DOLLARS
    }
