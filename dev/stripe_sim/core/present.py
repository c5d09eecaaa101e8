# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stored object -> what the API shows.

Stored objects hold ids where Stripe embeds objects, and private fields that
begin with an underscore. Embedded lists show ten entries and `has_more`.
"""

from stripe_sim.core.types import TYPES

EMBEDDED_LIMIT = 10
# What is copied; the rest of JSON cannot be changed. Showing objects is half of all the
# work of a simulated year.
_NESTED = (dict, list)


def present(world, obj: dict) -> dict:
    if obj.get("deleted"):
        return {"id": obj["id"], "object": obj["object"], "deleted": True}
    kind = TYPES[obj["object"]]
    omits = kind.omits
    shown = {
        name: plain_copy(value) if value.__class__ in _NESTED else value
        for name, value in obj.items()
        if name[0] != "_" and name not in omits
    }
    for name in kind.embedded:
        shown[name] = _embed(world, shown[name])
    for name, (private, address) in kind.children.items():
        shown[name] = list_object(world, obj[private], address.format(**obj))
    if kind.live:
        kind.live(world, shown)
    return shown


def plain_copy(value):
    """A deep copy of what JSON knows; several times as fast as `copy.deepcopy`."""
    if value.__class__ is dict:
        return {
            name: plain_copy(each) if each.__class__ in _NESTED else each
            for name, each in value.items()
        }
    if value.__class__ is list:
        return [plain_copy(each) for each in value]
    return value


def _embed(world, value):
    if value is None:
        return None
    if isinstance(value, list):
        return [_embed(world, identifier) for identifier in value]
    return present(world, world.store.find_any(value))


def list_object(world, ids: list[str], address: str) -> dict:
    """The beginning of a list, as Stripe embeds it in its owner."""
    shown = [world.store.find_any(identifier) for identifier in ids[:EMBEDDED_LIMIT]]
    return {
        "object": "list",
        "data": [present(world, obj) for obj in shown],
        "has_more": len(ids) > EMBEDDED_LIMIT,
        "url": address,
    }


def changes(before: dict, after: dict) -> dict:
    """`previous_attributes`: the old values of what differs, hashes by key."""
    previous = {}
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            previous[name] = _changed_part(old, new)
        else:
            previous[name] = old
    return previous


def _changed_part(old: dict, new: dict) -> dict:
    if old.get("object") == "list":
        return {"data": old["data"]}
    return changes(old, new)
