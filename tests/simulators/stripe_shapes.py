# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Comparing an answer with what Stripe publishes about its objects.

Two descriptions: the classes of the official library, whose annotations name
fields, types and enumerated values, and the folder of published examples.
"""

import json
import os
import sys
import typing
from pathlib import Path

import pytest
import stripe

ROOT = Path(__file__).resolve().parents[2]
FOLDER = os.environ.get("Q2C_STRIPE_SPEC", "../shared/stripe")
# In the example, but shown only when expanded since version 2022-11-15.
EXPANDED_ONLY = {"charge": {"refunds"}}
# In the example, yet dropped from the API by the version simulated
# (2025-03-31.basil: an invoice names its subscription in `parent`).
DROPPED = {"invoice": {"subscription"}, "payment_intent": {"source"}}


def published_examples():
    path = (ROOT / FOLDER / "fixtures3.json").resolve()
    if not path.exists():
        pytest.skip(
            f"Stripe's published examples are not at {FOLDER} (Q2C_STRIPE_SPEC)."
        )
    return json.loads(path.read_text())["resources"]


def missing_keys(kind, shown, example):
    allowed = EXPANDED_ONLY.get(kind, set()) | DROPPED.get(kind, set())
    return set(example) - set(shown) - allowed


def foreign_types(shown, example, path=""):
    """Places where the answer's JSON type is not that of the example."""
    for name, value in shown.items():
        other = example.get(name) if isinstance(example, dict) else None
        if value is None or other is None:
            continue
        here = f"{path}.{name}"
        if isinstance(value, str) and _is_object(other):
            # The example shows expanded what is an id unless it is asked for.
            continue
        if _json_type(value) != _json_type(other):
            yield f"{here}: {value!r} instead of {other!r}"
        elif isinstance(value, dict) and name != "metadata":
            yield from foreign_types(value, other, here)


def _is_object(value):
    return isinstance(value, dict) and "object" in value


def _json_type(value):
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def misfits(value, hint, path, owner=stripe):
    """Places where `value` does not fit the annotation `hint`."""
    hint = _resolve(hint, owner)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is typing.Any:
        return
    if origin is typing.Union:
        yield from _no_member_fits(value, args, path, owner)
    elif origin is typing.Literal:
        if value not in args:
            yield f"{path}: {value!r} is none of {args[:6]}"
    elif origin is list:
        yield from _list_misfits(value, args[0], path, owner)
    elif isinstance(origin or hint, type):
        yield from _object_misfits(value, origin or hint, args, path)


def _no_member_fits(value, members, path, owner):
    """A union fits if a member does; enumerations (a Literal or any text) are taken
    at their word, or no misspelt value would ever be found."""
    literals = [m for m in members if typing.get_origin(m) is typing.Literal]
    if literals and isinstance(value, str):
        yield from misfits(value, literals[0], path, owner)
        return
    found = [list(misfits(value, member, path, owner)) for member in members]
    if all(found):
        yield from min(found, key=len) if value is not None else found[0]


def _list_misfits(value, member, path, owner):
    if not isinstance(value, list):
        yield f"{path}: {value!r} is no list"
        return
    for place, entry in enumerate(value):
        yield from misfits(entry, member, f"{path}[{place}]", owner)


def _object_misfits(value, kind, args, path):
    if issubclass(kind, stripe.ListObject):
        for place, entry in enumerate(value["data"]):
            yield from misfits(entry, args[0], f"{path}[{place}]")
    elif issubclass(kind, stripe.StripeObject):
        yield from _fields_misfits(value, kind, path)
    elif kind.__name__ == "Decimal":
        if not isinstance(value, str):
            yield f"{path}: {value!r} is no decimal in a text"
    elif kind is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{path}: {value!r} is no number"
    elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield f"{path}: {value!r} is no {kind.__name__}"


def _fields_misfits(value, kind, path):
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no object"
        return
    annotations = kind.__annotations__
    if not annotations or kind.__name__ == "UntypedStripeObject":
        return
    names = {name for name in annotations if name != "OBJECT_NAME"}
    aliases = getattr(kind, "_field_remappings", None) or {}
    names = {aliases.get(name, name) for name in names}
    for name in set(value) - names:
        yield f"{path}.{name}: the library knows no such field"
    module = sys.modules[kind.__module__]
    for name, hint in annotations.items():
        if name == "OBJECT_NAME":
            continue
        wire = aliases.get(name, name)
        if wire in value:
            yield from misfits(value[wire], hint, f"{path}.{wire}", module)
        elif type(None) not in typing.get_args(_resolve(hint, module)):
            yield f"{path}.{wire}: missing"


def _resolve(hint, owner):
    if isinstance(hint, typing.ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        name = hint.replace("Resource", "") if hint.endswith("Resource") else hint
        return getattr(stripe, name, getattr(owner, name, typing.Any))
    return hint
