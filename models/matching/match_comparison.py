# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Side by side: what the provider says, and what the contacts are."""

from odoo import api, fields, models
from odoo.fields import Domain

from ...canonical.likeness import host_of, plain, plain_name, plain_phone, tax_id

SAME, DIFFERS, UNSAID = "same", "differs", "unsaid"
# Field → what of its values has to be equal.
_PLAIN = {
    "name": plain_name,
    "vat": lambda text: tax_id(text).number,
    "phone": plain_phone,
    "website": host_of,
}


class Match(models.Model):
    _inherit = "q2c.match"

    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    @api.depends("content", "partner_id", "other_partner_id", "connection_id")
    @api.depends_context("lang", "uid")
    def _compute_comparison(self):
        labels = self._compared_fields()
        for match in self:
            columns = match._columns()
            match.comparison = self.env["ir.qweb"]._render(
                "quote_to_cash.match_comparison",
                {
                    "heads": [head for head, _values in columns],
                    "rows": _rows(labels, [values for _head, values in columns]),
                    "evidence": [
                        (label, line["points"], line["value"])
                        for label, line in match._labelled()
                    ],
                    "score": match.score,
                    "reservation": match.reservation,
                },
            )

    def _labelled(self):
        return zip(
            [text.rsplit(" +", 1)[0] for text in self._labels(self.evidence or [])],
            self.evidence or [],
            strict=True,
        )

    @api.model
    def _compared_fields(self):
        """{name: label} of what is compared, in the order of the rows."""
        return {
            "name": self.env._("Name"),
            "kind": self.env._("Company or person"),
            "vat": self.env._("Tax ID"),
            "email": self.env._("E-mail"),
            "phone": self.env._("Telephone"),
            "website": self.env._("Website"),
            "street": self.env._("Street"),
            "zip": self.env._("Postal code"),
            "city": self.env._("City"),
            "country": self.env._("Country"),
            "ref": self.env._("Reference"),
            "links": self.env._("Linked to"),
            "entries": self.env._("Posted entries"),
        }

    def _columns(self):
        """[(head, {field: text})]: the customer, the candidate, and what the customer
        became meanwhile."""
        self.ensure_one()
        columns = []
        if self.content:
            label = self.connection_id.name or ""
            columns.append((f"{label} {self.external_id}", self._said()))
        columns.append((self.env._("Candidate"), self._shown(self.partner_id)))
        if self.other_partner_id and self.other_partner_id != self.partner_id:
            head = self.env._("New contact") if self.content else self.env._("Contact")
            columns.append((head, self._shown(self.other_partner_id)))
        return columns

    def _said(self):
        said = dict(self.content)
        said["street"] = _lines(said.get("street"), said.pop("street2", ""))
        said["kind"] = self._kind_of(said.pop("is_company", True))
        country = said.get("country") or ""
        found = self.env["res.country"].search([("code", "=", country.upper())])
        return {**said, "country": found.name or country}

    def _shown(self, partner):
        # sudo: the links are the engine's, whom the user may see they are shown as text
        bindings = self.env["q2c.binding"].sudo()
        bindings = bindings.search(
            [("res_model", "=", "res.partner"), ("res_id", "=", partner.id)]
        )
        links = (f"{b.connection_id.name} {b.external_id}" for b in bindings)
        return {
            "name": f"{partner.name} (#{partner.id})",
            "kind": self._kind_of(partner.is_company),
            "vat": partner.vat,
            "email": partner.email,
            "phone": partner.phone,
            "website": partner.website,
            "street": _lines(partner.street, partner.street2),
            "zip": partner.zip,
            "city": partner.city,
            "country": partner.country_id.name,
            "ref": partner.ref,
            "links": ", ".join(links),
            "entries": str(self._entry_count(partner)),
        }

    def _kind_of(self, is_company):
        return self.env._("Company") if is_company else self.env._("Person")

    def _entry_count(self, partner):
        # sudo: a number only; those of other companies count as well
        return (
            self.env["account.move"]
            .sudo()
            .search_count(
                Domain("commercial_partner_id", "=", partner.id)
                & Domain("state", "=", "posted")
            )
        )


def _rows(labels, columns):
    """[(label, [(text, mark)])]: each value is compared with that of the first column.
    Rows in which nobody says anything are left out."""
    rows = []
    for name, label in labels.items():
        texts = [values.get(name) or "" for values in columns]
        if any(texts):
            marks = [UNSAID, *(_mark(name, texts[0], text) for text in texts[1:])]
            rows.append((label, list(zip(texts, marks, strict=True))))
    return rows


def _mark(name, one, other):
    if name in ("links", "entries") or not one or not other:
        return UNSAID
    reduce = _PLAIN.get(name, plain)
    one, other = one.rsplit(" (#", 1)[0], other.rsplit(" (#", 1)[0]
    return SAME if reduce(one) == reduce(other) else DIFFERS


def _lines(*texts):
    return ", ".join(filter(None, texts))
