# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""WHERE as a function of a row."""

from __future__ import annotations

import operator
import re

from ..errors import ApiError
from .binding import bind
from .criteria import IDS, NAMES, Span, comparable
from .failures import located
from .nodes import Comparison, Junction, Membership, Not, Query

ORDERED = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def matcher(org, query: Query, sobject, condition, run):
    """``run(query)`` gives the values of an inner SELECT."""
    if condition is None:
        return lambda row: True
    if isinstance(condition, Not):
        inner = matcher(org, query, sobject, condition.condition, run)
        return lambda row: not inner(row)
    if isinstance(condition, Junction):
        parts = [matcher(org, query, sobject, c, run) for c in condition.conditions]
        combine = all if condition.word == "AND" else any
        return lambda row: combine(part(row) for part in parts)
    bound = _filterable(org, query, sobject, condition.path)
    getter = _getter(org, bound)
    if isinstance(condition, Membership):
        return _membership(org, query, bound, getter, condition, run)
    return _comparison(org, query, bound, getter, condition)


def _filterable(org, query, sobject, path):
    bound = bind(org, query, sobject, path)
    if not bound.field.filterable:
        message = f"field '{bound.field.name}' can not be filtered in a query call"
        raise ApiError("INVALID_FIELD", located(query.text, path.position, message))
    return bound


def _getter(org, bound):
    """The row's value in the form that literals are compared in."""

    def get(row):
        value = bound.value(org, row)
        if isinstance(value, str) and bound.field.type not in IDS:
            return value.casefold()
        return value

    return get


def _membership(org, query, bound, getter, condition: Membership, run):
    if isinstance(condition.options, Query):
        options = set(run(condition.options))
    else:
        options = {
            comparable(org, query, bound.field, item) for item in condition.options
        }
    return lambda row: (getter(row) in options) != condition.negated


def _comparison(org, query, bound, getter, condition: Comparison):
    if condition.operator == "LIKE":
        return _like(query, bound, getter, condition)
    wanted = comparable(org, query, bound.field, condition.literal)
    if isinstance(wanted, Span):
        return _in_span(getter, condition.operator, wanted)
    if condition.operator == "=":
        return lambda row: getter(row) == wanted
    if condition.operator == "!=":
        return lambda row: getter(row) != wanted
    if bound.field.type == "boolean" or wanted is None:
        message = f"invalid operator on {bound.field.type} field"
        raise ApiError(
            "INVALID_QUERY_FILTER_OPERATOR",
            located(query.text, condition.path.position, message),
        )
    compare = ORDERED[condition.operator]
    return lambda row: (found := getter(row)) is not None and compare(found, wanted)


def _in_span(getter, sign: str, span: Span):
    tests = {
        "=": lambda value: span.start <= value < span.end,
        "!=": lambda value: not span.start <= value < span.end,
        "<": lambda value: value < span.start,
        "<=": lambda value: value < span.end,
        ">": lambda value: value >= span.end,
        ">=": lambda value: value >= span.start,
    }
    test = tests[sign]
    return lambda row: (found := getter(row)) is not None and test(found)


def _like(query, bound, getter, condition: Comparison):
    if bound.field.type in IDS or bound.field.type in NAMES:
        message = f"invalid operator on {bound.field.type} field"
        raise ApiError(
            "INVALID_QUERY_FILTER_OPERATOR",
            located(query.text, condition.path.position, message),
        )
    pattern = like_pattern(condition.literal.value)
    return lambda row: (found := getter(row)) is not None and pattern.fullmatch(found)


def like_pattern(text: str) -> re.Pattern:
    """% is any text, _ one character, a backslash takes their meaning away."""
    parts = []
    for found in re.finditer(r"\\(.)|(.)", text.casefold(), re.DOTALL):
        escaped, plain = found.groups()
        wild = {"%": ".*", "_": "."}.get(plain)
        parts.append(wild or re.escape(escaped or plain))
    return re.compile("".join(parts), re.DOTALL)
