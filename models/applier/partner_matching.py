# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which partners are customers of a batch already, by evidence."""

from odoo.fields import Domain

from ..matching import facts
from ..matching.matching import Subject, propose

# Those that reach what is linked, and lead the next by this share of it, are certain.
LEAD = 0.5
# So many are shown to whoever decides.
SHOWN = 5


class PartnerMatching:
    """What speaks for each of ``items``, in a fixed number of queries."""

    def __init__(self, batch, items, own=None):
        """:param own: {item: partner} of those that were created right now, which are
        compared with others than themselves"""
        self.batch = batch
        self.env = batch.env
        self.connection = batch.connection
        self.policy = batch.connection.sudo()._match_policy()
        # An account of the CRM is one partner; a billing system may well have several
        # customers for one.
        self._several = batch.connection.is_billing
        self._ids = {item: known_ids(self.env, item.document) for item in items}
        self._decided = self._read_decided(items)
        subjects = self._subjects(items, own or {})
        if not own:
            self._reserve(subjects.values())
        self._proposals = propose(
            self.env, self.connection.company_id, self.policy, subjects
        )
        self._taken = set() if self._several else self._read_taken()
        # {item: proposals, none of which was chosen}
        self.doubtful = {}

    def find(self, item):
        """The Proposal that ``item`` is certainly about, else None. Where there are
        others that it may be, they are kept as ``doubtful``."""
        free = [p for p in self._proposals.get(item, ()) if self._is_free(p)]
        if not free:
            return None
        undone = self._decided.get((item.ref.id, "undone"), ())
        for proposal in free:
            if proposal.partner.id in undone:
                proposal.barred = "undone"
        first = self._certain(free)
        if not first:
            self.doubtful[item] = free[:SHOWN]
        elif not self._several:
            self._taken.add(first.partner.id)
        return first

    def _certain(self, proposals):
        first, *others = proposals
        if first.barred or first.score < self.policy.link_at:
            return None
        rival = others[0].score if others else 0
        near = first.score - rival < LEAD * self.policy.link_at
        if rival >= self.policy.link_at and near:
            first.barred = "several"
            return None
        return first

    def _is_free(self, proposal):
        return proposal.partner.id not in self._taken

    def _reserve(self, subjects):
        # sudo: the keys are the engine's own
        self.env["q2c.match.key"].sudo()._reserve(
            self.connection.sudo(), set().union(*(s.strongest() for s in subjects))
        )

    # ------------------------------------------------------------------
    # READ
    # ------------------------------------------------------------------

    def _subjects(self, items, own):
        linked = self._read_linked()
        newer = self._own_and_newer(own)
        places = self.batch.lookup.places
        subjects = {}
        for item in items:
            country = places.country(item.document.billing)
            subjects[item] = Subject(
                facts=facts.of_document(item.document, country.code if country else ""),
                ids=self._ids[item],
                linked=tuple(
                    (partner_id, value)
                    for value in sorted(self._ids[item])
                    for partner_id in linked.get(value, ())
                ),
                apart=frozenset(self._decided.get((item.ref.id, "rejected"), ()))
                | newer.get(item, frozenset()),
            )
        return subjects

    def _own_and_newer(self, own):
        """{item: ids of its own partner and of those created after it}, so that two new
        ones are compared once; accounts of a CRM are not compared with each other."""
        ids = sorted(partner.id for partner in own.values())
        return {
            item: frozenset(i for i in ids if i >= partner.id or not self._several)
            for item, partner in own.items()
        }

    def _read_decided(self, items):
        """{(id, state): partner ids} of what people rejected or undid."""
        # sudo: what was decided binds the service user, who need not see by whom
        rows = (
            self.env["q2c.match"]
            .sudo()
            .search_read(
                [
                    ("connection_id", "=", self.connection.id),
                    ("kind", "=", "customer"),
                    ("external_id", "in", [item.ref.id for item in items]),
                    ("state", "in", ("rejected", "undone")),
                ],
                ["external_id", "state", "partner_id"],
                load=None,
            )
        )
        decided = {}
        for row in rows:
            key = row["external_id"], row["state"]
            decided.setdefault(key, set()).add(row["partner_id"])
        return decided

    def _read_linked(self):
        """{id: partner ids} of what is linked under ids of other systems."""
        ids = set().union(*self._ids.values())
        own = {item.ref.id for item in self._ids}
        linked = {}
        if ids:
            # By name, since links are found by connection and id: another than this one
            # would be looked for among all.
            # sudo: which there are, not what is in them
            others = self.connection.sudo().search(
                Domain("company_id", "=", self.connection.company_id.id)
                & Domain("id", "!=", self.connection.id)
            )
            found = self.env["q2c.binding"].search(
                self._customers()
                & Domain("connection_id", "in", others.ids)
                & Domain("external_id", "in", sorted(ids))
            )
            for binding in found:
                if binding.external_id in own and self._is_other(binding.connection_id):
                    continue
                linked.setdefault(binding.external_id, []).append(binding.res_id)
        return linked

    def _is_other(self, connection):
        """Whether it is another account of the same provider, where the same id may be
        another customer; the same account may have been connected anew."""
        return (
            connection.provider == self.connection.provider
            and connection.account_ref != self.connection.account_ref
        )

    def _read_taken(self):
        ids = {p.partner.id for share in self._proposals.values() for p in share}
        bindings = self.env["q2c.binding"].search(
            self._customers()
            & Domain("connection_id", "=", self.connection.id)
            & Domain("res_id", "in", sorted(ids))
        )
        return set(bindings.mapped("res_id"))

    def _customers(self):
        return Domain("kind", "=", "customer") & Domain("res_model", "=", "res.partner")


def known_ids(env, document):
    """What ``document`` is called here and elsewhere: its own id, which others may have
    written down, and those that it names."""
    return frozenset({document.id} | named_ids(env, document))


def named_ids(env, document):
    """The ids in other systems that ``document`` names."""
    found = set()
    if document.counterparts:
        for code in env["q2c.connection"]._fields["provider"].get_values(env):
            provider = env[f"q2c.provider.{code}"]
            found |= {
                provider._identify("customer", text) for text in document.counterparts
            }
    return found - {""}
