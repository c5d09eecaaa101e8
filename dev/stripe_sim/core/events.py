# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Events: what is written down and told to the webhook endpoints."""

from stripe_sim import API_VERSION
from stripe_sim.core.types import register

register("event", "evt")


def record_event(world, kind: str, shown: dict, previous: dict | None) -> dict:
    """Store one event holding the object as it stands now."""
    request = world.simulation.request or {"id": None, "idempotency_key": None}
    data = {"object": shown}
    if previous is not None:
        data["previous_attributes"] = previous
    event = world.add(
        "event",
        {
            "api_version": API_VERSION,
            "data": data,
            "pending_webhooks": 0,
            "request": dict(request),
            "type": kind,
        },
    )
    world.simulation.announce(world, event)
    return event


def is_retained(world, event: dict) -> bool:
    """Stripe keeps events for 30 days."""
    return event["created"] >= world.now() - world.settings.event_retention_days * 86400


def retained(world) -> list[dict]:
    """The events that are still to be had, oldest first."""
    return [event for event in world.store.all("event") if is_retained(world, event)]
