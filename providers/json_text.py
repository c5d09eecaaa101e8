# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""JSON in and out without floats."""

import json
from decimal import Decimal
from typing import Any


def loads(text: str | bytes) -> Any:
    """Parse; numbers with a fraction become Decimal.

    :raises ValueError: not JSON
    """
    try:
        return json.loads(text, parse_float=Decimal)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def dumps(value: Any) -> str:
    """Write; Decimals become strings, for a JSON number would pass through a float.
    The translators read both."""
    return json.dumps(
        value, default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} has no JSON form")
