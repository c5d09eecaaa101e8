# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From Stripe's objects to canonical documents. Pure: no call, no clock.

The shapes of all versions from 2020-08-27 on are told apart by their fields: an object
that was read again has the pinned shape, whatever the version of the event that led to
it.
"""

from __future__ import annotations

from collections.abc import Callable

from ....canonical import Document, Hold
from .balance_transaction import balance_transaction
from .coupon import coupon
from .credit_note import credit_note
from .customer import customer
from .dispute import dispute
from .invoice import invoice
from .payment import payment
from .payout import payout
from .price import price
from .product import product
from .refund import refund
from .subscription import subscription
from .tax_rate import tax_rate

_TRANSLATORS: dict[str, Callable[[dict], Document]] = {
    "customer": customer,
    "product": product,
    "price": price,
    "coupon": coupon,
    "tax_rate": tax_rate,
    "subscription": subscription,
    "invoice": invoice,
    "balance_transaction": balance_transaction,
    "payment": payment,
    "credit_note": credit_note,
    "refund": refund,
    "dispute": dispute,
    "payout": payout,
}


# Those that must add up, within a tolerance.
_ADDED_UP = {"invoice": invoice, "credit_note": credit_note}


def translate(
    kind: str, content: dict, api_version: str = "", tolerance: int = 0
) -> Document:
    """The canonical document of ``content``, as read by the client or from a payload.

    :param api_version: what the event said; only told here, see above
    :param tolerance: minor units by which the sums of what is billed may differ
    :raises Hold: the object cannot be understood, with the reason
    """
    if kind not in _TRANSLATORS:
        raise Hold(
            "unknown_kind",
            f"Stripe keeps no {kind.replace('_', ' ')}.",
            "Skip the event; Stripe is not where this comes from.",
        )
    if kind in _ADDED_UP:
        return _ADDED_UP[kind](content, tolerance)
    return _TRANSLATORS[kind](content)
