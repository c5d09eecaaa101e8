# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""List endpoints: filters, the two cursors, pages of up to 100."""

from collections.abc import Callable
from dataclasses import dataclass

from stripe_sim.core import errors
from stripe_sim.core.types import TYPES
from stripe_sim.wire import params


@dataclass(frozen=True)
class Filter:
    """spec: how the parameter reads. keeps: function of (object, value)."""

    spec: object
    keeps: Callable


def by(name: str, spec=params.TEXT) -> Filter:
    return Filter(spec, lambda obj, value: obj.get(name) == value)


def within(*path: str) -> Filter:
    """Bounds upon a moment, such as `created[gte]`."""
    return Filter(params.RANGE, lambda obj, bounds: _inside(_dig(obj, path), bounds))


def one_of(name: str) -> Filter:
    return Filter(params.IDS, lambda obj, values: obj.get(name) in values)


def unsupported(*names: str) -> dict[str, Filter]:
    """Filters that Stripe has and the simulator refuses."""
    return {name: Filter(params.UNSUPPORTED, lambda _obj, _v: True) for name in names}


def _dig(obj, path):
    for part in path:
        obj = obj.get(part) if isinstance(obj, dict) else None
    return obj


def _inside(moment, bounds: dict) -> bool:
    if moment is None:
        return False
    tests = {
        "gt": lambda bound: moment > bound,
        "gte": lambda bound: moment >= bound,
        "lt": lambda bound: moment < bound,
        "lte": lambda bound: moment <= bound,
    }
    return all(tests[name](bound) for name, bound in bounds.items())


CREATED = within("created")


def list_page(call, rows: list[dict], filters: dict, url: str) -> dict:
    """One page, newest first. `rows` are stored objects, oldest first."""
    given = {name: call.params[name] for name in filters if name in call.params}
    kept = [
        obj
        for obj in reversed(rows)
        if not obj.get("deleted")
        and not obj.get("_hidden")
        and all(filters[name].keeps(obj, value) for name, value in given.items())
    ]
    return page(call, kept, url)


def page(call, kept: list[dict], url: str) -> dict:
    """Cut `kept` (in the order shown) at the cursors and the limit."""
    limit = call.params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise errors.invalid(
            "This value must be between 1 and 100.",
            "limit",
            "parameter_invalid_integer",
        )
    kept, has_more = _cut(call, kept, limit)
    return {
        "object": "list",
        "data": [call.world.show(obj) for obj in kept],
        "has_more": has_more,
        "url": url,
    }


def _cut(call, kept, limit):
    after = call.params.get("starting_after")
    before = call.params.get("ending_before")
    if after and before:
        raise errors.invalid(
            "You cannot provide both ending_before and starting_after.", "ending_before"
        )
    if before:
        earlier = kept[: _cursor(call, kept, before, "ending_before")]
        return earlier[-limit:], len(earlier) > limit
    if after:
        kept = kept[_cursor(call, kept, after, "starting_after") + 1 :]
    return kept[:limit], len(kept) > limit


def _cursor(call, kept, identifier, param) -> int:
    """The cursor's place; it may name an object that the filters leave out."""
    for place, obj in enumerate(kept):
        if obj["id"] == identifier:
            return place
    obj = call.world.store.find_any(identifier)
    if obj is None:
        raise errors.no_such(_label(kept), identifier, param, 400)
    older = [o["created"] <= obj["created"] for o in kept]
    place = older.index(True) if True in older else len(kept)
    return place - 1 if param == "starting_after" else place


def _label(kept) -> str:
    return TYPES[kept[0]["object"]].label if kept else "object"
