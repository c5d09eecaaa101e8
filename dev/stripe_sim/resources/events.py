# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reading events: the last 30 days."""

from stripe_sim.core import errors
from stripe_sim.core.events import is_retained, retained
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, Filter
from stripe_sim.wire.routes import route, serve_list


def _fits(event, pattern: str) -> bool:
    """A type, or a group of them written `invoice.*`."""
    if pattern.endswith("*"):
        return event["type"].startswith(pattern[:-1])
    return event["type"] == pattern


def _delivered(event, wanted: bool) -> bool:
    return (event["pending_webhooks"] == 0) == wanted


serve_list(
    "event",
    "/v1/events",
    {
        "created": CREATED,
        "type": Filter(p.REQUIRED, _fits),
        "types": Filter(
            p.ListOf(p.REQUIRED, 20),
            lambda event, kinds: any(_fits(event, kind) for kind in kinds),
        ),
        "delivery_success": Filter(p.FLAG, _delivered),
    },
    source=lambda call: retained(call.world),
)


@route("GET", "/v1/events/<id>")
def retrieve(call):
    event = call.world.get("event", call.id)
    if not is_retained(call.world, event):
        raise errors.no_such("event", call.id)
    return event
