# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Parsing of WHERE."""

from __future__ import annotations

from .nodes import Comparison, Junction, Literal, Membership, Not
from .reader import Reader
from .relative_dates import PLAIN, WITH_NUMBER
from .tokens import unquoted

OPERATORS = ("=", "!=", "<>", "<", "<=", ">", ">=")


def parse_condition(reader: Reader, parse_query):
    """AND and OR do not mix without parentheses: Salesforce refuses it."""
    conditions = [_single(reader, parse_query)]
    word = None
    while reader.at_word("AND", "OR"):
        found = reader.token.text.upper()
        if word and found != word:
            raise reader.unexpected()
        word = found
        reader.take()
        conditions.append(_single(reader, parse_query))
    return Junction(word, tuple(conditions)) if word else conditions[0]


def _single(reader: Reader, parse_query):
    if reader.take_word("NOT"):
        return Not(_single(reader, parse_query))
    if reader.take_symbol("("):
        inner = parse_condition(reader, parse_query)
        reader.need_symbol(")")
        return inner
    return _comparison(reader, parse_query)


def _comparison(reader: Reader, parse_query):
    path = reader.path()
    if reader.take_word("LIKE"):
        token = reader.need("string")
        pattern = unquoted(token.text, keep="%_\\")
        return Comparison(path, "LIKE", Literal("string", pattern, token.position))
    if reader.at_word("IN", "NOT"):
        negated = reader.take_word("NOT")
        reader.need_word("IN")
        return Membership(path, negated, _options(reader, parse_query))
    if not reader.at_symbol(*OPERATORS):
        raise reader.unexpected()
    operator = reader.take().text
    operator = "!=" if operator == "<>" else operator
    return Comparison(path, operator, literal(reader))


def _options(reader: Reader, parse_query):
    reader.need_symbol("(")
    if reader.at_word("SELECT"):
        options = parse_query(reader)
    else:
        options = [literal(reader)]
        while reader.take_symbol(","):
            options.append(literal(reader))
    reader.need_symbol(")")
    return options


def literal(reader: Reader) -> Literal:
    token = reader.take()
    if token.kind == "string":
        return Literal("string", unquoted(token.text), token.position)
    if token.kind in ("number", "date", "datetime"):
        return Literal(token.kind, token.text, token.position)
    if token.is_word("TRUE", "FALSE"):
        return Literal("boolean", token.text.upper() == "TRUE", token.position)
    if token.is_word("NULL"):
        return Literal("null", None, token.position)
    if token.is_word(*PLAIN):
        return Literal("relative", (token.text.upper(), 0), token.position)
    if token.is_word(*WITH_NUMBER):
        return _numbered_date(reader, token)
    raise reader.unexpected(token)


def _numbered_date(reader: Reader, token) -> Literal:
    reader.need_symbol(":")
    days = int(reader.need("number").text)
    return Literal("relative", (token.text.upper(), days), token.position)
