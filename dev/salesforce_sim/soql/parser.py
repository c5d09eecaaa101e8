# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Parsing of a whole query. Raises ApiError MALFORMED_QUERY."""

from __future__ import annotations

from .conditions import parse_condition
from .failures import malformed
from .nodes import Aggregate, AllFields, Ordering, Query
from .reader import Reader

FUNCTIONS = ("COUNT", "COUNT_DISTINCT", "SUM", "MIN", "MAX", "AVG")
CLAUSES = ("WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR")


def parse(text: str) -> Query:
    reader = Reader(text)
    query = parse_query(reader)
    if reader.token.kind != "end":
        raise reader.unexpected()
    return query


def parse_query(reader: Reader) -> Query:
    reader.need_word("SELECT")
    items = [_item(reader)]
    while reader.take_symbol(","):
        items.append(_item(reader))
    reader.need_word("FROM")
    source = reader.need("name")
    query = Query(reader.query, items, source.text, source.position)
    query.alias = _alias(reader)
    _clauses(reader, query)
    return query


def _item(reader: Reader):
    if reader.take_symbol("("):
        inner = parse_query(reader)
        reader.need_symbol(")")
        return inner
    following = reader.peek()
    if following.kind == "symbol" and following.text == "(":
        return _call(reader)
    return reader.path()


def _call(reader: Reader):
    name = reader.take()
    reader.need_symbol("(")
    if name.is_word("FIELDS"):
        group = reader.need("name").text.upper()
        reader.need_symbol(")")
        return AllFields(group, name.position)
    if not name.is_word(*FUNCTIONS):
        raise malformed(reader.query, name.position, f"Unknown function: {name.text}")
    path = None if reader.at_symbol(")") else reader.path()
    reader.need_symbol(")")
    alias = reader.take().text if _names_something(reader) else None
    return Aggregate(name.text.upper(), path, alias, name.position)


def _names_something(reader: Reader) -> bool:
    return reader.token.kind == "name" and not reader.at_word("FROM")


def _alias(reader: Reader) -> str | None:
    reader.take_word("AS")
    if reader.token.kind == "name" and not reader.at_word(*CLAUSES):
        return reader.take().text
    return None


def _clauses(reader: Reader, query: Query) -> None:
    """In the one order that SOQL allows."""
    if reader.take_word("WHERE"):
        query.where = parse_condition(reader, parse_query)
    if reader.take_word("GROUP"):
        reader.need_word("BY")
        query.group = _list(reader, Reader.path)
    if reader.take_word("ORDER"):
        reader.need_word("BY")
        query.order = _list(reader, _ordering)
    if reader.take_word("LIMIT"):
        query.limit = int(reader.need("number").text)
    if reader.take_word("OFFSET"):
        query.offset = int(reader.need("number").text)


def _list(reader: Reader, parse_one) -> list:
    found = [parse_one(reader)]
    while reader.take_symbol(","):
        found.append(parse_one(reader))
    return found


def _ordering(reader: Reader) -> Ordering:
    """Nulls count as lowest unless said otherwise: first ascending, last descending."""
    path = reader.path()
    descending = reader.take_word("DESC")
    if not descending:
        reader.take_word("ASC")
    nulls_last = descending
    if reader.take_word("NULLS"):
        nulls_last = reader.take_word("LAST")
        if not nulls_last:
            reader.need_word("FIRST")
    return Ordering(path, descending, nulls_last)
