# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A query's text cut into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .failures import malformed

PATTERN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d)
  | (?P<number>[+-]?\d+(\.\d+)?)
  | (?P<string>'(?:[^'\\\n]|\\.)*')
  | (?P<name>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)
  | (?P<symbol><=|>=|!=|<>|[=<>(),:])
    """,
    re.VERBOSE,
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    position: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "name" and self.text.upper() in words


def tokenize(query: str) -> list[Token]:
    """Ends with a token of kind ``end``. Raises ApiError MALFORMED_QUERY."""
    tokens, position = [], 0
    while position < len(query):
        found = PATTERN.match(query, position)
        if not found:
            raise malformed(query, position, f"unexpected token: '{query[position]}'")
        if found.lastgroup != "space":
            tokens.append(Token(found.lastgroup, found.group(), position))
        position = found.end()
    return [*tokens, Token("end", "<EOF>", len(query))]


def unquoted(text: str, keep: str = "") -> str:
    """A string literal's value; characters in ``keep`` stay escaped (LIKE)."""

    def replace(found):
        char = found.group(1)
        return "\\" + char if char in keep else ESCAPES.get(char, char)

    return re.sub(r"\\(.)", replace, text[1:-1])
