# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`expand[]`: replace ids by their objects, up to four levels deep."""

from stripe_sim.core import errors
from stripe_sim.core.types import TYPES

_DEPTH = 4


def expand(world, shown: dict, paths: list[str]) -> dict:
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEPTH + (parts[0] == "data"):
            raise errors.invalid(
                f"You cannot expand more than {_DEPTH} levels of a property."
                f" Property: {path}",
                "expand",
            )
        _expand(world, shown, parts, path)
    return shown


def _expand(world, node, parts: list[str], path: str) -> None:
    if isinstance(node, list):
        for entry in node:
            _expand(world, entry, parts, path)
        return
    if not isinstance(node, dict):
        raise _refused(path)
    kind = TYPES.get(node.get("object", ""))
    add_part = kind and kind.parts.get(".".join(parts))
    if add_part:
        add_part(world, node)
        return
    name, rest = parts[0], parts[1:]
    if name not in node and not node.get("deleted"):
        _include(world, node, name, path)
    node[name] = value = _resolve(world, node.get(name), path)
    if rest and value is not None:
        _expand(world, value, rest, path)


def _include(world, node: dict, name: str, path: str) -> None:
    kind = TYPES.get(node.get("object", ""))
    if kind is None or name not in kind.includable:
        raise _refused(path)
    node[name] = kind.includable[name](world, world.store.find_any(node["id"]))


def _resolve(world, value, path: str):
    if isinstance(value, str):
        obj = world.store.find_any(value)
        if obj is None:
            raise _refused(path)
        return world.show(obj)
    if isinstance(value, list):
        return [_resolve(world, entry, path) for entry in value]
    if value is None or isinstance(value, dict):
        return value
    raise _refused(path)


def _refused(path: str):
    return errors.invalid(f"This property cannot be expanded ({path}).", "expand")
