# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Billing meters, and the events that say what was used."""

from stripe_sim.core import errors
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import by
from stripe_sim.wire.routes import route, serve_reads

register("billing.meter", "mtr", label="billing meter")
register("billing.meter_event", "mev", omits=("id",))

_CREATE = {
    "display_name": p.REQUIRED,
    "event_name": p.REQUIRED,
    "default_aggregation": p.Hash(
        {"formula": p.OneOf("sum", "count", "last")}, ("formula",)
    ),
    "customer_mapping": p.Hash(
        {"event_payload_key": p.REQUIRED, "type": p.Only(p.TEXT, "by_id")}
    ),
    "value_settings": p.Hash({"event_payload_key": p.REQUIRED}),
    **p.unsupported("event_time_window"),
}


@route(
    "POST",
    "/v1/billing/meters",
    _CREATE,
    ("display_name", "event_name", "default_aggregation"),
)
def create(call):
    world, params = call.world, call.params
    if _meter_of(world, params["event_name"]):
        raise errors.invalid(
            "An active meter with this event name exists already.", "event_name"
        )
    mapping = {"event_payload_key": "stripe_customer_id", "type": "by_id"}
    fields = {
        "customer_mapping": {**mapping, **(params.get("customer_mapping") or {})},
        "default_aggregation": params["default_aggregation"],
        "display_name": params["display_name"],
        "event_name": params["event_name"],
        "event_time_window": None,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": world.now(),
        "value_settings": params.get("value_settings")
        or {"event_payload_key": "value"},
    }
    return world.create("billing.meter", fields, "billing.meter.created")


def _meter_of(world, event_name: str) -> dict | None:
    return next(
        (
            meter
            for meter in world.store.all("billing.meter")
            if meter["event_name"] == event_name
        ),
        None,
    )


@route(
    "POST",
    "/v1/billing/meter_events",
    {
        "event_name": p.REQUIRED,
        "payload": p.ANYTHING,
        "identifier": p.TEXT,
        "timestamp": p.TIMESTAMP,
    },
    ("event_name", "payload"),
)
def record(call):
    """The same identifier again is the same event."""
    world, params = call.world, call.params
    meter = _meter_of(world, params["event_name"])
    if meter is None:
        raise errors.invalid("No active meter has this event name.", "event_name")
    identifier = params.get("identifier") or world.ids.text(16)
    for known in world.store.all("billing.meter_event"):
        if known["identifier"] == identifier:
            raise errors.invalid(
                f"An event with the identifier {identifier} exists already.",
                "identifier",
            )
    payload = params["payload"]
    fields = {
        "event_name": params["event_name"],
        "identifier": identifier,
        "payload": payload,
        "timestamp": params.get("timestamp") or world.now(),
        "_customer": payload.get(meter["customer_mapping"]["event_payload_key"]),
        "_value": _value(meter, payload),
    }
    return world.add("billing.meter_event", fields)


def _value(meter: dict, payload: dict) -> int:
    key = meter["value_settings"]["event_payload_key"]
    try:
        return int(payload.get(key, 1))
    except ValueError:
        raise errors.invalid(
            f"The value of `{key}` is no whole number.", f"payload[{key}]"
        ) from None


serve_reads("billing.meter", "/v1/billing/meters", {"status": by("status")})
