# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The control addresses under `/_sim/`: what a test does to the simulator."""

from functools import partial

from stripe_sim.billing.payouts import follow_schedule
from stripe_sim.control.objects import OBJECT_HANDLERS, WORLD_HANDLERS
from stripe_sim.core.errors import StripeError
from stripe_sim.webhooks.queue import Mode

_MODES = ("normal", "hold", "duplicate", "shuffle")
_ORDERS = ("as_is", "reverse", "shuffle")


class ControlError(Exception):
    def __init__(self, message, status=400):
        super().__init__(message)
        self.status = status


def control(app, request) -> dict:
    name = request.path.removeprefix("/_sim/").strip("/")
    values = request.get_json(silent=True) or {}
    handler = _find(request.method, name)
    if handler is None:
        raise ControlError(f"There is no {request.method} /_sim/{name}.", 404)
    with app.simulation.lock:
        try:
            return handler(app, values)
        except (KeyError, TypeError, ValueError, StripeError) as error:
            raise ControlError(f"{type(error).__name__}: {error}") from error


def _find(method: str, name: str):
    if (method, name) in _HANDLERS:
        return _HANDLERS[method, name]
    if method != "POST":
        return None
    if name in WORLD_HANDLERS:
        return partial(_in_world, WORLD_HANDLERS[name])
    plural, identifier, action = [*name.split("/"), "", ""][:3]
    if (plural, action) in OBJECT_HANDLERS:
        return partial(_on_object, OBJECT_HANDLERS[plural, action], identifier)
    return None


def _in_world(handler, app, values):
    world = app.simulation.worlds[bool(values.pop("livemode", False))]
    return handler(world, values)


def _on_object(handler, identifier, app, values):
    for world in app.simulation.worlds.values():
        obj = world.store.find_any(identifier)
        if obj is not None and "after" in values:
            due = world.now() + int(values.pop("after"))
            world.clock.at(due, partial(handler, world, obj, values))
            return world.show(obj)
        if obj is not None:
            return world.show(handler(world, obj, values))
    raise ControlError(f"There is no {identifier}.", 404)


def _reset(app, values):
    app.reset(values.get("seed"))
    if "clock" in values:
        app.simulation.clock.start_at(int(values["clock"]))
    return _read_clock(app, values)


def _read_clock(app, _values):
    clock = app.simulation.clock
    return {"now": clock.now(), "frozen": clock.frozen}


def _move_clock(app, values):
    clock = app.simulation.clock
    if "freeze" in values:
        (clock.freeze if values["freeze"] else clock.thaw)()
    if "advance" in values:
        clock.advance_to(clock.now() + int(values["advance"]))
    if "to" in values:
        clock.advance_to(int(values["to"]))
    return _read_clock(app, values)


def _add_faults(app, values):
    given = values if isinstance(values, list) else [values]
    app.faults.add([fault for fault in given if fault])
    return {"waiting": len(app.faults.waiting)}


def _clear_faults(app, _values):
    app.faults.clear()
    return {"waiting": 0}


def _set_webhooks(app, values):
    deliveries = app.deliveries
    if "mode" in values:
        if values["mode"] not in _MODES:
            raise ValueError(f"mode must be one of {', '.join(_MODES)}")
        deliveries.queue.mode = Mode(values["mode"], values.get("seed"))
    deliveries.backoff = values.get("backoff", deliveries.backoff)
    deliveries.timeout = values.get("timeout", deliveries.timeout)
    return {
        "mode": deliveries.queue.mode.name,
        "backoff": deliveries.backoff,
        "timeout": deliveries.timeout,
        "held": deliveries.queue.held,
        "idle": deliveries.queue.idle(),
    }


def _release(app, values):
    order = values.get("order", "as_is")
    if order not in _ORDERS:
        raise ValueError(f"order must be one of {', '.join(_ORDERS)}")
    return {"released": app.deliveries.queue.release(order, values.get("times", 1))}


def _resend(app, values):
    for world in app.simulation.worlds.values():
        event = world.store.find("event", values["event"])
        if event:
            return {"sent": app.deliveries.resend(world, event)}
    raise ControlError(f"No such event: {values['event']}", 404)


def _deliveries(app, _values):
    log = [delivery.shown() for delivery in app.deliveries.log]
    return {"deliveries": log, "idle": app.deliveries.queue.idle()}


def _state(app, _values):
    test, live = (app.simulation.worlds[mode].store.counts() for mode in (False, True))
    return {
        "objects": test,
        "live_objects": live,
        "requests": dict(app.requests),
        "executed": dict(app.executed),
    }


def _settings(app, values):
    app.simulation.settings.update(values)
    for world in app.simulation.worlds.values():
        follow_schedule(world)
    return vars(app.simulation.settings)


_HANDLERS = {
    ("POST", "reset"): _reset,
    ("GET", "clock"): _read_clock,
    ("POST", "clock"): _move_clock,
    ("POST", "faults"): _add_faults,
    ("GET", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "webhooks"): _set_webhooks,
    ("POST", "webhooks"): _set_webhooks,
    ("POST", "webhooks/release"): _release,
    ("POST", "webhooks/resend"): _resend,
    ("GET", "deliveries"): _deliveries,
    ("GET", "state"): _state,
    ("GET", "settings"): _settings,
    ("POST", "settings"): _settings,
}
