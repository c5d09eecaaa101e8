# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Top-ups and transfers, as the control API plants them (`billing/movements.py`)."""

from stripe_sim.core.types import register
from stripe_sim.wire.lists import CREATED, by
from stripe_sim.wire.routes import serve_reads

register("topup", "tu", label="topup")
register("transfer", "tr")

serve_reads("topup", "/v1/topups", {"created": CREATED, "status": by("status")})
serve_reads(
    "transfer",
    "/v1/transfers",
    {
        "created": CREATED,
        "destination": by("destination"),
        "transfer_group": by("transfer_group"),
    },
)
