# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Salesforce record ids: 15 case-sensitive characters, and 3 more that carry the case.

Source: Salesforce help, "ID Field Type" (SOAP API Developer Guide, Field Types).
"""

from __future__ import annotations

import itertools
import string

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
SUFFIX = string.ascii_uppercase + "012345"
# Pod and reserved character: an id of this organisation is told by these.
INSTANCE = "Qy0"
FIRST = 62**5 + 11
PER_ORGANIZATION = 62**6


class IdError(ValueError):
    """The text is no Salesforce id."""


def case_suffix(id15: str) -> str:
    """The three characters that make a 15-character id safe in any case."""
    chunks = (id15[start : start + 5] for start in (0, 5, 10))
    return "".join(
        SUFFIX[sum(1 << bit for bit, char in enumerate(chunk) if char.isupper())]
        for chunk in chunks
    )


def to_18(text: str) -> str:
    """The 18-character form of an id given with 15 or 18 characters.

    Raises IdError where the length, a character or the suffix is wrong.
    """
    if not isinstance(text, str) or len(text) not in (15, 18):
        raise IdError(text)
    if any(char not in BASE62 for char in text):
        raise IdError(text)
    full = text[:15] + case_suffix(text[:15])
    if len(text) == 18 and text != full:
        raise IdError(text)
    return full


def base62(number: int, width: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = BASE62[rest] + digits
    return digits.rjust(width, "0")


class IdFactory:
    """Gives out ids in rising order, per key prefix, different per organisation."""

    def __init__(self, organization_number: int = 1):
        self._first = FIRST + (organization_number - 1) * PER_ORGANIZATION
        self._counters = {}

    def next(self, prefix: str) -> str:
        counter = self._counters.setdefault(prefix, itertools.count(self._first))
        return to_18(prefix + INSTANCE + base62(next(counter), 9))
