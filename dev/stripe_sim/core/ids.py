# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Identifiers that look like Stripe's: a prefix and base-62 characters."""

import random
import string

_ALPHABET = string.ascii_letters + string.digits
# Customers, products, subscription items and the like carry 14 characters;
# what belongs to payments carries 24, of which the first is a digit.
_SHORT = {"cus", "prod", "si", "req", "pm_card"}


class Ids:
    """`seed` makes a run repeatable; without it no two runs share an id."""

    def __init__(self, seed: int | None = None):
        self._random = random.Random(seed)

    def text(self, length: int, alphabet: str = _ALPHABET) -> str:
        return "".join(self._random.choices(alphabet, k=length))

    def new(self, prefix: str) -> str:
        if prefix in _SHORT:
            return f"{prefix}_{self.text(14)}"
        return f"{prefix}_1{self.text(23)}"
