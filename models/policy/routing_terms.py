# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which routing rule holds for a document. Plain values: nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Facts(NamedTuple):
    """What is known of a document; ids, 0 where there is none.

    ``partners``: the customer and those above it. ``products``: the product of each
    line. ``document``, ``customer``: metadata as ``name=value``. ``record_types``: of
    the customer's accounts in the CRM.
    """

    connection: int
    partners: frozenset[int]
    country: int
    groups: frozenset[int]
    currency: str
    products: tuple[int, ...]
    document: frozenset[str] = frozenset()
    customer: frozenset[str] = frozenset()
    record_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """A rule: conditions, empty where the rule does not ask, and ``outcomes``, {name of
    a field: id}; those but the company are of the company ``books``."""

    name: str
    books: int = 0
    connection: int = 0
    partner: int = 0
    record_type: str = ""
    country: int = 0
    country_group: int = 0
    currency: str = ""
    product: int = 0
    every_line: bool = False
    document: str = ""
    customer: str = ""
    outcomes: dict[str, int] = field(default_factory=dict)

    def unmet(self, facts: Facts) -> str:
        """The first condition that does not hold; empty where the rule does."""
        return next((name for name in CONDITIONS if not self._holds(name, facts)), "")

    def _holds(self, name: str, facts: Facts) -> bool:
        wanted = getattr(self, name)
        return not wanted or CONDITIONS[name](self, facts)


def _sells(terms: Terms, facts: Facts) -> bool:
    found = [product == terms.product for product in facts.products]
    return bool(found) and (all(found) if terms.every_line else any(found))


# The outcome that decides which rules may say the others.
COMPANY = "routed_company_id"
# In the order in which a person would ask.
CONDITIONS = {
    "connection": lambda terms, facts: terms.connection == facts.connection,
    "partner": lambda terms, facts: terms.partner in facts.partners,
    "record_type": lambda terms, facts: terms.record_type in facts.record_types,
    "country": lambda terms, facts: terms.country == facts.country,
    "country_group": lambda terms, facts: terms.country_group in facts.groups,
    "currency": lambda terms, facts: terms.currency == facts.currency,
    "product": _sells,
    "document": lambda terms, facts: terms.document in facts.document,
    "customer": lambda terms, facts: terms.customer in facts.customer,
}


class Choice(NamedTuple):
    """``checks``: pairs of a rule's name and the condition that did not hold, empty
    where it did, in order. ``outcomes``: {name: (id, name of the rule)}"""

    checks: tuple[tuple[str, str], ...]
    outcomes: dict[str, tuple[int, str]]


def choose(rules: list[Terms], facts: Facts, home: int = 0) -> Choice:
    """The first rule that holds decides, for each outcome on its own. A journal is a
    company's: it is chosen among those of the company that was chosen.

    :param home: the company of what no rule gives to another
    """
    checks = [(rule, rule.unmet(facts)) for rule in rules]
    outcomes: dict[str, tuple[int, str]] = {}
    holding = [rule for rule, unmet in checks if not unmet]
    for rule in holding:
        if COMPANY in rule.outcomes:
            outcomes.setdefault(COMPANY, (rule.outcomes[COMPANY], rule.name))
    company, _rule = outcomes.get(COMPANY, (home, ""))
    for rule in holding:
        if rule.books == company:
            for name, target in rule.outcomes.items():
                outcomes.setdefault(name, (target, rule.name))
    return Choice(tuple((rule.name, unmet) for rule, unmet in checks), outcomes)
