# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What speaks for two customers being one, and how much."""

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from ...canonical.likeness import alike

_lt = LazyTranslate(__name__)


class Kind(NamedTuple):
    """``points``: by default. ``weaker``: what the same fact also shows, and what adds
    nothing to it."""

    label: object
    points: int
    weaker: tuple = ()


# The ways to find a candidate, and then what only adds to what was found.
KINDS = {
    "id": Kind(_lt("Id in the other system"), 100),
    "vat": Kind(_lt("Tax id"), 100),
    "email": Kind(_lt("E-mail address"), 60, ("domain",)),
    "name": Kind(_lt("Name"), 40, ("alike",)),
    "domain": Kind(_lt("E-mail or web domain"), 30),
    "phone": Kind(_lt("Telephone number"), 20),
    "alike": Kind(_lt("Similar name"), 20),
    "place": Kind(_lt("Postal code and street"), 20, ("town",)),
    "town": Kind(_lt("City and country"), 10),
}
LINK_AT, REVIEW_AT = 100, 50


@dataclass(frozen=True)
class Policy:
    """``points``: {kind: points}. Who reaches ``link_at`` is the same, who reaches
    ``review_at`` may be. ``hold``: nothing is created while a person decides."""

    points: dict
    link_at: int = LINK_AT
    review_at: int = REVIEW_AT
    hold: bool = False

    def sufficient(self, keys, at):
        """The smallest sets of ``keys`` that reach ``at`` together: two that have none
        of them in common do not reach it by what they are found by."""
        worth = {key: self.points.get(key[0], 0) for key in keys}
        found = [{key} for key in keys if worth[key] >= at]
        # Which of the others are combined are few: a name, a domain, a number.
        useful = sorted(key for key in keys if 0 < worth[key] < at)
        for size in range(2, len(KINDS)):
            for group in map(set, combinations(useful, size)):
                one_of_each = len({kind for kind, _value in group}) == size
                enough = sum(worth[key] for key in group) >= at
                if one_of_each and enough and not any(old < group for old in found):
                    found.append(group)
        return {frozenset(group) for group in found}


DEFAULT_POLICY = Policy({kind: entry.points for kind, entry in KINDS.items()})


@dataclass
class Proposal:
    """A partner that a customer may be. ``hits``: {kind: the value in common}.
    ``barred``: why it is never linked without a person, else empty."""

    partner: object
    hits: dict
    points: dict
    barred: str = ""

    @property
    def score(self):
        return sum(self.points.values())

    def lines(self):
        """The evidence as JSON: what counts most stands first."""
        ordered = sorted(self.points, key=lambda kind: -self.points[kind])
        return [
            {"kind": kind, "points": self.points[kind], "value": self.hits[kind]}
            for kind in ordered
        ]


def weigh(policy, facts, partner, partner_facts, hits):
    """The Proposal that ``partner`` is who ``facts`` are about; None where it cannot
    be, because two tax ids are two parties.

    :param hits: {kind: value} by which the partner was found
    """
    hits = dict(hits)
    # A key may be shared by two countries' numbers.
    hits.pop("vat", None)
    if facts.vat.same(partner_facts.vat):
        hits["vat"] = partner.vat
    differs = facts.vat.differs(partner_facts.vat)
    if differs and "id" not in hits:
        return None
    if facts.place and facts.place == partner_facts.place:
        hits["place"] = f"{partner.zip} {partner.street}"
    if facts.town[0] and facts.town == partner_facts.town:
        hits["town"] = f"{partner.city}, {partner_facts.town[1]}"
    if alike(facts.name, partner_facts.name):
        hits["alike"] = partner.name
    for kind in [kind for kind in KINDS if kind in hits]:
        for weaker in KINDS[kind].weaker:
            hits.pop(weaker, None)
    points = {kind: policy.points.get(kind, 0) for kind in hits}
    points = {kind: worth for kind, worth in points.items() if worth}
    return Proposal(partner, hits, points, "vat" if differs else "")
