# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reading the request at hand."""

from __future__ import annotations

from flask import current_app, request

from ..errors import ApiError, not_found
from ..schema.sobject import SObject

DUPLICATE_RULE_HEADER = "Sforce-Duplicate-Rule-Header"


def org():
    return current_app.config["ORG"]


def json_body():
    """The parsed body. Raises ApiError JSON_PARSER_ERROR."""
    if not request.data:
        raise ApiError(
            "JSON_PARSER_ERROR",
            "The HTTP entity body is required, but this request has no entity body.",
        )
    body = request.get_json(force=True, silent=True)
    if body is None:
        raise ApiError(
            "JSON_PARSER_ERROR",
            "Unexpected character at [line:1, column:1]: the body is not JSON",
        )
    return body


def json_object() -> dict:
    body = json_body()
    if not isinstance(body, dict):
        raise ApiError(
            "JSON_PARSER_ERROR", "The request body must be a JSON object, not a list."
        )
    return body


def sobject(name: str) -> SObject:
    """As the user sees it. Raises ApiError 404 for an object that is not there."""
    found = org().seen(name)
    if found is None:
        raise not_found()
    return found


def fields_named(found: SObject, names: str | None):
    """The Fields of a comma-separated list; None for all of them."""
    if not names:
        return None
    chosen = []
    for name in names.split(","):
        field = found.field(name.strip())
        if field is None:
            raise ApiError(
                "INVALID_FIELD",
                f"No such column '{name.strip()}' on sobject of type {found.name}",
            )
        chosen.append(field)
    return chosen


def saves_duplicates() -> bool:
    header = request.headers.get(DUPLICATE_RULE_HEADER, "")
    return "allowsave=true" in header.replace(" ", "").lower()
