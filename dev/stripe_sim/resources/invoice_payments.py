# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""InvoicePayments: which payment pays which invoice."""

from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, Filter, by
from stripe_sim.wire.routes import serve_reads

register("invoice_payment", "inpay", label="invoice payment")

_PAYMENT = p.Hash(
    {"type": p.REQUIRED, "payment_intent": p.REQUIRED, "payment_record": p.REQUIRED},
    ("type",),
)


def _same_payment(row: dict, wanted: dict) -> bool:
    return all(row["payment"].get(name) == value for name, value in wanted.items())


serve_reads(
    "invoice_payment",
    "/v1/invoice_payments",
    {
        "invoice": by("invoice"),
        "status": by("status"),
        "created": CREATED,
        "payment": Filter(_PAYMENT, _same_payment),
    },
)
