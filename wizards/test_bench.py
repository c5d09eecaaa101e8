# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A payload, and step by step what would become of it. Nothing of it stays."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..canonical import Failure, explain
from ..models.control import rights
from ..models.control.replay import money_of
from ..models.engine.reasons import reason_of
from ..models.matching.match import label_of, reservation_of
from ..providers.pasted import MAX_CHARACTERS

# Reason code → where it is put right: an action of ours or of Odoo. What the connection
# lacks is put right on its form.
PLACES = {
    "match_review": "quote_to_cash.q2c_match_action",
    "merge_needs_approval": "quote_to_cash.q2c_match_action",
    "no_category_account": "quote_to_cash.q2c_category_account_action",
    "currency_inactive": "base.action_currency_form",
    "currency_missing": "base.action_currency_form",
    "rate_missing": "base.action_currency_form",
}
OF_CONNECTION = frozenset({"period_locked", "environment_mismatch", "no_journal"})
OF_TAX = frozenset({"tax_not_mapped", "tax_unusable"})


class TestBench(models.TransientModel):
    """What is pasted is hostile text: it is read as JSON, never evaluated, and shown
    escaped. It stays on this row, which only its user reads, until Odoo clears it."""

    _name = "q2c.test.bench"
    _description = "Test Bench"

    connection_id = fields.Many2one(
        "q2c.connection",
        required=True,
        default=lambda self: self._default_connection(),
    )
    source = fields.Selection(
        [("event", "An event of the inbox"), ("text", "JSON that I paste")],
        required=True,
        default="event",
        string="Payload",
    )
    event_id = fields.Many2one(
        "q2c.event",
        domain="[('connection_id', '=', connection_id)]",
        ondelete="cascade",
    )
    payload = fields.Text(string="JSON")
    result = fields.Json(readonly=True, help="See q2c.bench.")
    overview = fields.Html(
        compute="_compute_overview",
        # Rendered from our own template, which escapes what it is given.
        sanitize=False,
    )
    stop = fields.Char(compute="_compute_stop")
    stop_remedy = fields.Char(compute="_compute_stop")
    has_place = fields.Boolean(compute="_compute_stop")
    is_fine = fields.Boolean(compute="_compute_stop")

    # ------------------------------------------------------------------
    # COMPUTES AND CONSTRAINTS
    # ------------------------------------------------------------------

    @api.model
    def _default_connection(self):
        """The first one that bills: most questions are about those."""
        return self.env["q2c.connection"].search([]).filtered("is_billing")[:1]

    def _compute_display_name(self):
        for bench in self:
            bench.display_name = self.env._("Test Bench")

    @api.constrains("payload")
    def _check_size(self):
        for bench in self:
            if len(bench.payload or "") > MAX_CHARACTERS:
                raise ValidationError(
                    self.env._(
                        "The text has more than %s characters, which no event has. "
                        "Paste a single event or object.",
                        MAX_CHARACTERS,
                    )
                )

    @api.depends("result")
    @api.depends_context("lang")
    def _compute_overview(self):
        for bench in self:
            bench.overview = bench.result and self.env["ir.qweb"]._render(
                "quote_to_cash.test_bench_overview",
                {
                    "result": bench.result,
                    "events": bench._events(),
                    "money": money_of(self.env),
                    "label_of": lambda kind: label_of(self.env, kind),
                    "reservation_of": lambda barred: reservation_of(self.env, barred),
                    "provider": bench._provider_label(),
                },
            )

    @api.depends("result")
    def _compute_stop(self):
        for bench in self:
            stopped = bench._stopped()
            bench.stop = stopped.get("message") or stopped.get("reason_label")
            bench.stop_remedy = stopped.get("remedy")
            bench.has_place = bool(bench._place(stopped))
            bench.is_fine = bool(bench.result) and not stopped

    def _provider_label(self):
        field = self.env["q2c.connection"]._fields["provider"]
        labels = dict(field._description_selection(self.env))
        return labels[self.connection_id.provider]

    def _events(self, fetched=False):
        events = (self.result or {}).get("events", [])
        return [event for event in events if event["fetched"] == fetched]

    def _stopped(self):
        """What keeps the payload out: of that which it needs, where that is why."""
        if all(event["state"] in ("done", "skipped") for event in self._events()):
            return {}
        stuck = [
            event
            for event in (*self._events(fetched=True), *self._events())
            if event["state"] not in ("done", "skipped")
        ]
        failed = [event for event in stuck if event["state"] == "failed"]
        return (failed or stuck)[0]

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_preview(self):
        """Work on the payload for real, and take everything back."""
        self.ensure_one()
        rights.check(self.env)
        # The connection may have been named by whoever does not see it.
        self.connection_id.check_access("read")
        self.result = False
        self.result = self._preview()
        return True

    @api.model
    def _open(self, event):
        """Action that shows ``event`` step by step."""
        bench = self.create(
            {"connection_id": event.connection_id.id, "event_id": event.id}
        )
        bench.action_preview()
        return bench._form(bench)

    def action_put_right(self):
        """Open what the remedy is about."""
        self.ensure_one()
        action = self._place(self._stopped())
        if not action:
            raise UserError(self.env._("There is no screen on which to put it right."))
        return action

    def _preview(self):
        machine = self.env["q2c.bench"]
        if self.source == "event":
            if self.event_id.connection_id != self.connection_id:
                raise UserError(
                    self.env._(
                        "Choose an event of %s.",
                        self.connection_id.display_name,
                    )
                )
            self.event_id.check_access("read")
            return machine._of_events(self.event_id)
        if not (self.payload or "").strip():
            raise UserError(self.env._("Paste an event or object as JSON first."))
        try:
            return machine._of_text(self.connection_id, self.payload)
        except Failure as failure:
            raise UserError(explain(failure)) from failure

    # ------------------------------------------------------------------
    # WHERE TO PUT IT RIGHT
    # ------------------------------------------------------------------

    def _place(self, stopped):
        """Action for the reason code of ``stopped``; None where there is none."""
        code = stopped.get("reason") or ""
        if code in OF_TAX:
            return self._place_of_tax(stopped)
        if code in PLACES:
            actions = self.env["ir.actions.act_window"]
            return actions._for_xml_id(PLACES[code])
        lacks = code.startswith("no_") and code.endswith("_account")
        if lacks or code in OF_CONNECTION or reason_of(code).is_refusal:
            return self._form(self.connection_id)
        return None

    def _place_of_tax(self, stopped):
        """The row of the tax rate; a new one, where it was never seen before."""
        key = {
            "connection_id": self.connection_id.id,
            "kind": "tax_rate",
            "key": stopped["object_id"],
        }
        if stopped["kind"] != "tax_rate":
            action = "quote_to_cash.q2c_mapping_action"
            return self.env["ir.actions.act_window"]._for_xml_id(action)
        mappings = self.env["q2c.mapping"]
        known = mappings.search([(name, "=", value) for name, value in key.items()])
        defaults = {f"default_{name}": value for name, value in key.items()}
        return {**self._form(known or mappings), "context": defaults}

    @api.model
    def _form(self, record):
        name = record.display_name or self.env._("New")
        return record._get_records_action(name=name, context={})


class Event(models.Model):
    _inherit = "q2c.event"

    def action_test_bench(self):
        """Show step by step what would become of it."""
        self.ensure_one()
        return self.env["q2c.test.bench"]._open(self)
