# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Is this customer that contact: the evidence, and what was decided."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...canonical import Ref
from ..engine.event import KIND_LABELS
from .evidence import KINDS

STATES = [
    ("review", "To review"),
    ("approval", "Merge to approve"),
    ("accepted", "Accepted"),
    ("merged", "Merged"),
    ("rejected", "Rejected"),
    ("undone", "Undone"),
    ("overtaken", "Overtaken"),
]
OPEN = ("review", "approval")
# What was decided for good, or lies with another match.
SETTLED = ("accepted", "merged", "rejected", "overtaken")


class Match(models.Model):
    """Found by the program, decided by people, or by the program where it is certain.
    A match of two contacts only has no connection."""

    _name = "q2c.match"
    _description = "Possible Duplicate"
    _order = "is_open desc, score desc, id desc"

    connection_id = fields.Many2one(
        "q2c.connection", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    provider = fields.Selection(related="connection_id.provider")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    kind = fields.Selection(KIND_LABELS, readonly=True, default="customer")
    external_id = fields.Char(string="External ID", readonly=True, index=True)
    name = fields.Char(
        string="Customer", readonly=True, help="How the provider calls it."
    )
    content = fields.Json(readonly=True, help="What the provider says of it.")
    partner_id = fields.Many2one(
        "res.partner",
        string="Candidate",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    other_partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="What the customer became meanwhile.",
    )
    score = fields.Integer(readonly=True, aggregator=None)
    evidence = fields.Json(string="Evidence Lines", readonly=True)
    evidence_text = fields.Char(string="Evidence", compute="_compute_evidence_text")
    reservation = fields.Char(
        readonly=True,
        compute="_compute_reservation",
        help="Why it is not linked without a person.",
    )
    barred = fields.Char(readonly=True)
    automatic = fields.Boolean(
        readonly=True, help="Linked by the program, because the evidence was certain."
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="review",
        index=True,
        group_expand="_group_expand_state",
        help="Accepted: the customer is this contact. Rejected: it is not, and this is "
        "never proposed again. Undone: what was accepted no longer holds. Overtaken: "
        "the customer was linked to another contact.",
    )
    is_open = fields.Boolean(compute="_compute_is_open", store=True, precompute=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decision_ids = fields.One2many("q2c.match.decision", "match_id", readonly=True)
    event_id = fields.Many2one(
        "q2c.event", readonly=True, ondelete="set null", index="btree_not_null"
    )
    undo = fields.Json(readonly=True, help="What accepting it changed.")

    _object_uniq = models.Constraint(
        "UNIQUE (connection_id, kind, external_id, partner_id)",
        "A customer and a contact are compared once.",
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("name", "external_id", "other_partner_id", "partner_id")
    def _compute_display_name(self):
        for match in self:
            who = match.name or match.other_partner_id.name or match.external_id or ""
            match.display_name = self.env._(
                "%(customer)s – %(candidate)s",
                customer=who,
                candidate=match.partner_id.name or "",
            )

    @api.depends("state")
    def _compute_is_open(self):
        for match in self:
            match.is_open = match.state in OPEN

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        for match in self:
            match.evidence_text = ", ".join(self._labels(match.evidence or []))

    @api.depends("barred", "state")
    @api.depends_context("lang")
    def _compute_reservation(self):
        for match in self:
            match.reservation = reservation_of(self.env, match.barred)

    @api.model
    def _labels(self, lines):
        """Lines of evidence for people: "Name +40"."""
        return [
            f"{label_of(self.env, line['kind'])} +{line['points']}" for line in lines
        ]

    @api.model
    def _group_expand_state(self, _states, _domain):
        return ["review", "approval", "accepted", "rejected"]

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        """Decisions are actions, which check who may."""
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "What was found and decided is not edited. Accept the match, "
                    "reject it, or undo what was decided."
                )
            )
        return super().write(vals)

    # ------------------------------------------------------------------
    # WHO DECIDES
    # ------------------------------------------------------------------

    def _check_may_decide(self):
        """:raises UserError: neither an operator nor finance"""
        self.check_access("read")
        roles = ("quote_to_cash.group_operator", "quote_to_cash.group_finance")
        if self.env.su or any(self.env.user.has_group(role) for role in roles):
            return
        raise UserError(
            self.env._(
                "Only operators and finance may decide who is who. Ask an "
                "administrator for one of these roles of Quote to Cash."
            )
        )

    @api.model
    def _of_pair(self, partners):
        """Domain of the matches that are about any of ``partners``."""
        return Domain("partner_id", "in", partners.ids) | Domain(
            "other_partner_id", "in", partners.ids
        )

    def _ref(self):
        return Ref(self.kind or "", self.external_id or "")

    def _decide(self, state, note="", **values):
        """Write down what was decided, by whom and when."""
        # sudo: who may decide was checked before; the rest is the program's
        matches = self.sudo()
        now = fields.Datetime.now()
        matches.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": now,
                "automatic": False,
                **values,
            }
        )
        matches._log(state, note)

    def _log(self, state, note=""):
        # sudo: see _decide
        self.env["q2c.match.decision"].sudo().create(
            [
                {
                    "match_id": match.id,
                    "state": state,
                    "user_id": self.env.uid,
                    "note": note or False,
                }
                for match in self
            ]
        )

    # ------------------------------------------------------------------
    # LOOKING CLOSER
    # ------------------------------------------------------------------

    @api.model
    def _view(self, domain):
        """Open the only match, or the list."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quote_to_cash.q2c_match_action"
        )
        matches = self.search(domain, limit=2)
        if len(matches) == 1:
            return {**action, "res_id": matches.id, "views": [(False, "form")]}
        return {**action, "domain": list(domain), "context": {}}

    def action_open_candidate(self):
        return self.partner_id._get_records_action(context={})

    def action_open_other(self):
        return self.other_partner_id._get_records_action(context={})

    def action_open_event(self):
        return self.event_id._get_records_action(context={})

    def action_open_provider(self):
        self.ensure_one()
        return self.connection_id._open_external(self._ref())


def label_of(env, kind):
    """How a kind of evidence is called in the language of ``env``."""
    if kind == "crm_merge":
        return env._("Merged in the CRM")
    return KINDS[kind].label._translate(env.lang or "en_US")


def reservation_of(env, barred):
    """Why a proposal is never linked without a person, in a sentence."""
    texts = {
        "vat": env._("The tax ids differ: one of them may be an old one."),
        "undone": env._("A person had undone this link."),
        "several": env._("Several contacts have as much for them."),
    }
    return texts.get(barred, "")
