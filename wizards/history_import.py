# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bringing in what happened before the connection was there: looked at first, then
through the inbox like everything else. It is kept, so that it can be interrupted."""

from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..models.control import rights
from ..models.finance import period

STATES = [
    ("draft", "New"),
    ("checking", "Dry Run"),
    ("checked", "Dry Run Done"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("done", "Done"),
    ("canceled", "Canceled"),
]
# What is proposed: the last month.
_DAYS = 31


class HistoryImport(models.Model):
    _name = "q2c.history.import"
    _inherit = ["q2c.paged.work", "mail.thread", "mail.activity.mixin"]
    _description = "History Import"
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    date_from = fields.Date(
        default=lambda self: fields.Date.today() - timedelta(days=_DAYS),
        help="First day, by the provider's clock (UTC). What was before belongs to "
        "your opening balance.",
    )
    date_to = fields.Date(
        default=lambda self: fields.Date.today() - timedelta(days=1),
        help="Last day, by the provider's clock (UTC).",
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        help="The dry run writes nothing into the books nor the inbox. It comes first.",
    )
    kind_ids = fields.One2many(
        "q2c.history.import.kind",
        "import_id",
        compute="_compute_kind_ids",
        store=True,
        readonly=False,
    )
    month_ids = fields.One2many("q2c.history.import.month", "import_id", readonly=True)
    total_ids = fields.One2many("q2c.history.import.total", "import_id", readonly=True)
    hold_ids = fields.One2many("q2c.history.import.hold", "import_id", readonly=True)
    entry_count = fields.Integer(
        string="Foreseen Entries",
        readonly=True,
        copy=False,
        help="Journal entries that the import would make.",
    )
    hold_count = fields.Integer(compute="_compute_hold_count", string="Would Be Held")
    notes = fields.Text(string="Not Read")
    new_count = fields.Integer(compute="_compute_counts", string="New Objects")
    event_count = fields.Integer(compute="_compute_event_counts", string="Brought In")
    open_event_count = fields.Integer(compute="_compute_event_counts")
    failed_event_count = fields.Integer(compute="_compute_event_counts")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("connection_id")
    def _compute_kind_ids(self):
        for record in self:
            kinds = record._listed_kinds()
            record.kind_ids = [
                Command.clear(),
                *(
                    Command.create({"kind": kind, "sequence": number})
                    for number, kind in enumerate(kinds)
                ),
            ]

    @api.depends("kind_ids.new_count", "kind_ids.included")
    def _compute_counts(self):
        for record in self:
            included = record.kind_ids.filtered("included")
            record.new_count = sum(included.mapped("new_count"))

    @api.depends("hold_ids.count")
    def _compute_hold_count(self):
        for record in self:
            record.hold_count = sum(record.hold_ids.mapped("count"))

    def _compute_event_counts(self):
        counts = {}
        for imported, state, count in self.env["q2c.event"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "state"], ["__count"]
        ):
            counts.setdefault(imported, {})[state] = count
        for record in self:
            by_state = counts.get(record, {})
            record.event_count = sum(by_state.values())
            record.failed_event_count = by_state.get("failed", 0)
            record.open_event_count = sum(
                by_state.get(state, 0) for state in ("queued", "waiting")
            )

    # ------------------------------------------------------------------
    # CONSTRAINTS AND CRUD
    # ------------------------------------------------------------------

    @api.constrains("date_to")
    def _check_past(self):
        for record in self:
            if record.date_to >= fields.Date.today():
                raise ValidationError(
                    self.env._(
                        "The period of %s must end before today: what happens now "
                        "comes in by itself.",
                        record.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: numbers are the system's
        sequence = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            vals["name"] = sequence.next_by_code("q2c.history.import")
        return super().create(vals_list)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_check(self):
        """The dry run: what would come in, without a trace of it."""
        self._check_may("draft")
        self._check_ready()
        # sudo: what was started is the program's to write
        elevated = self.sudo()
        elevated._clear_findings()
        elevated.write({"state": "checking", "place": False, "progress": 0})
        self.connection_id._wake_control()
        return True

    def action_start(self):
        """For real: through the inbox into Odoo."""
        self._check_may("checked", "paused")
        self._check_ready()
        elevated = self.sudo()  # see action_check
        if self.state == "checked":
            elevated.write({"place": False, "progress": 0, "notes": False})
        elevated.write({"state": "running", "message": False})
        elevated._move_beginning_back()
        self.connection_id._wake_control()
        return True

    def action_pause(self):
        """Bring in nothing more. What is in the inbox is applied all the same."""
        self._check_may("running")
        self.sudo().state = "paused"  # sudo: see action_check
        return True

    def action_cancel(self):
        """Stop for good."""
        self._check_may("checking", "checked", "running", "paused")
        elevated = self.sudo()  # see action_check
        elevated.env["q2c.history.import.object"]._forget(elevated)
        elevated.write({"state": "canceled", "message": False})
        return True

    def action_edit(self):
        """Choose another period, or other kinds; the dry run comes first again."""
        self._check_may("checking", "checked", "canceled")
        if self.event_count:
            raise UserError(
                self.env._(
                    "%s has brought something in already. Create another import for "
                    "what is left; what is known is skipped.",
                    self.name,
                )
            )
        elevated = self.sudo()  # see action_check
        elevated._clear_findings()
        elevated.write({"state": "draft", "message": False, "progress": 0})
        return True

    def action_view_totals(self):
        """The entries that the import would make, added up."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "quote_to_cash.q2c_history_import_total_action"
            ),
            "domain": [("import_id", "=", self.id)],
        }

    def action_view_events(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "quote_to_cash.q2c_event_action"
            ),
            "domain": [("import_id", "=", self.id)],
            "context": {
                name: value
                for name, value in self.env.context.items()
                if name.startswith("search_default_")
            },
        }

    # ------------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------------

    def _check_may(self, *states):
        self.ensure_one()
        self.check_access("read")
        rights.check(self.env)
        if self.state not in states:
            label = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "This cannot be done now: %(name)s is in the state %(state)s.",
                    name=self.name,
                    state=label[self.state],
                )
            )

    def _check_ready(self):
        """:raises UserError: nothing is chosen, the connection does not run, or the
        books of the period are closed"""
        if not self.kind_ids.filtered("included"):
            raise UserError(self.env._("Choose at least one kind of object."))
        connection = self.connection_id
        if connection.state != "active":
            raise UserError(
                self.env._("Activate the connection %s first.", connection.name)
            )
        self._check_period_open()
        self._check_not_opened()

    def _check_period_open(self):
        """Whatever the policy for single documents is: history does not go on the first
        open day, where nobody would look for it."""
        company = self.connection_id._as_service().company_id
        violations = period.violations(company, self.date_from, sale=True, tax=True)
        if violations:
            locked = max(date for date, _field in violations)
            raise UserError(
                self.env._(
                    "The books of %(company)s are closed until %(locked)s "
                    "(%(dates)s), so nothing can be imported before. Begin with "
                    "%(first)s: what was before is in the opening balance, and what "
                    "was still open then is entered there.",
                    company=company.name,
                    locked=locked,
                    dates=company._format_lock_dates(violations),
                    first=locked + timedelta(days=1),
                )
            )

    def _check_not_opened(self):
        """What was held at the provider when the connection began is what its history
        comes to: one of them in the books is enough."""
        # sudo: whoever imports must learn of the entry, who may not read the books too
        opened = self.sudo().connection_id.opening_ids.filtered(
            lambda opening: opening.move_id and opening.date > self._begin_of_period()
        )
        if opened and self._moves_balance():
            raise UserError(
                self.env._(
                    "What the provider held on %(date)s is in the books already "
                    "(%(entries)s), and the history before would count it twice. "
                    "Begin with %(date)s; or reverse the entry and clear it under "
                    "Opening Balances on the connection's Accounting page.",
                    date=min(opened.mapped("date")).date(),
                    entries=", ".join(opened.move_id.mapped("display_name")),
                )
            )

    def _moves_balance(self):
        """Whether the movements of the provider's balance are imported."""
        included = self.kind_ids.filtered("included")
        return "balance_transaction" in included.mapped("kind")

    def _begin_of_period(self):
        return datetime.combine(self.date_from, time.min)

    def _move_beginning_back(self):
        """Since then all that moved the balance is known, so the clearing proof need
        not take it for an opening balance."""
        connection, begin = self.connection_id, self._begin_of_period()
        if self._moves_balance() and begin < connection.sync_from:
            connection.sync_from = begin

    def _clear_findings(self):
        self.month_ids.unlink()
        self.total_ids.unlink()
        self.hold_ids.unlink()
        self.env["q2c.history.import.object"]._forget(self)
        self.kind_ids.write({"provider_count": 0, "known_count": 0, "new_count": 0})
        self.write({"notes": False, "entry_count": 0})
