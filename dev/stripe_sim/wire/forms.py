# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stripe's bracketed form encoding: `items[0][price]=x&expand[]=y`."""

import re
from urllib.parse import parse_qsl

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def decode(text: str) -> dict:
    """Nested dicts with text leaves; list positions stay keys ("0", "1", …).

    Whether a level is a list or a hash is known only to the parameter's
    description: metadata may well have the key "0".
    """
    root: dict = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        _put(root, _parts(key), value)
    return root


def _parts(key: str) -> list[str]:
    match = _KEY.match(key)
    if not match:
        return [key]
    return [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]


def _put(node: dict, parts: list[str], value: str) -> None:
    for depth, part in enumerate(parts):
        part = _position(node, part, parts[depth + 1 :])
        if depth == len(parts) - 1:
            node[part] = value
            return
        child = node.get(part)
        if not isinstance(child, dict):
            child = node[part] = {}
        node = child


def _position(node: dict, part: str, rest: list[str]) -> str:
    """Turn `[]` into an index: a new one, unless the last lacks this key yet."""
    if part:
        return part
    last = str(len(node) - 1)
    if rest and isinstance(node.get(last), dict) and rest[0] not in node[last]:
        return last
    return str(len(node))
