# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Revisions: a draft like an invoice that was issued, and takes its place once it is
finalized (docs.stripe.com/invoicing/invoice-edits)."""

import copy

from stripe_sim.billing.invoices import new_invoice
from stripe_sim.billing.lines import lines_of
from stripe_sim.core import errors

_KEPT = (
    "collection_method",
    "custom_fields",
    "default_payment_method",
    "default_tax_rates",
    "description",
    "discounts",
    "footer",
    "rendering",
    "shipping_details",
    "statement_descriptor",
    "_days_until_due",
    "_shipping_rate",
)


def revise(world, original: dict) -> dict:
    """The draft, not announced yet."""
    if original["status"] not in ("open", "uncollectible"):
        raise errors.invalid(
            "Only invoices that are open or uncollectible can be revised.",
            "from_invoice[invoice]",
        )
    if original["_subscription"]:
        raise errors.invalid(
            "Invoices of subscriptions cannot be revised.", "from_invoice[invoice]"
        )
    customer = world.store.find("customer", original["customer"])
    draft = new_invoice(
        world,
        customer,
        original["currency"],
        from_invoice={"action": "revision", "invoice": original["id"]},
        metadata=dict(original["metadata"]),
        **{name: copy.deepcopy(original[name]) for name in _KEPT},
    )
    for line in lines_of(world, original):
        fields = {k: copy.deepcopy(v) for k, v in line.items() if k not in _OWN}
        fields["invoice"] = draft["id"]
        draft["_lines"].append(world.add("line_item", fields)["id"])
    return draft


_OWN = ("id", "object", "created", "livemode", "_place")
