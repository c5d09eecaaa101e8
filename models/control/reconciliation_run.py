# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 3: everything of a period at the provider, beside the inbox and Odoo."""

from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import rights
from .reconciliation_difference import OPEN, is_repairable


class ReconciliationRun(models.Model):
    _name = "q2c.reconciliation.run"
    _inherit = ["q2c.paged.work", "mail.thread", "mail.activity.mixin"]
    _description = "Reconciliation Run"
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    origin = fields.Selection(
        [("nightly", "Nightly"), ("manual", "By hand")],
        required=True,
        readonly=True,
        default="manual",
        copy=False,
    )
    date_from = fields.Date(
        default=lambda self: fields.Date.today() - timedelta(days=3),
        help="First day, by the provider's clock (UTC).",
    )
    date_to = fields.Date(
        default=lambda self: fields.Date.today() - timedelta(days=1),
        index=True,
        help="Last day, by the provider's clock (UTC). What happens while the run goes "
        "on shows up as not applied.",
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("queued", "In Line"),
            ("running", "Running"),
            ("done", "Done"),
            ("canceled", "Canceled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    result = fields.Selection(
        [
            ("differences", "Differences"),
            ("incomplete", "Incomplete"),
            ("repaired", "Repaired"),
            ("clean", "No difference"),
        ],
        compute="_compute_result",
        store=True,
        help="Differences: some are open. Incomplete: a kind of object could not be "
        "read. Repaired: all that differed is settled by now.",
    )
    notes = fields.Text(string="Not Compared")
    endpoint_note = fields.Text(
        string="Webhook Endpoint",
        readonly=True,
        copy=False,
        help="What keeps the provider from sending everything by itself.",
    )
    line_ids = fields.One2many("q2c.reconciliation.line", "run_id", readonly=True)
    difference_ids = fields.One2many(
        "q2c.reconciliation.difference", "run_id", readonly=True
    )
    clearing_proof_ids = fields.Many2many(
        "q2c.clearing.proof",
        "q2c_reconciliation_run_proof_rel",
        string="Clearing Proofs",
        readonly=True,
        copy=False,
        help="The balance of the clearing account beside the provider's balance.",
    )
    object_count = fields.Integer(
        string="Objects", readonly=True, copy=False, help="Compared so far."
    )
    difference_count = fields.Integer(compute="_compute_difference_counts")
    open_difference_count = fields.Integer(compute="_compute_difference_counts")
    repairable_count = fields.Integer(compute="_compute_difference_counts")
    backfilled_count = fields.Integer(compute="_compute_backfilled_count")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("state", "notes", "difference_ids.state")
    def _compute_result(self):
        for run in self:
            states = set(run.difference_ids.mapped("state"))
            if run.state != "done":
                run.result = False
            elif states & set(OPEN):
                run.result = "differences"
            elif run.notes:
                run.result = "incomplete"
            else:
                run.result = "repaired" if "resolved" in states else "clean"

    def _compute_difference_counts(self):
        counts = Counter()
        for run, sort, state, count in self.env[
            "q2c.reconciliation.difference"
        ]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "sort", "state"], ["__count"]
        ):
            counts[run, "all"] += count
            counts[run, "open"] += count if state in OPEN else 0
            counts[run, "repairable"] += count if is_repairable(sort, state) else 0
        for run in self:
            run.difference_count = counts[run, "all"]
            run.open_difference_count = counts[run, "open"]
            run.repairable_count = counts[run, "repairable"]

    def _compute_backfilled_count(self):
        counts = Counter()
        for difference, count in self.env["q2c.event"]._read_group(
            [("difference_id.run_id", "in", self.ids)], ["difference_id"], ["__count"]
        ):
            counts[difference.run_id] += count
        for run in self:
            run.backfilled_count = counts[run]

    # ------------------------------------------------------------------
    # CONSTRAINTS AND CRUD
    # ------------------------------------------------------------------

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for run in self:
            if run.date_to > fields.Date.today():
                raise ValidationError(
                    self.env._(
                        "%s ends in the future: choose a day that has begun.", run.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: numbers are the system's
        sequence = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            vals["name"] = sequence.next_by_code("q2c.reconciliation.run")
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(run.state != "draft" for run in self):
            raise UserError(
                self.env._(
                    "Runs are kept as evidence. Only those that were never started can "
                    "be deleted."
                )
            )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_start(self):
        """Put the run in line; it begins within the minute."""
        self._check_may_control()
        for run in self:
            if run.state != "draft":
                raise UserError(self.env._("%s was started already.", run.name))
            if run.connection_id.state != "active":
                raise UserError(
                    self.env._(
                        "Activate the connection %s first.", run.connection_id.name
                    )
                )
        # sudo: what was started is evidence, and nobody's to edit
        self.sudo().state = "queued"
        self.connection_id._wake_control()
        return True

    def action_cancel(self):
        """Stop. What was compared so far stays to be seen."""
        self._check_may_control()
        open_runs = self.filtered(lambda run: run.state in ("queued", "running"))
        # sudo: see action_start
        open_runs.sudo().write({"state": "canceled", "message": False})
        return True

    def _check_may_control(self):
        self.check_access("read")
        rights.check(self.env)

    def action_view_differences(self):
        self.ensure_one()
        return self._view("quote_to_cash.q2c_reconciliation_difference_action")

    def action_view_lines(self):
        self.ensure_one()
        return self._view("quote_to_cash.q2c_reconciliation_line_action")

    def action_view_exceptions(self):
        """What is on the work list because of this run."""
        self.ensure_one()
        keys = [row._key() for row in self.difference_ids]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Exceptions"),
            "res_model": "q2c.exception",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("connection_id", "=", self.connection_id.id),
                ("key", "in", keys),
            ],
        }

    def action_view_proofs(self):
        self.ensure_one()
        return self.clearing_proof_ids._action()

    def action_view_backfilled(self):
        """What came into the inbox because of this run."""
        self.ensure_one()
        action = self._view("quote_to_cash.q2c_event_action")
        return {**action, "domain": [("difference_id.run_id", "=", self.id)]}

    def _totals_by_currency(self):
        """For the printed statement: a list of dicts of currency and amount."""
        self.ensure_one()
        differing = self.difference_ids.filtered("currency_id")
        return [
            {"currency": currency, "amount": sum(rows.mapped("difference"))}
            for currency, rows in differing.grouped("currency_id").items()
        ]

    def action_check_again(self):
        self.ensure_one()
        return self.difference_ids.action_check_again()

    def action_backfill(self):
        """Repair everything that can be repaired by reading it again."""
        self.ensure_one()
        return self.difference_ids.filtered("is_repairable").action_backfill()

    def _view(self, xmlid):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xmlid),
            "domain": [("run_id", "=", self.id)],
            "context": {
                name: value
                for name, value in self.env.context.items()
                if name.startswith("search_default_")
            },
        }
