# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Query errors as Salesforce words them, with the place in the query."""

from __future__ import annotations

from ..errors import ApiError

CONTEXT = 40
SEE_DESCRIBE = (
    "Please reference your WSDL or the describe call for the appropriate names."
)


def located(query: str, position: int, message: str) -> str:
    """The query around the position, a caret, row and column, the message."""
    start = max(0, query.rfind("\n", 0, position) + 1, position - CONTEXT)
    line = query[start : position + CONTEXT].split("\n")[0]
    row = query.count("\n", 0, position) + 1
    column = position - query.rfind("\n", 0, position)
    caret = " " * (position - start) + "^"
    return f"\n{line}\n{caret}\nERROR at Row:{row}:Column:{column}\n{message}"


def malformed(query: str, position: int, message: str) -> ApiError:
    return ApiError("MALFORMED_QUERY", located(query, position, message))


def no_such_column(query: str, position: int, name: str, entity: str) -> ApiError:
    message = (
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use"
        f" a custom field, be sure to append the '__c' after the custom field name."
        f" {SEE_DESCRIBE}"
    )
    return ApiError("INVALID_FIELD", located(query, position, message))


def no_such_relationship(query, position, name, place="field path") -> ApiError:
    message = (
        f"Didn't understand relationship '{name}' in {place}. If you are attempting to"
        f" use a custom relationship, be sure to append the '__r' after the custom"
        f" relationship name. {SEE_DESCRIBE}"
    )
    code = "INVALID_FIELD" if place == "field path" else "INVALID_TYPE"
    return ApiError(code, located(query, position, message))


def no_such_object(query: str, position: int, name: str) -> ApiError:
    message = (
        f"sObject type '{name}' is not supported. If you are attempting to use a"
        f" custom object, be sure to append the '__c' after the entity name."
        f" {SEE_DESCRIBE}"
    )
    return ApiError("INVALID_TYPE", located(query, position, message))


def wrong_literal(query, position, field: str, kind: str, quoted: bool) -> ApiError:
    """``quoted`` tells whether the value should have been in quotes."""
    should = "should be" if quoted else "should not be"
    message = (
        f"value of filter criterion for field '{field}' must be of type {kind} and"
        f" {should} enclosed in quotes"
    )
    return ApiError("INVALID_FIELD", located(query, position, message))
