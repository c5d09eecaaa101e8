# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Secret and restricted keys (https://docs.stripe.com/keys)."""

import re

from ...canonical import Hold

_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9_]+")
# Keys of every sort and signing secrets, wherever they stand in a text.
_SECRET = re.compile(r"\b((?:sk|rk|pk|whsec|ek)_(?:test_|live_)?)[A-Za-z0-9*_]+")


def check(key: str) -> None:
    """:raises Hold: ``invalid_key``: neither a secret nor a restricted key"""
    if not _KEY.fullmatch(key or ""):
        raise Hold(
            "invalid_key",
            "The API key is not one of Stripe's secret or restricted keys.",
            "Copy a key that begins with sk_ or rk_ from the Stripe Dashboard,"
            " Developers, API keys.",
        )


def is_live(key: str) -> bool:
    return key.partition("_")[2].startswith("live_")


def is_restricted(key: str) -> bool:
    return key.startswith("rk_")


def mask(text: str) -> str:
    """``text`` without the telling part of any key in it."""
    return _SECRET.sub(r"\1…", text)
