# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A revision of a company's rules: drafted by one person, approved by another."""

from odoo import api, fields, models
from odoo.exceptions import UserError

# What may still be changed.
DRAFT = "draft"
# What is on its way to being in force.
OPEN = (DRAFT, "review", "approved")
# The lists of rules that a revision has all of.
WHOLE = ("rule_ids", "routing_ids")


class Policy(models.Model):
    """The rules as a whole: who owns what, where documents are booked, and what is to
    be mapped otherwise.

    A revision has all rules of ownership and routing; of mappings, which grow by
    themselves, it has those that it changes. What a revision said in all is kept when
    it comes into force.
    """

    _name = "q2c.policy"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Policy Revision"
    _order = "company_id, number desc"
    _rec_name = "number"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    number = fields.Integer(
        string="Revision", readonly=True, copy=False, aggregator=None
    )
    reason = fields.Char(
        string="What For", help="Why the rules change, for whoever approves them."
    )
    state = fields.Selection(
        [
            (DRAFT, "Draft"),
            ("review", "To review"),
            ("approved", "Approved"),
            ("in_force", "In force"),
            ("superseded", "Superseded"),
        ],
        required=True,
        readonly=True,
        default=DRAFT,
        copy=False,
        index=True,
        tracking=True,
        help="Draft: its author changes it. To review: another person decides. "
        "Approved: it begins on its day. In force: it holds. Superseded: a later one "
        "holds.",
    )
    date_from = fields.Date(
        string="In Force From",
        required=True,
        default=fields.Date.context_today,
        copy=False,
        tracking=True,
        help="The day on which it begins, or that of its approval if that is later.",
    )
    author_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
        tracking=True,
    )
    reviewer_id = fields.Many2one(
        "res.users", readonly=True, copy=False, tracking=True, string="Approved By"
    )
    approved_at = fields.Datetime(string="Approved On", readonly=True, copy=False)
    began_at = fields.Datetime(string="Began On", readonly=True, copy=False)
    ended_at = fields.Datetime(string="Ended On", readonly=True, copy=False)
    base_id = fields.Many2one(
        "q2c.policy",
        string="Changes Revision",
        readonly=True,
        copy=False,
        help="The revision that was in force when this one was begun.",
    )
    rule_ids = fields.One2many("q2c.ownership.rule", "policy_id", string="Ownership")
    routing_ids = fields.One2many("q2c.routing.rule", "policy_id")
    mapping_ids = fields.One2many(
        "q2c.policy.mapping", "policy_id", string="Mapping Changes", copy=False
    )
    change_ids = fields.One2many(
        "q2c.policy.change", "policy_id", string="Changes", readonly=True, copy=False
    )
    change_count = fields.Integer(compute="_compute_change_count")
    content = fields.Json(
        readonly=True, copy=False, help="All that it said when it came into force."
    )
    unmatched = fields.Text(
        string="Not Matched",
        readonly=True,
        copy=False,
        help="What a file that it was imported from says and could not be found here.",
    )
    needs_approval = fields.Boolean(compute="_compute_needs_approval")
    is_author = fields.Boolean(compute="_compute_is_author")
    is_outdated = fields.Boolean(compute="_compute_is_outdated")

    _number_uniq = models.Constraint(
        "UNIQUE (company_id, number)", "A revision has a number of its own."
    )
    _in_force_uniq = models.UniqueIndex(
        "(company_id) WHERE state = 'in_force'",
        "One revision is in force in a company.",
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("number")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._("Revision %s", policy.number or "")

    @api.depends("change_ids")
    def _compute_change_count(self):
        for policy in self:
            policy.change_count = len(policy.change_ids)

    @api.depends("company_id")
    def _compute_needs_approval(self):
        # sudo: whether, not which connection
        asking = (
            self.env["q2c.connection"]
            .sudo()
            .search(
                [
                    "|",
                    ("company_id", "in", self.company_id.ids),
                    ("entity_ids.company_id", "in", self.company_id.ids),
                    ("needs_approval", "=", True),
                ]
            )
        )
        companies = asking.company_id | asking.entity_ids.company_id
        for policy in self:
            policy.needs_approval = policy.company_id in companies

    @api.depends("author_id")
    @api.depends_context("uid")
    def _compute_is_author(self):
        for policy in self:
            policy.is_author = policy.author_id == self.env.user

    @api.depends("base_id", "state")
    def _compute_is_outdated(self):
        """Whether another revision came into force since this one was begun."""
        for policy in self:
            current = self._in_force(policy.company_id)
            policy.is_outdated = policy.state in OPEN and policy.base_id != current

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """A draft begins as what is in force."""
        values = super().default_get(fields)
        current = self._in_force(self.env.company)
        for name in WHOLE:
            if name in fields and name not in values:
                values[name] = current._rule_commands(name)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        policies = self.browse()
        for vals in vals_list:
            # One after the other: each takes the next number.
            policies += super().create([self._completed(vals)])
        policies._compare()
        return policies

    @api.model
    def _completed(self, vals):
        """``vals`` of a draft with what the program says of it."""
        company_id = vals.get("company_id") or self.env.company.id
        current = self._in_force(self.env["res.company"].browse(company_id))
        if not self.env.su:
            own = self._own_fields()
            vals = {name: value for name, value in vals.items() if name not in own}
            # Whoever drafts it is its author, whatever is said.
            vals["author_id"] = self.env.uid
        return {
            **{name: current._rule_commands(name) for name in WHOLE},
            **vals,
            "company_id": company_id,
            "base_id": current.id,
            "number": self._next_number(company_id),
        }

    def write(self, vals):
        if not self.env.su:
            if self._own_fields().intersection(vals):
                raise UserError(
                    self.env._(
                        "What becomes of a revision is written by its buttons only: "
                        "send it for review, or approve it."
                    )
                )
            if {*WHOLE, "mapping_ids", "date_from"}.intersection(vals):
                self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        if any(policy.state != DRAFT for policy in self):
            raise UserError(
                self.env._(
                    "Only drafts can be deleted: the others say what events were "
                    "processed under."
                )
            )
        self._check_draft()

    @api.model
    def _own_fields(self):
        """Names of what only the program writes."""
        return {
            name
            for name, field in self._fields.items()
            if field.readonly and field.store
        }

    @api.model
    def _next_number(self, company_id):
        # sudo: they are counted whoever sees them
        last = self.sudo().search(
            [("company_id", "=", company_id)], order="number desc", limit=1
        )
        return last.number + 1

    def _rule_commands(self, name):
        """Commands that create the rules of one list of this revision in another."""
        # sudo: what holds concerns whoever drafts the next one
        return [fields.Command.create(rule._said()) for rule in self.sudo()[name]]

    def _rules_said(self, name):
        """{key: what the rule says} of one list, in its order."""
        # sudo: see _rule_commands
        return {rule._key(): rule._said() for rule in self.sudo()[name]}

    def _check_draft(self):
        """:raises UserError: it is no draft any more, or another person's"""
        for policy in self:
            if self.env.su:
                continue
            if policy.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s is no draft any more, so it cannot be changed. Reset it "
                        "to draft, or begin another one.",
                        policy.display_name,
                    )
                )
            if policy.author_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(policy)s is the draft of %(author)s. Whoever changes it "
                        "could not approve it: begin a draft of your own.",
                        policy=policy.display_name,
                        author=policy.author_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # LOOKUPS
    # ------------------------------------------------------------------

    @api.model
    def _in_force(self, company):
        """The revision that holds in ``company`` now, or an empty one."""
        # sudo: what holds concerns every flow
        found = self.sudo().search(
            [("company_id", "=", company.id), ("state", "=", "in_force")], limit=1
        )
        return found.with_env(self.env)

    @api.model
    def _own_draft(self, company):
        """The draft of the user for ``company``; begun where there is none."""
        draft = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", DRAFT),
                ("author_id", "=", self.env.uid),
            ],
            limit=1,
        )
        return draft or self.create([{"company_id": company.id}])
