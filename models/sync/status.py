# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the CRM is told about a deal: which records to tell about, and what they say."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...canonical import Money
from ..commerce.subscription import ENDED

OPEN_PAYMENT_STATES = ("not_paid", "partial", "in_payment")
LOOK_BACK = timedelta(days=3)
IN_COMPANY_CURRENCY = ("amount_total_signed", "amount_residual_signed")


class Status(models.AbstractModel):
    _name = "q2c.status"
    _description = "Status Sent to the CRM"

    # ------------------------------------------------------------------
    # WHAT CHANGED
    # ------------------------------------------------------------------

    @api.model
    def _changed_moves(self, moves):
        """Invoices were posted, cancelled, paid or unpaid."""
        # sudo: the accountant who reconciles need not see orders or opportunities
        invoices = moves.sudo().filtered(lambda move: move.is_sale_document())
        if not invoices:
            return
        orders = invoices.q2c_subscription_id.order_id | (
            invoices.invoice_line_ids.sale_line_ids.order_id
        )
        self._enqueue("customer", invoices.commercial_partner_id)
        self._enqueue("opportunity", orders.opportunity_id)

    @api.model
    def _changed_orders(self, orders):
        """Orders were confirmed or cancelled, or their subscriptions changed."""
        # sudo: see _changed_moves
        orders = orders.sudo()
        self._enqueue("customer", orders.partner_id.commercial_partner_id)
        self._enqueue("opportunity", orders.opportunity_id)

    @api.model
    def _changed_subscriptions(self, subscriptions):
        """Contracts began, or their states changed."""
        # sudo: see _changed_moves
        subscriptions = subscriptions.sudo()
        partners = subscriptions.partner_id | subscriptions.order_id.partner_id
        self._enqueue("customer", partners.commercial_partner_id)
        self._enqueue("opportunity", subscriptions.order_id.opportunity_id)

    @api.model
    def _enqueue(self, kind, records):
        if not records:
            return
        # sudo: links are the engine's own
        bindings = (
            self.env["q2c.binding"]
            .sudo()
            .search(
                [
                    ("kind", "=", kind),
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("connection_id.status_field_ids.kind", "=", kind),
                ]
            )
        )
        for connection, share in bindings.grouped("connection_id").items():
            traces = {binding.res_id: binding.trace for binding in share}
            self.env["q2c.command"]._enqueue(
                connection,
                "update",
                "status",
                records.browse(sorted(traces)),
                traces,
            )

    @api.model
    def _run_overdue(self):
        """What has become overdue changed by nobody's doing; for the cron, each day. A
        few days are looked back, for a day on which it did not run."""
        today = fields.Date.today()
        self._changed_moves(
            self.env["account.move"].search(
                [
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("payment_state", "in", OPEN_PAYMENT_STATES),
                    ("invoice_date_due", "<", today),
                    ("invoice_date_due", ">=", today - LOOK_BACK),
                ]
            )
        )

    # ------------------------------------------------------------------
    # WHAT IT SAYS
    # ------------------------------------------------------------------

    @api.model
    def _values(self, record):
        """{value name: value} of a partner or a lead; amounts as canonical.Money."""
        if record._name == "res.partner":
            return self._partner_values(record)
        return self._lead_values(record)

    @api.model
    def _partner_values(self, partner):
        companies = self._companies()
        invoices = self._invoices(
            companies, Domain("commercial_partner_id", "=", partner.id)
        )
        # sudo: see _companies
        subscriptions = (
            self.env["q2c.subscription"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "in", companies.ids),
                ]
            )
        )
        return {
            "account_status": self._account_status(invoices, subscriptions),
            "subscription_status": self._subscription_status(subscriptions),
            "dunning_status": self._dunning_status(invoices, subscriptions),
            **self._invoice_values(
                invoices,
                self.env.company.currency_id,
                "amount_total_signed",
                "amount_residual_signed",
            ),
        }

    @api.model
    def _lead_values(self, lead):
        orders = lead.order_ids.filtered(lambda order: order.state != "cancel")
        subscriptions = orders.sudo().q2c_subscription_ids
        invoices = self._invoices(
            self._companies(),
            Domain("q2c_subscription_id", "in", subscriptions.ids)
            | Domain("invoice_line_ids.sale_line_ids.order_id", "in", orders.ids),
        )
        order = (orders or lead.order_ids)[:1]
        labels = dict(order._fields["state"]._description_selection(self.env))
        currency = order.currency_id or self.env.company.currency_id
        return {
            "order_number": order.name or None,
            "order_status": labels.get(order.state),
            "order_amount": _money(order.amount_total, currency),
            "subscription_status": self._subscription_status(subscriptions),
            "dunning_status": self._dunning_status(invoices, subscriptions),
            **self._invoice_values(
                invoices,
                currency,
                "amount_total_in_currency_signed",
                "amount_residual",
            ),
        }

    @api.model
    def _companies(self):
        """The company, and the further ones that its connections name: to the CRM all
        of them are one seller."""
        # sudo: the CRM's service user need not have the further companies
        connections = self.env["q2c.connection"].sudo()
        connections = connections.search([("company_id", "=", self.env.company.id)])
        return self.env.company | connections.entity_ids.company_id

    @api.model
    def _invoices(self, companies, domain):
        # sudo: see _companies
        invoices = self.env["account.move"].sudo()
        return invoices.search(
            domain
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("state", "=", "posted")
            & Domain("company_id", "in", companies.ids),
            order="invoice_date desc, id desc",
        )

    @api.model
    def _invoice_values(self, invoices, currency, total_field, residual_field):
        total = sum(_amount(move, total_field, currency) for move in invoices)
        due = sum(
            _amount(move, residual_field, currency)
            * (-1 if residual_field == "amount_residual" and _is_refund(move) else 1)
            for move in invoices
        )
        latest = invoices.filtered(lambda move: not _is_refund(move))[:1]
        overdue = self._overdue(invoices).filtered(lambda move: not _is_refund(move))
        return {
            "invoice_number": latest.name or None,
            "invoice_status": self._invoice_status(latest),
            "payment_status": self._payment_status(invoices),
            "amount_invoiced": _money(total, currency),
            "amount_due": _money(due, currency),
            "amount_paid": _money(total - due, currency),
            "amount_overdue": _money(
                sum(_amount(move, residual_field, currency) for move in overdue),
                currency,
            ),
            "overdue_since": min(overdue.mapped("invoice_date_due"), default=None),
            "next_attempt": self._next_attempt(invoices),
        }

    @api.model
    def _account_status(self, invoices, subscriptions):
        if self._overdue(invoices):
            return "Past due"
        if subscriptions.filtered(lambda s: s.status not in ENDED):
            return "Active"
        return "Former customer" if subscriptions or invoices else "Prospect"

    @api.model
    def _subscription_status(self, subscriptions):
        running = subscriptions.filtered(lambda s: s.status not in ENDED)
        latest = (running or subscriptions)[:1]
        labels = dict(latest._fields["status"]._description_selection(self.env))
        return labels.get(latest.status)

    @api.model
    def _dunning_status(self, invoices, subscriptions):
        """How far the collection of what is owed has gone, the worst first."""
        states = set(subscriptions.mapped("status"))
        overdue = self._overdue(invoices).filtered(lambda move: not _is_refund(move))
        if self._given_up(invoices):
            return "Given up"
        if "unpaid" in states:
            return "Attempts exhausted"
        if self._next_attempt(invoices) and ("past_due" in states or overdue):
            return "Retrying"
        if "past_due" in states or overdue:
            return "Overdue"
        return "None"

    @api.model
    def _given_up(self, invoices):
        """Those that the billing system does not expect to be paid any more."""
        return invoices.filtered(
            lambda move: (
                move.q2c_status == "uncollectible" and move.payment_state != "paid"
            )
        )

    @api.model
    def _next_attempt(self, invoices):
        """The day on which the billing system tries to collect the next time, or
        None."""
        days = invoices.filtered(
            lambda move: move.payment_state in OPEN_PAYMENT_STATES
        ).mapped("q2c_next_attempt")
        return min(filter(None, days), default=None)

    @api.model
    def _invoice_status(self, invoice):
        if not invoice:
            return None
        return "Reversed" if invoice.payment_state == "reversed" else "Posted"

    @api.model
    def _payment_status(self, invoices):
        # What was voided or credited in full was never to be paid.
        given_up = invoices.filtered("q2c_write_off_move_id")
        charged = given_up | invoices.filtered(
            lambda move: not _is_refund(move) and move.payment_state != "reversed"
        )
        if not charged:
            return None
        if given_up:
            return "Uncollectible"
        if self._overdue(charged):
            return "Overdue"
        states = set(charged.mapped("payment_state"))
        if not states.intersection(OPEN_PAYMENT_STATES):
            return "Paid"
        return "Open" if states == {"not_paid"} else "Partially paid"

    @api.model
    def _overdue(self, invoices):
        today = self.env["q2c.command"]._fields["next_attempt"].now().date()
        return invoices.filtered(
            lambda move: (
                move.payment_state in OPEN_PAYMENT_STATES
                and move.invoice_date_due
                and move.invoice_date_due < today
            )
        )


def _amount(move, field, currency):
    """The field in ``currency``; what is in the currency of the move's company is
    converted where that is another one."""
    value, own = move[field], move.company_currency_id
    if field not in IN_COMPANY_CURRENCY or own == currency:
        return value
    return own._convert(value, currency, move.company_id, move.date)


def _is_refund(move):
    return move.move_type == "out_refund"


def _money(value, currency):
    """An Odoo amount, rounded to its currency, as canonical money."""
    from decimal import Decimal

    text = f"{currency.round(value):.{currency.decimal_places}f}"
    return Money.of_major(Decimal(text), currency.name)
