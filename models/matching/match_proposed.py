# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the program writes down about who may be who."""

from odoo import api, fields, models

from .match import OPEN, label_of


class Match(models.Model):
    _inherit = "q2c.match"

    # ------------------------------------------------------------------
    # OBJECTS OF A PROVIDER
    # ------------------------------------------------------------------

    @api.model
    def _propose(self, batch, doubtful, records=None):
        """A person is to compare these: on the screen, and on the work list.

        :param doubtful: {item: [evidence.Proposal]}
        :param records: {item: what it became meanwhile}; those that are not there wait
        """
        records = records or {}
        # sudo: matches are the program's, whoever's rights the flow runs with
        model = self.sudo()
        known = model._of_items(batch.connection, doubtful)
        new = []
        for item, proposals in doubtful.items():
            for proposal in proposals:
                values = model._values(batch, item, proposal, records.get(item))
                match = known.get((item.ref.id, proposal.partner.id))
                if match:
                    match._found_again(values)
                else:
                    new.append(values)
        model.create(new)._log("review")
        model._report(batch, doubtful, records)

    @api.model
    def _record_links(self, batch, linked):
        """Write down what was linked for certain, so that it can be undone.

        :param linked: {item: evidence.Proposal}
        """
        if not linked:
            return
        # sudo: see _propose
        model = self.sudo()
        known = model._of_items(batch.connection, linked)
        now = fields.Datetime.now()
        new = []
        for item, proposal in linked.items():
            values = {
                **model._values(batch, item, proposal, None),
                "state": "accepted",
                "automatic": True,
                "decided_by_id": batch.env.uid,
                "decided_at": now,
            }
            match = known.get((item.ref.id, proposal.partner.id))
            if match:
                match.write(values)
                match._log("accepted")
            else:
                new.append(values)
        model.create(new)._log("accepted")

    @api.model
    def _of_items(self, connection, items):
        """{(id, partner id): match} of ``items``."""
        found = self.search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", "customer"),
                ("external_id", "in", [item.ref.id for item in items]),
            ]
        )
        return {(match.external_id, match.partner_id.id): match for match in found}

    @api.model
    def _values(self, batch, item, proposal, record):
        document = item.document
        return {
            "connection_id": batch.connection.id,
            "company_id": batch.connection.company_id.id,
            "kind": item.ref.kind,
            "external_id": item.ref.id,
            "name": document.name or document.email or document.id,
            "content": _content(document),
            "partner_id": proposal.partner.id,
            "other_partner_id": record.id if record else False,
            "score": proposal.score,
            "evidence": proposal.lines(),
            "barred": proposal.barred or False,
            "event_id": item.event.id,
        }

    def _found_again(self, values):
        """The same is proposed once more: what is open says what is known now, what was
        undone is to be decided anew."""
        self.ensure_one()
        again = self.state not in OPEN
        self.write({**values, "state": "review"} if again else values)
        if again:
            self._log("review")

    # ------------------------------------------------------------------
    # TWO CONTACTS
    # ------------------------------------------------------------------

    @api.model
    def _compare(self, partner, proposals):
        """The matches of ``partner`` with those that it may be."""
        # sudo: see _propose
        model = self.sudo()
        others = [proposal.partner.id for proposal in proposals]
        known = model.search(self._of_pair(partner))
        pairs = {frozenset((m.partner_id.id, m.other_partner_id.id)) for m in known}
        new = [
            {
                "company_id": partner.company_id.id,
                "name": partner.name,
                "partner_id": proposal.partner.id,
                "other_partner_id": partner.id,
                "score": proposal.score,
                "evidence": proposal.lines(),
            }
            for proposal in proposals
            if frozenset((proposal.partner.id, partner.id)) not in pairs
        ]
        created = model.create(new)
        created._log("review")
        about = (known | created).filtered(
            lambda m: {m.partner_id.id, m.other_partner_id.id} & set(others)
        )
        return about.with_env(self.env)

    # ------------------------------------------------------------------
    # WORK LIST
    # ------------------------------------------------------------------

    @api.model
    def _report(self, batch, doubtful, records):
        self.env["q2c.exception"]._report_many(
            batch.connection,
            [
                {
                    "code": "possible_duplicate" if item in records else "match_review",
                    "category": "duplicate",
                    "key": _matter(item.ref),
                    "ref": item.ref,
                    "record": records.get(item) or proposals[0].partner,
                    "trace": item.document.trace,
                    "message": self._message(item, proposals, item in records),
                    "remedy": self._remedy(),
                }
                for item, proposals in doubtful.items()
            ],
        )

    @api.model
    def _message(self, item, proposals, created):
        text = (
            self.env._(
                "The customer %(name)s (%(id)s) became a new contact, but may be one "
                "that was there: %(candidates)s."
            )
            if created
            else self.env._(
                "The customer %(name)s (%(id)s) waits, because it may be a contact "
                "that is there already: %(candidates)s."
            )
        )
        return text % {
            "name": item.document.name or item.ref.id,
            "id": item.ref.id,
            "candidates": "; ".join(map(self._candidate, proposals)),
        }

    @api.model
    def _candidate(self, proposal):
        evidence = ", ".join(
            f"{label_of(self.env, line['kind'])} {line['value']}"
            for line in proposal.lines()
        )
        partner = proposal.partner
        return f"{partner.display_name} (#{partner.id}, {evidence})"

    @api.model
    def _remedy(self):
        return self.env._(
            "Compare them, then accept, reject or merge: Possible Duplicates."
        )

    def _settle_work_list(self):
        """Take the objects off the list about which nothing is left to decide."""
        for connection, matches in self.grouped("connection_id").items():
            if not connection:
                continue
            ids = set(matches.mapped("external_id"))
            # sudo: see _propose
            left = self.sudo().search(
                [
                    ("connection_id", "=", connection.id),
                    ("external_id", "in", list(ids)),
                    ("is_open", "=", True),
                ]
            )
            ids -= set(left.mapped("external_id"))
            keys = {_matter(m._ref()) for m in matches if m.external_id in ids}
            self.env["q2c.exception"]._resolve_keys(
                connection, keys, self.env._("Decided by %s", self.env.user.name)
            )

    def _reopen_work_list(self):
        """Put the objects back on the list."""
        for connection, matches in self.grouped("connection_id").items():
            keys = {_matter(match._ref()) for match in matches}
            # sudo: see _propose
            cases = self.env["q2c.exception"].sudo()
            cases = cases.search(
                [
                    ("connection_id", "=", connection.id),
                    ("key", "in", list(keys)),
                    ("state", "!=", "open"),
                ]
            )
            cases.write(cases._opening())


def _matter(ref):
    """Key of the exception: one for an object, however many candidates it has."""
    return f"duplicate:{ref}"


def _content(document):
    """What a person compares, JSON-able; see match_comparison."""
    address = document.billing
    return {
        "name": document.name,
        "is_company": document.is_company,
        "vat": document.vat,
        "email": document.email,
        "phone": document.phone,
        "website": document.website,
        "street": address.street,
        "street2": address.street2,
        "zip": address.postal_code,
        "city": address.city,
        "country": address.country,
        "ref": document.number,
    }
