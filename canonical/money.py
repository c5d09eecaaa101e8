# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Amounts. Integers of minor units; floats never come in, and leave only for Odoo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .currency import exponent


@dataclass(frozen=True, slots=True)
class Money:
    """``amount`` minor units (Stripe's exponent) of ``currency`` (ISO 4217, upper)."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int) or isinstance(self.amount, bool):
            raise TypeError(f"an amount is an integer of minor units: {self.amount!r}")
        if self.currency != self.currency.upper():
            object.__setattr__(self, "currency", self.currency.upper())
        exponent(self.currency)

    @classmethod
    def of_major(cls, value: Decimal, currency: str) -> Money:
        """``value`` in major units (1.50 USD).

        :raises ValueError: the value is finer than the currency's minor unit
        """
        scaled = Decimal(value).scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} is finer than the minor unit of {currency}")
        return cls(int(scaled), currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """Sum of ``amounts``, zero of ``currency`` when there are none."""
        result = cls(0, currency)
        for amount in amounts:
            result += amount
        return result

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def __float__(self) -> float:
        """Major units, for Odoo's Monetary fields only."""
        return float(self.major)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.amount), self.currency)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"{other!r} is not Money")
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.amount


@dataclass(frozen=True, slots=True)
class UnitAmount:
    """A price of one unit: minor units that may carry a fraction (0.35 cent a call)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", Decimal(self.amount).normalize())
        object.__setattr__(self, "currency", self.currency.upper())
        exponent(self.currency)

    @classmethod
    def of_major(cls, value: Decimal, currency: str) -> UnitAmount:
        return cls(Decimal(value).scaleb(exponent(currency)), currency)

    @property
    def major(self) -> Decimal:
        return self.amount.scaleb(-exponent(self.currency))

    @property
    def is_whole(self) -> bool:
        return self.amount == self.amount.to_integral_value()
