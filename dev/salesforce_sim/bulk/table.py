# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Records as lines of CSV: every value quoted, nothing for null, parents by their path,
stamps with Z."""

from __future__ import annotations

from collections.abc import Iterator

from ..soql.projection import Shape

DELIMITERS = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


def columns(shape: Shape, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of each column, in the order of the SELECT."""
    found = []
    for name, entry in shape.entries.items():
        path = (*prefix, name)
        found += columns(entry[1], path) if isinstance(entry, tuple) else [path]
    return found


def line(values, delimiter: str, ending: str) -> str:
    quoted = ('"' + cell(value).replace('"', '""') + '"' for value in values)
    return delimiter.join(quoted) + ending


def values(record: dict, paths) -> Iterator:
    for path in paths:
        value = record
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        yield value


def cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text.removesuffix("+0000") + "Z" if text.endswith(".000+0000") else text
