# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Candidates for many customers at once, in a fixed number of queries."""

from dataclasses import dataclass

from . import facts
from .evidence import weigh


@dataclass(frozen=True)
class Subject:
    """Who is looked for. ``ids``: what it is called elsewhere; ``linked``: {partner id:
    id} of partners that such an id is linked to already; ``apart``: ids of partners
    that it is not."""

    facts: facts.Facts
    ids: frozenset = frozenset()
    linked: tuple = ()
    apart: frozenset = frozenset()

    def keys(self):
        return self.facts.keys() | {("id", value) for value in self.ids}

    def strongest(self):
        """Those of its keys of which, by default, two that are linked have at least one
        in common."""
        vat = {("vat", self.facts.vat.number)} if self.facts.vat else set()
        return vat | {key for key in self.keys() if key[0] in ("id", "email", "name")}


def propose(env, company, policy, subjects):
    """{key: [Proposal]} of those ``subjects`` ({key: Subject}) for which there are any:
    each with a score of ``policy.review_at`` or more, the highest first.

    Partners that the user of ``env`` may not see are none.
    """
    wanted = set().union(*(subject.keys() for subject in subjects.values()))
    # sudo: what is found is narrowed to what the user may see right below
    holders = env["q2c.match.key"].sudo()._holders(company, wanted)
    hits = {key: _hits(subject, holders) for key, subject in subjects.items()}
    known = {p.id: (p, facts.of_partner(p)) for p in _visible(env, hits)}
    return {
        key: proposals
        for key, subject in subjects.items()
        if (proposals := _ranked(policy, subject, hits[key], known))
    }


def _hits(subject, holders):
    """{partner id: {kind: value}} of who has something in common with ``subject``."""
    hits = {}
    for kind, value in sorted(subject.keys()):
        for partner_id in holders.get((kind, value), ()):
            hits.setdefault(partner_id, {})[kind] = value
    for partner_id, value in subject.linked:
        hits.setdefault(partner_id, {})["id"] = value
    return {key: found for key, found in hits.items() if key not in subject.apart}


def _visible(env, hits):
    """The partners of all ``hits``, read together."""
    ids = sorted(set().union(*hits.values()))
    if not ids:
        return env["res.partner"]
    return env["res.partner"].search([("id", "in", ids)])


def _ranked(policy, subject, hits, known):
    proposals = [
        weigh(policy, subject.facts, *known[partner_id], found)
        for partner_id, found in hits.items()
        if partner_id in known
    ]
    strong = [p for p in proposals if p and p.score >= policy.review_at]
    return sorted(strong, key=lambda p: (-p.score, p.partner.id))
