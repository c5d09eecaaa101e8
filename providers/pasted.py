# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Text that a person pasted, of which nothing is proven: JSON or nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..canonical import Hold
from .json_text import dumps, loads

# An event of Stripe is at most 256 KB (https://docs.stripe.com/event-destinations).
MAX_CHARACTERS = 256 * 1024
# No amount, quantity or time of a provider has more digits before or after the point;
# 1e999999999 is a short text that would fill the memory as an integer.
MAX_DIGITS = 30
# What inbox and links have indexes on.
MAX_ID = 255


def read(text: str) -> dict:
    """The JSON object in ``text``.

    :raises Hold: ``malformed``, in words that repeat nothing of the text
    """
    if len(text) > MAX_CHARACTERS:
        raise malformed(f"It has more than {MAX_CHARACTERS:,} characters")
    try:
        content = loads(text)
    except ValueError:
        raise malformed("It is not JSON") from None
    if not isinstance(content, dict):
        raise malformed("It is not one JSON object")
    if any(_is_outlandish(value) for value in _values(content)):
        raise malformed("It has a number that no provider writes")
    if not _is_storable(content):
        raise malformed("It has characters that no database keeps")
    return content


def malformed(complaint: str) -> Hold:
    return Hold(
        "malformed",
        f"{complaint}.",
        "Paste one event or object as the provider shows it, from the first brace to "
        "the last.",
    )


def _values(content: Any):
    """What is in it, without recursion."""
    rest = [content]
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            rest.extend(value.values())
        elif isinstance(value, list):
            rest.extend(value)
        else:
            yield value


def _is_outlandish(value: Any) -> bool:
    if isinstance(value, Decimal):
        digits = value.as_tuple().digits
        return len(digits) > MAX_DIGITS or abs(value.adjusted()) > MAX_DIGITS
    if isinstance(value, float):
        # NaN and the infinities, which are no JSON
        return True
    return isinstance(value, int) and abs(value) >= 10**MAX_DIGITS


def _is_storable(content: dict) -> bool:
    text = dumps(content)
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text
