# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reading objects as they are now, whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...canonical import Failure, Hold, Ref, Retry
from . import lists
from .connector import PAGE_SIZE, Connector, path_of
from .translate.payment import INVOICE_PAYMENTS
from .translate.payout import TRANSACTIONS, is_reconciled

# Canonical kind → Stripe's name of the collection.
RESOURCES = {
    "tax_rate": "tax_rates",
    "coupon": "coupons",
    "product": "products",
    "price": "prices",
    "customer": "customers",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "balance_transaction": "balance_transactions",
    "credit_note": "credit_notes",
    "refund": "refunds",
    "dispute": "disputes",
    "payout": "payouts",
}
# Beginning of the id of a payment → collection.
_PAYMENT_RESOURCES = {
    "pi_": "payment_intents",
    "ch_": "charges",
    "py_": "charges",
    "inpay_": "invoice_payments",
}
# Which tax is on shipping, and what it is called; which credits were given away.
_WITH_INVOICES = ("shipping_cost.taxes", "shipping_cost.shipping_rate")
_CREDITS = "pretax_credit_amounts.credit_balance_transaction.credit_grant"
# What is told only when asked for, or by its id only
# (https://docs.stripe.com/expand: up to four levels).
EXPAND = {
    "customers": ("tax_ids",),
    "subscriptions": (
        "discounts.promotion_code",
        "items.data.discounts.promotion_code",
    ),
    "coupons": ("applies_to",),
    "prices": ("tiers",),
    "plans": ("tiers",),
    "invoices": ("payments", *_WITH_INVOICES, f"total_{_CREDITS}"),
    "payment_intents": (
        "latest_charge.balance_transaction",
        "latest_charge.failure_balance_transaction",
    ),
    "charges": ("balance_transaction", "failure_balance_transaction"),
    "invoice_payments": ("invoice",),
    "credit_notes": ("customer_balance_transaction", *_WITH_INVOICES, _CREDITS),
    "refunds": ("balance_transaction", "failure_balance_transaction"),
    "payouts": ("balance_transaction", "failure_balance_transaction"),
}

Found = dict | None | Failure


def read(connector: Connector, refs: Iterable[Ref]) -> dict[Ref, Found]:
    """The objects; None for what does not exist; a Hold for what is refused. A passing
    fault is the answer for all that was not read before it: Stripe is not asked on.
    """
    found: dict[Ref, Found] = {}
    wanted = list(dict.fromkeys(refs))
    for chunk in _chunks(wanted):
        try:
            found.update(_read_chunk(connector, chunk))
        except Retry as failure:
            missing = [ref for ref in wanted if ref not in found]
            return {**found, **dict.fromkeys(missing, failure)}
        except Hold as failure:
            found.update(dict.fromkeys(chunk, failure))
    return found


def _chunks(refs: list[Ref]) -> Iterator[list[Ref]]:
    """Products can be asked for by ids, a hundred a call; all else one by one."""
    products = [ref for ref in refs if ref.kind == "product"]
    for begin in range(0, len(products), PAGE_SIZE):
        yield products[begin : begin + PAGE_SIZE]
    for ref in refs:
        if ref.kind != "product":
            yield [ref]


def _read_chunk(connector: Connector, chunk: list[Ref]) -> dict[Ref, dict | None]:
    if len(chunk) > 1:
        return _read_products(connector, chunk)
    return {chunk[0]: _read_one(connector, chunk[0])}


def _read_products(connector: Connector, refs: list[Ref]) -> dict[Ref, dict | None]:
    params = {"ids": [ref.id for ref in refs]}
    found = {
        content["id"]: content
        for page in connector.pages("/v1/products", params)
        for content in page["data"]
    }
    return {ref: found.get(ref.id) for ref in refs}


def _read_one(connector: Connector, ref: Ref) -> dict | None:
    resource = resource_of(ref)
    expand = EXPAND.get(resource, ())
    try:
        path = path_of(resource, ref.id)
        content = get_expanded(connector, path, {}, list(expand), str(ref))
        if ref.kind == "payment":
            content[INVOICE_PAYMENTS] = _invoice_payments(connector, content)
        if ref.kind == "payout":
            itemize(connector, content)
        lists.complete(connector, content, ref.kind, expand)
    except Hold as failure:
        if failure.code == "missing":
            return None
        raise
    return content


def itemize(connector: Connector, payout: dict) -> None:
    """Put beside ``payout`` what it pays out, where Stripe can tell."""
    if is_reconciled(payout):
        payout[TRANSACTIONS] = _transactions(connector, payout)


def resource_of(ref: Ref) -> str:
    """:raises Hold: ``unknown_kind``, ``malformed_id``"""
    if ref.kind == "payment":
        for prefix, resource in _PAYMENT_RESOURCES.items():
            if ref.id.startswith(prefix):
                return resource
        raise Hold(
            "malformed_id",
            f"{ref.id[:40]!r} is no id of a payment in Stripe.",
            "Correct the link of the record to Stripe.",
        )
    if ref.kind == "price" and not ref.id.startswith("price_"):
        # Made before there were prices, under an id of the maker's own.
        return "plans"
    if ref.kind not in RESOURCES:
        raise Hold(
            "unknown_kind",
            f"Stripe keeps no {ref.kind.replace('_', ' ')}.",
            "Skip the event; Stripe is not where this comes from.",
        )
    return RESOURCES[ref.kind]


def get_expanded(
    connector: Connector, path: str, params: dict, expand: list[str], subject: str
) -> dict:
    """Versions before 2025-03-31 had no list of payments to expand on an invoice, and
    told of charges otherwise: they are read as they come."""
    if not expand:
        return connector.get(path, params, subject)
    try:
        return connector.get(path, {**params, "expand": expand}, subject)
    except Hold as failure:
        if failure.code != "refused" or "expand" not in failure.message:
            raise
        return connector.get(path, params, subject)


def _invoice_payments(connector: Connector, content: dict) -> list[dict]:
    """Which invoices a PaymentIntent paid; Stripe lists them for intents only. Before
    version 2025-03-31 it was said on the intent itself."""
    if content.get("object") != "payment_intent" or "invoice" in content:
        return []
    params = {
        "payment": {"type": "payment_intent", "payment_intent": content["id"]},
        "expand": ["data.invoice"],
    }
    return [
        _without_content(entry)
        for page in connector.pages("/v1/invoice_payments", params)
        for entry in page["data"]
    ]


def _without_content(entry: dict) -> dict:
    """Of the invoice only what leads to the deal: all else of it changes without the
    payment, and would make every reading look like another state."""
    invoice = entry.get("invoice")
    if not isinstance(invoice, dict):
        return entry
    names = ("id", "customer", "metadata", "parent")
    return {**entry, "invoice": {name: invoice.get(name) for name in names}}


def _transactions(connector: Connector, content: dict) -> list[dict]:
    """What a payout pays out, whole
    (https://docs.stripe.com/payouts/reconciliation)."""
    return [
        entry
        for page in connector.pages(
            "/v1/balance_transactions", {"payout": content["id"]}
        )
        for entry in page["data"]
    ]
