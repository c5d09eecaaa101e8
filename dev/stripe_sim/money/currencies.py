# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Currencies and their minor units.

Source: docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal
currencies" and "Special cases", as seen in September 2026.
"""

from stripe_sim.core import errors

ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split()
)
# Amounts are in thousandths and end in 0.
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
# Two decimals on the wire, which are always 00.
WHOLE_UNITS = frozenset("isk ugx".split())
_TWO_DECIMAL = frozenset(
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp"
    " byn bzd cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel"
    " gip gmd gtq gyd hkd hnl hrk htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp"
    " lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr"
    " nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd"
    " std szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd yer zar zmw".split()
)
CURRENCIES = ZERO_DECIMAL | THREE_DECIMAL | WHOLE_UNITS | _TWO_DECIMAL


def check_currency(code: str, param: str = "currency") -> str:
    code = code.lower()
    if code not in CURRENCIES:
        raise errors.invalid(f"Invalid currency: {code}.", param)
    return code


def step(currency: str) -> int:
    """The smallest amount in minor units that can be charged."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_UNITS else 1


def check_amount(amount: int | None, currency: str, param: str) -> None:
    if amount is not None and amount % step(currency):
        raise errors.invalid(
            f"Amounts in {currency} must be multiples of {step(currency)}.",
            param,
            "invalid_charge_amount",
        )
