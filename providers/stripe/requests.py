# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From canonical documents to calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from ...canonical import Document, Hold, Request
from .compose import catalogue
from .compose.customer import customer
from .compose.subscription import subscription

Params = Callable[[Document, datetime], dict]


def _timeless(params: Callable[[Document], dict]) -> Params:
    return lambda document, now: params(document)


# (kind, verb) → (resource, parameters)
_CALLS: dict[tuple[str, str], tuple[str, Params]] = {
    ("customer", "create"): ("customers", _timeless(lambda d: customer(d, new=True))),
    ("customer", "update"): ("customers", _timeless(lambda d: customer(d, new=False))),
    ("product", "create"): (
        "products",
        _timeless(lambda d: catalogue.product(d, new=True)),
    ),
    ("product", "update"): (
        "products",
        _timeless(lambda d: catalogue.product(d, new=False)),
    ),
    ("price", "create"): ("prices", _timeless(catalogue.price)),
    ("price", "update"): ("prices", _timeless(catalogue.price_change)),
    ("coupon", "create"): ("coupons", _timeless(catalogue.coupon)),
    ("tax_rate", "create"): ("tax_rates", _timeless(catalogue.tax_rate)),
    ("subscription", "create"): ("subscriptions", subscription),
}


def compose(
    kind: str,
    verb: str,
    document: Document,
    external_id: str = "",
    now: datetime | None = None,
) -> Request:
    """The call that brings ``document`` about.

    :param external_id: Stripe's id of the object; for updates
    :param now: aware; what a subscription's start is compared with
    :raises Hold: ``unsupported_verb``, ``missing``, or what Stripe would refuse
    """
    if (kind, verb) not in _CALLS:
        raise Hold(
            "unsupported_verb",
            f"No {kind.replace('_', ' ')} is {verb}d in Stripe by this addon.",
            "Make the change in Stripe; it is read from there. Skip the command.",
        )
    if verb == "update" and not external_id:
        raise Hold(
            "missing",
            f"It is not known which {kind.replace('_', ' ')} in Stripe to update.",
            "Create or link it first, then retry.",
        )
    resource, params = _CALLS[kind, verb]
    moment = now or datetime.now(timezone.utc)
    return Request(
        verb=verb,
        resource=resource,
        id=external_id if verb == "update" else "",
        params=params(document, moment),
    )
