# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Currencies as Stripe counts them, which is neither ISO 4217 nor Odoo.

Source of every figure: Stripe's page "Supported currencies"
(https://docs.stripe.com/currencies), sections "Zero-decimal currencies",
"Three-decimal currencies" and "Special cases", as seen in September 2026.
"""

from .failure import Hold

ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()
)
THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())
TWO_DECIMAL = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN
    BZD CAD CDF CHF CNY COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP
    GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP LKR
    LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
    PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD
    SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS WST XCD XCG YER ZAR ZMW
    """.split()
)
# Two decimals on the wire, but the amount must end in 00: the currency itself has
# no minor unit.
WHOLE_UNITS_ONLY = frozenset({"ISK", "UGX"})
# Two decimals for charges, none for payouts.
ZERO_DECIMAL_PAYOUT = frozenset({"HUF", "TWD"})


def exponent(currency: str) -> int:
    """Decimals of ``currency`` (ISO 4217 code, any case) in Stripe's integers.

    :raises Hold: the currency is not one that Stripe supports
    """
    code = currency.upper()
    if code in TWO_DECIMAL:
        return 2
    if code in ZERO_DECIMAL:
        return 0
    if code in THREE_DECIMAL:
        return 3
    raise Hold(
        "unknown_currency",
        f"The currency {currency!r} is not in the table of supported currencies.",
        "Correct the currency at its source; amounts of an unknown currency"
        " are never guessed.",
    )


def step(currency: str) -> int:
    """Smallest step of an amount of ``currency``, in minor units.

    Three-decimal amounts go in multiples of ten, ISK and UGX in hundreds.

    :raises Hold: the currency is not one that Stripe supports
    """
    code = currency.upper()
    exponent(code)
    if code in WHOLE_UNITS_ONLY:
        return 100
    return 10 if code in THREE_DECIMAL else 1


def payout_step(currency: str) -> int:
    """Smallest step of a payout in ``currency``, in minor units.

    :raises Hold: the currency is not one that Stripe supports
    """
    return 100 if currency.upper() in ZERO_DECIMAL_PAYOUT else step(currency)
