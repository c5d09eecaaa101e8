# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which partners are customers of a batch already: by certain evidence only."""

import re

from odoo.fields import Domain
from odoo.tools import SQL, email_normalize


class PartnerMatching:
    """Partners with the tax ids or e-mail addresses of ``items``, in two queries."""

    def __init__(self, batch, items):
        self.env = batch.env
        self.company = batch.connection.company_id
        documents = [item.document for item in items]
        self._by_vat = self._read_by_vat(documents)
        self._by_email = self._read_by_email(documents)
        # An account of the CRM is one partner; a billing system may well have several
        # customers for one.
        self._several = batch.connection.is_billing
        self._taken = set() if self._several else self._linked(batch)
        # {id of a document: the partners that it might be, none of which was chosen}
        self.doubtful = {}

    def find(self, document):
        """The one partner that ``document`` is certainly about, else None. Where there
        are several, they are kept as ``doubtful``."""
        vat = plain_vat(document.vat)
        candidates = self._by_vat.get(vat, [])
        if not candidates:
            name = plain_name(document.name)
            same = self._by_email.get(email_normalize(document.email) or "", [])
            candidates = [
                partner
                for partner in same
                if plain_name(partner.name) == name
                # Two tax ids are two parties, whatever they share.
                and not (vat and partner.vat)
            ]
        free = [partner for partner in candidates if partner.id not in self._taken]
        if len(free) != 1:
            if free:
                self.doubtful[document.id] = free
            return None
        if not self._several:
            self._taken.add(free[0].id)
        return free[0]

    def _linked(self, batch):
        bindings = batch.env["q2c.binding"].search(
            [
                ("connection_id", "=", batch.connection.id),
                ("kind", "=", "customer"),
                ("res_model", "=", "res.partner"),
                ("res_id", "in", self._candidate_ids()),
            ]
        )
        return set(bindings.mapped("res_id"))

    def _candidate_ids(self):
        groups = [*self._by_vat.values(), *self._by_email.values()]
        return [partner.id for partners in groups for partner in partners]

    def _read_by_vat(self, documents):
        wanted = {plain_vat(document.vat) for document in documents} - {""}
        if not wanted:
            return {}
        self.env["res.partner"].flush_model(["vat", "commercial_partner_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner
                 WHERE active AND commercial_partner_id = id AND vat IS NOT NULL
                   AND upper(regexp_replace(vat, '[^A-Za-z0-9]', '', 'g')) = ANY(%s)
                """,
                list(wanted),
            )
        )
        return self._grouped(
            Domain("id", "in", [row[0] for row in rows]),
            lambda partner: plain_vat(partner.vat),
        )

    def _read_by_email(self, documents):
        wanted = {email_normalize(document.email) for document in documents}
        wanted -= {False, ""}
        if not wanted:
            return {}
        return self._grouped(
            Domain("email_normalized", "in", list(wanted))
            & Domain("parent_id", "=", False),
            lambda partner: partner.email_normalized,
        )

    def _grouped(self, domain, key):
        own = Domain("company_id", "in", [False, self.company.id])
        partners = self.env["res.partner"].search(domain & own)
        return partners.grouped(key)


def evidence(document):
    """What makes two customers certainly one."""
    email = email_normalize(document.email)
    found = {
        ("vat", plain_vat(document.vat)),
        ("email", email, plain_name(document.name)),
    }
    return {entry for entry in found if entry[1]}


def plain_name(name):
    return (name or "").strip().lower()


def plain_vat(vat):
    """A tax id without what people write into it."""
    return re.sub(r"[^A-Z0-9]", "", (vat or "").upper())
