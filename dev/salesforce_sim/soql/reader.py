# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Walking over tokens: what every part of the parser needs."""

from __future__ import annotations

from .failures import malformed
from .nodes import Path
from .tokens import Token, tokenize


class Reader:
    """The tokens of a query and the place reached in them."""

    def __init__(self, query: str):
        self.query = query
        self._tokens = tokenize(query)
        self._index = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._index]

    def peek(self, ahead: int = 1) -> Token:
        return self._tokens[min(self._index + ahead, len(self._tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        self._index += 1
        return token

    def unexpected(self, token: Token | None = None):
        token = token or self.token
        return malformed(
            self.query, token.position, f"unexpected token: '{token.text}'"
        )

    def at_word(self, *words: str) -> bool:
        return self.token.is_word(*words)

    def at_symbol(self, *symbols: str) -> bool:
        return self.token.kind == "symbol" and self.token.text in symbols

    def take_word(self, *words: str) -> bool:
        """Whether one of the words stood here; it is passed then."""
        found = self.at_word(*words)
        self._index += found
        return found

    def take_symbol(self, symbol: str) -> bool:
        found = self.at_symbol(symbol)
        self._index += found
        return found

    def need_word(self, word: str) -> None:
        if not self.take_word(word):
            raise self.unexpected()

    def need_symbol(self, symbol: str) -> Token:
        if not self.at_symbol(symbol):
            raise self.unexpected()
        return self.take()

    def need(self, kind: str) -> Token:
        if self.token.kind != kind:
            raise self.unexpected()
        return self.take()

    def path(self) -> Path:
        token = self.need("name")
        return Path(tuple(token.text.split(".")), token.position)
