# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The parts of a parsed query."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Path:
    """``Account.Owner.Name`` as its parts."""

    parts: tuple[str, ...]
    position: int


@dataclass(frozen=True)
class Literal:
    """``kind``: string, number, date, datetime, boolean, null, relative."""

    kind: str
    value: object
    position: int


@dataclass(frozen=True)
class Aggregate:
    """``path`` is None for COUNT()."""

    function: str
    path: Path | None
    alias: str | None
    position: int


@dataclass(frozen=True)
class AllFields:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    group: str
    position: int


@dataclass(frozen=True)
class Comparison:
    path: Path
    operator: str
    literal: Literal


@dataclass(frozen=True)
class Membership:
    """IN or NOT IN; ``options`` is a list of Literals or a Query."""

    path: Path
    negated: bool
    options: object


@dataclass(frozen=True)
class Not:
    condition: object


@dataclass(frozen=True)
class Junction:
    """All (``AND``) or any (``OR``) of several conditions."""

    word: str
    conditions: tuple


@dataclass(frozen=True)
class Ordering:
    path: Path
    descending: bool
    nulls_last: bool


@dataclass
class Query:
    """``source`` is an object's name or, in a subquery, a relationship's."""

    text: str
    items: list
    source: str
    source_position: int
    alias: str | None = None
    where: object = None
    group: list = field(default_factory=list)
    order: list = field(default_factory=list)
    limit: int | None = None
    offset: int = 0

    @property
    def counts_only(self) -> bool:
        first = self.items[0]
        return isinstance(first, Aggregate) and first.path is None

    @property
    def aggregates(self) -> bool:
        return bool(self.group) or any(isinstance(i, Aggregate) for i in self.items)
