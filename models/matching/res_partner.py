# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contacts keep the keys that they are found by, and say whom they may be."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..sync.gathering import gather, gathering
from . import facts
from .evidence import DEFAULT_POLICY
from .match_key import FIELDS
from .matching import Subject, propose

GATHERING = "q2c.partners_keyed"
LIKENESS = (
    "name",
    "is_company",
    "parent_id",
    "vat",
    "email",
    "phone",
    "website",
    "street",
    "zip",
    "city",
    "country_id",
    "company_id",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    q2c_likely_partner_id = fields.Many2one(
        "res.partner",
        string="Probably the Same",
        compute="_compute_q2c_likely_partner_id",
        groups="quote_to_cash.group_user",
        help="The contact that has most in common with this one.",
    )
    q2c_likely_evidence = fields.Char(
        compute="_compute_q2c_likely_partner_id", groups="quote_to_cash.group_user"
    )
    q2c_match_count = fields.Integer(
        string="Possible Duplicates",
        compute="_compute_q2c_match_count",
        groups="quote_to_cash.group_user",
    )

    # ------------------------------------------------------------------
    # KEYS
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        with gathering(self, GATHERING) as written:
            partners = super().create(vals_list)
        if not gather(partners, GATHERING):
            ids = sorted(written.union(partners.ids))
            # sudo: the keys are the engine's own
            self.env["q2c.match.key"].sudo()._refresh(self.browse(ids))
        return partners

    def write(self, vals):
        result = super().write(vals)
        if FIELDS.intersection(vals) and not gather(self, GATHERING):
            # sudo: the keys are the engine's own
            self.env["q2c.match.key"].sudo()._refresh(self)
        return result

    # ------------------------------------------------------------------
    # WHO IT MAY BE
    # ------------------------------------------------------------------

    @api.depends(*LIKENESS)
    @api.depends_context("company", "lang", "uid")
    def _compute_q2c_likely_partner_id(self):
        found = self._q2c_proposals()
        for partner in self:
            proposals = found.get(partner.id) or [None]
            partner.q2c_likely_partner_id = proposals[0] and proposals[0].partner
            partner.q2c_likely_evidence = proposals[0] and ", ".join(
                self.env["q2c.match"]._labels(proposals[0].lines())
            )

    def _q2c_proposals(self):
        """{id: [evidence.Proposal]} of those of these that stand for themselves."""
        company = self.company_id[:1] or self.env.company
        apart = self._q2c_apart()
        subjects = {
            partner.id: Subject(
                facts=facts.of_partner(partner), apart=frozenset(apart[partner.id])
            )
            for partner in self
            if partner.is_company or not partner.parent_id
        }
        if not subjects:
            return {}
        return propose(self.env, company, self._q2c_match_policy(company), subjects)

    def _q2c_match_policy(self, company):
        """That of the company's first connection."""
        # sudo: what counts is no secret, and the engine goes by the same
        connection = self.env["q2c.connection"].sudo()
        connection = connection.search([("company_id", "=", company.id)], limit=1)
        return connection._match_policy() if connection else DEFAULT_POLICY

    def _q2c_apart(self):
        """{id: ids of those that it is certainly not}: itself, its group of companies,
        and whom a person told apart."""
        # sudo: see _q2c_match_policy
        rejected = self.env["q2c.match"].sudo()
        rejected = rejected.search(
            rejected._of_pair(self._origin) & Domain("state", "=", "rejected")
        )
        apart = {}
        for partner in self:
            own = partner._origin
            family = own | partner.parent_id._origin | partner.child_ids._origin
            told = rejected.filtered(
                lambda m, own=own: own in (m.partner_id, m.other_partner_id)
            )
            others = told.partner_id | told.other_partner_id
            apart[partner.id] = {*family.ids, *others.ids}
        return apart

    # ------------------------------------------------------------------
    # MATCHES
    # ------------------------------------------------------------------

    def _compute_q2c_match_count(self):
        matches = self.env["q2c.match"].search(
            self.env["q2c.match"]._of_pair(self) & Domain("is_open", "=", True)
        )
        for partner in self:
            own = partner._origin
            partner.q2c_match_count = len(
                matches.filtered(
                    lambda m, own=own: own in (m.partner_id, m.other_partner_id)
                )
            )

    def action_q2c_view_matches(self):
        return self.env["q2c.match"]._view(self.env["q2c.match"]._of_pair(self))

    def action_q2c_compare(self):
        """Open the comparison with those that it may be, and begin it where there is
        none."""
        self.ensure_one()
        matches = self.env["q2c.match"]
        matches.check_access("read")
        found = matches._compare(self, self._q2c_proposals().get(self.id, []))
        return matches._view(Domain("id", "in", found.ids))
