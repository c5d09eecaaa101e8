# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reading and answering control calls."""

from __future__ import annotations

from functools import wraps

from flask import jsonify, request

from ..schema.sobject import SObject


def body() -> dict:
    """The JSON object sent; an empty one if there is none."""
    return request.get_json(force=True, silent=True) or {}


def sobject(org, name: str) -> SObject:
    """Raises ValueError for an unknown object."""
    found = org.schema.get(name)
    if found is None:
        raise ValueError(f"no object named {name}")
    return found


def refusing(view):
    """A wrong request to the control API is answered with 400 and the reason."""

    @wraps(view)
    def wrapped(**arguments):
        try:
            return view(**arguments)
        except (KeyError, TypeError, ValueError) as problem:
            reason = f"{type(problem).__name__}: {problem}"
            return jsonify({"error": reason}), 400

    return wrapped
