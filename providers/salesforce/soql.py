# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Building SOQL. Whatever comes from outside goes through ``text``, ``instant`` or
``name``; nothing else is put between the words.

Escapes: "Quoted String Escape Sequences"
(https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ...canonical import Hold
from .identifier import to_18
from .moment import format_datetime, parse_datetime

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")
_ESCAPES = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
# Ends of a line to some parsers, so never put into a literal as they are.
_LINE_ENDS = "\x7f\x85\u2028\u2029"
# A query travels in the URL, of which Salesforce takes 16,384 bytes
# (https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm).
# An id takes 27 of them once it is quoted and encoded: 200 leave two thirds free.
IDS_PER_QUERY = 200


def text(value: str) -> str:
    """``value`` as a string literal."""
    return "'" + "".join(map(_escaped, value)) + "'"


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter < " " or letter in _LINE_ENDS:
        return f"\\u{ord(letter):04x}"
    return letter


def instant(value: datetime) -> str:
    """An aware ``value`` as a datetime literal, which stands without quotes."""
    return format_datetime(value)


def name(value: str) -> str:
    """``value`` if it is the API name of an object or field, or a path of them.

    :raises Hold: ``malformed_name``
    """
    if not _NAME.fullmatch(value):
        raise Hold(
            "malformed_name",
            f"{value[:80]!r} is not an API name of Salesforce.",
            "Correct the field name in the connection's settings; custom fields end in"
            " __c.",
        )
    return value


def select(
    fields: Iterable[str],
    sobject: str,
    where: str = "",
    order: Sequence[str] = (),
    limit: int | None = None,
) -> str:
    """The query; ``where`` is SOQL made by this module."""
    query = f"SELECT {', '.join(map(name, fields))} FROM {name(sobject)}"
    if where:
        query += f" WHERE {where}"
    if order:
        query += f" ORDER BY {', '.join(map(name, order))}"
    return query if limit is None else f"{query} LIMIT {int(limit)}"


def by_ids(
    fields: Sequence[str], sobject: str, ids: Iterable[str], id_field: str = "Id"
) -> Iterator[str]:
    """Queries for the records whose ``id_field`` is one of ``ids``, as many as the
    length of a URL asks for.

    :raises Hold: ``malformed_id``
    """
    unique = list(dict.fromkeys(map(to_18, ids)))
    for start in range(0, len(unique), IDS_PER_QUERY):
        chunk = ", ".join(map(text, unique[start : start + IDS_PER_QUERY]))
        yield select(fields, sobject, f"{name(id_field)} IN ({chunk})", ("Id",))


def changed(
    fields: Sequence[str],
    sobject: str,
    cursor: dict,
    until: datetime,
    limit: int,
    where: str = "",
) -> str:
    """The next ``limit`` records changed after ``cursor`` and not after ``until``.

    :param cursor: ``{"modstamp": datetime text, "id": id}``; without ``id`` the moment
        itself is included; empty = from the beginning
    """
    conditions = _span(cursor, until, where)
    return select(fields, sobject, conditions, ("SystemModstamp", "Id"), limit)


def loaded(
    fields: Sequence[str], sobject: str, since: str, until: datetime, where: str = ""
) -> str:
    """All records changed from ``since`` (empty = ever) to ``until``, in no order: that
    would keep Salesforce from dividing a bulk job."""
    return select(fields, sobject, _span({"modstamp": since}, until, where))


def counted(sobject: str, since: str, until: datetime, where: str = "") -> str:
    """How many records :func:`loaded` is about."""
    conditions = _span({"modstamp": since}, until, where)
    return f"SELECT COUNT() FROM {name(sobject)} WHERE {conditions}"


def came_otherwise(reference: str, since: str, known_from: str) -> str:
    """Condition on lines: not those that came with a parent which changed from
    ``since`` on, but for what changed in lines after ``known_from``, when no parent had
    been read yet.

    :param reference: the field that names the parent, OrderId
    """
    parent = name(reference.removesuffix("Id"))
    before = f"{parent}.SystemModstamp < {instant(parse_datetime(since))}"
    after = f"SystemModstamp >= {instant(parse_datetime(known_from))}"
    return f"({before} OR {after})"


def _span(cursor: dict, until: datetime, where: str) -> str:
    stamp = f"SystemModstamp <= {instant(until)}"
    return " AND ".join([*_after(cursor), stamp, *filter(None, [where])])


def _after(cursor: dict) -> list[str]:
    if not cursor.get("modstamp"):
        return []
    moment = instant(parse_datetime(cursor["modstamp"]))
    if not cursor.get("id"):
        return [f"SystemModstamp >= {moment}"]
    last = text(to_18(cursor["id"]))
    return [
        f"(SystemModstamp > {moment} OR (SystemModstamp = {moment} AND Id > {last}))"
    ]
