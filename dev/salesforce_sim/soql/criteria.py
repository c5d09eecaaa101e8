# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A literal of WHERE as the value that a field's type compares with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..errors import ApiError
from ..ids import IdError, to_18
from ..records.values import parse_datetime
from ..schema.field import Field
from .failures import located, wrong_literal
from .nodes import Literal, Query
from .relative_dates import days_of, moments_of

NUMERIC = {"currency": "double", "double": "double", "percent": "double", "int": "int"}
IDS = ("id", "reference")
#: how query errors name a field's type
NAMES = {**NUMERIC, "datetime": "dateTime", "date": "date", "boolean": "boolean"}


@dataclass(frozen=True)
class Span:
    """From the first moment or day up to, not including, the end."""

    start: object
    end: object


def comparable(org, query: Query, field: Field, literal: Literal):
    """None, text in folded case, an id, a number, a date, a stamp, or a Span.

    Raises ApiError if the literal's kind does not fit the field's type.
    """
    if literal.kind == "null":
        return None
    if field.type in IDS:
        return _id(query, field, literal)
    kind = NAMES.get(field.type, "string")
    if kind == "string":
        if literal.kind != "string":
            raise wrong_literal(query.text, literal.position, field.name, kind, True)
        return literal.value.casefold()
    if literal.kind == "relative" and kind in ("date", "dateTime"):
        spans = days_of if kind == "date" else moments_of
        return Span(*spans(*literal.value, org.clock.now().date()))
    if literal.kind != _expected(kind):
        raise wrong_literal(query.text, literal.position, field.name, kind, False)
    return _converted(query, kind, literal)


def _expected(kind: str) -> str:
    return {"double": "number", "int": "number"}.get(kind, kind.lower())


def _converted(query: Query, kind: str, literal: Literal):
    if kind in ("double", "int"):
        return Decimal(literal.value)
    try:
        if kind == "date":
            return date.fromisoformat(literal.value)
        if kind == "dateTime":
            return parse_datetime(literal.value)
    except ValueError:
        message = f"Invalid {kind}: {literal.value}"
        raise ApiError(
            "MALFORMED_QUERY", located(query.text, literal.position, message)
        ) from None
    return literal.value


def _id(query: Query, field: Field, literal: Literal) -> str:
    if literal.kind != "string":
        raise wrong_literal(query.text, literal.position, field.name, "string", True)
    try:
        return to_18(literal.value)
    except IdError:
        message = f"invalid ID field: {literal.value}"
        raise ApiError(
            "INVALID_QUERY_FILTER_OPERATOR",
            located(query.text, literal.position, message),
        ) from None
