# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One list of everything that a person has to look at."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.event import KIND_LABELS

SEVERITIES = [("critical", "Critical"), ("warning", "Warning"), ("info", "Info")]
CATEGORIES = [
    ("hold", "Hold"),
    ("duplicate", "Duplicate"),
    ("conflict", "Conflict"),
    ("difference", "Difference"),
    ("payment", "Payment"),
    ("refund", "Refund"),
    ("dispute", "Dispute"),
    ("payout", "Payout"),
]
# What only finance may decide.
MONEY = frozenset({"difference", "payment", "refund", "dispute", "payout"})


class ExceptionCase(models.Model):
    """What is wrong is written by the program alone, and closed by it as soon as it is
    settled. A person takes it over, or decides that it may stay as it is."""

    _name = "q2c.exception"
    _inherit = ["q2c.pointing", "q2c.reasoned", "mail.thread", "mail.activity.mixin"]
    _description = "Exception"
    _order = "rank, opened_at desc, id desc"
    _reason_field = "code"
    # Whoever sees it may talk about it.
    _mail_post_access = "read"

    connection_id = fields.Many2one(
        "q2c.connection", required=True, readonly=True, ondelete="cascade", index=True
    )
    provider = fields.Selection(related="connection_id.provider")
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True
    )
    key = fields.Char(
        required=True,
        readonly=True,
        help="What it is about. However often that is reported, it is one exception.",
    )
    category = fields.Selection(
        CATEGORIES, required=True, readonly=True, default="hold", index=True
    )
    severity = fields.Selection(
        SEVERITIES,
        required=True,
        readonly=True,
        default="warning",
        group_expand="_group_expand_severity",
        help="Critical: the books or the whole connection are concerned. Warning: "
        "something stands still until somebody acts. Info: good to know.",
    )
    rank = fields.Integer(
        compute="_compute_rank", store=True, precompute=True, aggregator=None
    )
    code = fields.Char(required=True, readonly=True, index=True)
    message = fields.Text(
        string="What Is Wrong", required=True, readonly=True, tracking=True
    )
    remedy = fields.Text(string="What to Do", readonly=True)
    kind = fields.Selection(KIND_LABELS, string="Object Kind", readonly=True)
    external_id = fields.Char(string="External ID", readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    event_id = fields.Many2one(
        "q2c.event", readonly=True, ondelete="set null", index="btree_not_null"
    )
    command_id = fields.Many2one(
        "q2c.command", readonly=True, ondelete="set null", index="btree_not_null"
    )
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved"), ("dismissed", "Dismissed")],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
        help="Open: somebody has to act. Resolved: it is settled. Dismissed: somebody "
        "decided that it may stay as it is.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        index="btree_not_null",
        help="Who takes care of it.",
    )
    first_seen = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    last_seen = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    opened_at = fields.Datetime(
        string="Open Since",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        index=True,
        help="Since when it has been open without a break.",
    )
    age = fields.Integer(
        string="Age (days)",
        compute="_compute_age",
        aggregator=None,
        help="Days that it has been open, or was open before it was closed.",
    )
    count = fields.Integer(
        string="Times", readonly=True, default=1, help="How often it was reported."
    )
    resolved_by_id = fields.Many2one("res.users", string="Closed By", readonly=True)
    resolved_at = fields.Datetime(string="Closed On", readonly=True)
    resolution = fields.Char(
        string="How", readonly=True, tracking=True, help="How it was closed, or why."
    )
    trace = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="One id for everything that belongs to the same deal.",
    )

    _key_uniq = models.Constraint(
        "UNIQUE (connection_id, key)", "One matter is one exception."
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("reason_label", "external_id", "record_name", "partner_id")
    def _compute_display_name(self):
        for case in self:
            about = case.external_id or case.record_name or case.partner_id.display_name
            case.display_name = ": ".join(filter(None, (case.reason_label, about)))

    @api.depends("severity")
    def _compute_rank(self):
        ranks = {code: rank for rank, (code, _label) in enumerate(SEVERITIES)}
        for case in self:
            case.rank = ranks.get(case.severity, len(ranks))

    @api.depends("opened_at", "resolved_at")
    def _compute_age(self):
        now = fields.Datetime.now()
        for case in self:
            end = case.resolved_at or now
            case.age = (end - case.opened_at).days if case.opened_at else 0

    @api.model
    def _group_expand_severity(self, _severities, _domain):
        return [code for code, _label in SEVERITIES]

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        """People choose the owner and no more; the rest is written by actions, which
        check who may."""
        own = {name for name, field in self._fields.items() if field.readonly}
        if not self.env.su and own.intersection(vals):
            raise AccessError(
                self.env._(
                    "What an exception says cannot be changed. Resolve it, or dismiss "
                    "it with a reason."
                )
            )
        return super().write(vals)

    # ------------------------------------------------------------------
    # CLOSING
    # ------------------------------------------------------------------

    def _close(self, state, how):
        """Close as ``resolved`` or ``dismissed``, by the user of this environment."""
        # sudo: who may close it was checked before; the rest is the program's
        self.sudo().write(
            {
                "state": state,
                "resolution": how,
                "resolved_by_id": self.env.uid,
                "resolved_at": fields.Datetime.now(),
            }
        )
        # sudo: what is closed is nobody's task any more, whoever planned it
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _opening(self):
        """Values of what is open from now on."""
        return {
            "state": "open",
            "opened_at": fields.Datetime.now(),
            "resolved_by_id": False,
            "resolved_at": False,
            "resolution": False,
        }

    def _check_may_decide(self):
        """What concerns money is for finance, the rest for operators.

        :raises UserError: the user's role is another one
        """
        money = self.filtered(lambda case: case.category in MONEY)
        money._check_roles("finance")
        (self - money)._check_roles("operator")

    def _check_roles(self, *roles):
        """:raises UserError: the user has none of ``roles``"""
        if not self or self.env.su:
            return
        self.check_access("read")
        groups = [f"quote_to_cash.group_{role}" for role in roles]
        if any(self.env.user.has_group(group) for group in groups):
            return
        # sudo: what a role is called is no secret
        names = [self.env.ref(group).sudo().name for group in groups]
        raise UserError(
            self.env._(
                "%(case)s is to be decided by the Quote to Cash role %(roles)s. Ask "
                "somebody who has it, or an administrator for the role.",
                case=self[0].display_name,
                roles=self.env._(" or ").join(names),
            )
        )
