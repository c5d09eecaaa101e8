# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Several events tried again together, after a look at what that would do."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount

ROLES = ("quote_to_cash.group_operator", "quote_to_cash.group_finance")
# What would succeed.
APPLIED = ("done",)
MAX_EVENTS = 200


class Replay(models.TransientModel):
    _name = "q2c.replay"
    _description = "Replay of Events"

    event_ids = fields.Many2many("q2c.event", required=True, readonly=True)
    result = fields.Json(readonly=True, help="See q2c.preview.")
    summary = fields.Char(compute="_compute_summary")
    is_stuck = fields.Boolean(
        compute="_compute_summary", help="Some of them would fail again."
    )
    overview = fields.Html(
        string="What Would Happen",
        compute="_compute_overview",
        # Rendered from our own template, which escapes what it is given.
        sanitize=False,
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    def _compute_display_name(self):
        for replay in self:
            replay.display_name = self.env._("Preview")

    @api.depends("result")
    def _compute_summary(self):
        for replay in self:
            events = (replay.result or {}).get("events", [])
            told = [event for event in events if not event["fetched"]]
            applied = [event for event in told if event["state"] in APPLIED]
            failed = [event for event in told if event["state"] == "failed"]
            replay.is_stuck = bool(failed)
            replay.summary = self.env._(
                "%(all)s events: %(applied)s would be applied, %(failed)s would fail, "
                "%(other)s need nothing or wait. Nothing has been done yet.",
                all=len(told),
                applied=len(applied),
                failed=len(failed),
                other=len(told) - len(applied) - len(failed),
            )

    @api.depends("result")
    def _compute_overview(self):
        for replay in self:
            replay.overview = self.env["ir.qweb"]._render(
                "quote_to_cash.replay_overview",
                {"result": replay.result or {}, "money": money_of(self.env)},
            )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    @api.model
    def _open(self, events):
        """Action that shows what trying ``events`` again would do."""
        self._check_role()
        events.check_access("read")
        if len(events) > MAX_EVENTS:
            raise UserError(
                self.env._("Choose at most %s events for one preview.", MAX_EVENTS)
            )
        result = self.env["q2c.preview"]._of_events(events)
        replay = self.create({"event_ids": events.ids, "result": result})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": self._name,
            "res_id": replay.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_replay(self):
        """Put them back in line: from now on it is for real."""
        self.ensure_one()
        self._check_role()
        self.event_ids.check_access("read")
        # sudo: the role was checked right before
        self.event_ids.sudo().action_retry()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s events are back in line.", len(self.event_ids)
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _check_role(self):
        if self.env.su or any(self.env.user.has_group(group) for group in ROLES):
            return
        raise UserError(
            self.env._(
                "Previews and replays are for the Quote to Cash roles Operator and "
                "Finance. Ask an administrator for one of them."
            )
        )


class Event(models.Model):
    _inherit = "q2c.event"

    def action_preview(self):
        """Show what these would do if they were tried now."""
        return self.env["q2c.replay"]._open(self)


class ExceptionCase(models.Model):
    _inherit = "q2c.exception"

    def action_preview(self):
        """Show what trying again would do to the books."""
        events = self.filtered(lambda case: case.state == "open").event_id
        if not events:
            raise UserError(
                self.env._("There is no event behind it whose effect could be shown.")
            )
        return self.env["q2c.replay"]._open(events)


def money_of(env):
    """How templates write a float of major units: a function of it and the code of its
    currency."""
    currencies = env["res.currency"].with_context(active_test=False).search([])
    by_code = currencies.grouped("name")

    def money(amount, code):
        return format_amount(env, amount, by_code[code]) if code in by_code else amount

    return money
