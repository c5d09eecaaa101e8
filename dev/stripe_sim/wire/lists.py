# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""List endpoints: filters, the two cursors, pages of up to 100."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from stripe_sim.core import errors
from stripe_sim.core.store import INDEXES
from stripe_sim.core.types import TYPES
from stripe_sim.wire import params


@dataclass(frozen=True)
class Filter:
    """spec: how the parameter reads. keeps: function of (object, value). field: the
    field that must equal the value, where that is all the filter asks."""

    spec: object
    keeps: Callable
    field: str | None = None


def by(name: str, spec=params.TEXT) -> Filter:
    return Filter(spec, lambda obj, value: obj.get(name) == value, name)


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


def candidates(call, kind: str, filters: dict) -> list[dict]:
    """All objects of the kind, or those that an index finds for one of the filters."""
    store = call.world.store
    for name, each in filters.items():
        if name in call.params and each.field in INDEXES.get(kind, ()):
            return store.having(kind, each.field, call.params[name])
    return store.all(kind)


def list_page(call, rows: list[dict], filters: dict, url: str) -> dict:
    """One page, newest first. `rows` are stored objects, oldest first.

    Only as many are looked at as the page needs: rows stand in the order of their
    creation, so that cursors and the bounds of `created` are found by bisection.
    """
    limit, after, before = _position(call)
    given = {name: call.params[name] for name in filters if name in call.params}
    first, end = _created_bounds(rows, given.get("created"))
    if after:
        end = min(end, _place_of(call, rows, after, "starting_after", bisect_left))
    if before:
        first = max(first, _place_of(call, rows, before, "ending_before", bisect_right))
    order = range(first, end) if before else range(end - 1, first - 1, -1)
    shown = (rows[place] for place in order)
    kept = list(islice(_kept(shown, filters, given), limit + 1))
    has_more = len(kept) > limit
    kept = kept[:limit]
    return _answer(call, reversed(kept) if before else kept, has_more, url)


def _kept(rows, filters: dict, given: dict):
    for obj in rows:
        if obj.get("deleted") or obj.get("_hidden"):
            continue
        if all(filters[name].keeps(obj, value) for name, value in given.items()):
            yield obj


def _created_bounds(rows: list[dict], bounds: dict | None) -> tuple[int, int]:
    first, end = 0, len(rows)
    for name, moment in (bounds or {}).items():
        cut = bisect_left if name in ("gte", "lt") else bisect_right
        place = cut(rows, moment, key=itemgetter("created"))
        if name in ("gt", "gte"):
            first = max(first, place)
        else:
            end = min(end, place)
    return first, end


def _place_of(call, rows: list[dict], identifier: str, param: str, cut) -> int:
    """The cursor's place; it may name an object that the filters leave out."""
    obj = call.world.store.find_any(identifier)
    if obj is None:
        raise errors.no_such(_label(rows), identifier, param, 400)
    return cut(rows, obj["_place"], key=itemgetter("_place"))


def _position(call) -> tuple:
    """(limit, starting_after, ending_before)"""
    limit = call.params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise errors.invalid(
            "This value must be between 1 and 100.",
            "limit",
            "parameter_invalid_integer",
        )
    after = call.params.get("starting_after")
    before = call.params.get("ending_before")
    if after and before:
        raise errors.invalid(
            "You cannot provide both ending_before and starting_after.", "ending_before"
        )
    return limit, after, before


def page(call, kept: list[dict], url: str) -> dict:
    """Cut `kept`, in the order shown, at the cursors and the limit."""
    limit, after, before = _position(call)
    if before:
        kept = kept[: _cursor(kept, before, "ending_before")]
        return _answer(call, kept[-limit:], len(kept) > limit, url)
    if after:
        kept = kept[_cursor(kept, after, "starting_after") + 1 :]
    return _answer(call, kept[:limit], len(kept) > limit, url)


def _answer(call, shown, has_more: bool, url: str) -> dict:
    return {
        "object": "list",
        "data": [call.world.show(obj) for obj in shown],
        "has_more": has_more,
        "url": url,
    }


def _cursor(kept: list[dict], identifier: str, param: str) -> int:
    for place, obj in enumerate(kept):
        if obj["id"] == identifier:
            return place
    raise errors.no_such(_label(kept), identifier, param, 400)


def _label(kept) -> str:
    return TYPES[kept[0]["object"]].label if kept else "object"
