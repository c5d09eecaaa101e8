# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Queued events ``payment_intent.succeeded`` to reconciled payments, beside create,
post and reconcile.

Stripe's payments do not say what they paid, so the engine reads each anew. That is
waiting for HTTP, which is not what is measured: here the reading is a look into a dict.
Stripe's fees are in the books beforehand: they are entries of their own.
"""

from datetime import datetime, timezone
from unittest.mock import patch

from odoo.addons.quote_to_cash.canonical import Ref
from odoo.addons.quote_to_cash.providers.stripe.envelope import envelope_of_object

from . import books, payloads, report
from .contest import Side
from .errors import require
from .invoices import SLOTS, create_invoices, without_hooks
from .scene import Scene


class Paying(Side):
    """Both sides begin with open invoices that Odoo made."""

    def __init__(self, scene, registry):
        super().__init__(scene, registry)
        self.invoice_ids = []
        self.batch_ids = []

    def prepare(self, tasks):
        with without_hooks(self.env):
            invoices = create_invoices(self.scene, self.env, tasks)
        self.batch_ids = invoices.ids
        self.invoice_ids += invoices.ids

    def invoices(self):
        return self.env["account.move"].browse(self.invoice_ids)


class Ours(Paying):
    """The events of the payments go through a lane."""

    label = "ours"

    def __init__(self, scene, registry):
        super().__init__(scene, registry)
        self.remote = {}

    def prepare(self, tasks):
        super().prepare(tasks)
        ids = [f"in_{task.key}" for task in tasks]
        invoices = self.env["account.move"].browse(self.batch_ids)
        self.scene.link(self.env, "invoice", ids, invoices)
        self._book_fees(tasks)
        self.scene.queue(self.env, map(payloads.payment_intent_succeeded, tasks))
        self.remote = {
            Ref("payment", f"pi_{task.key}"): payloads.payment_intent(task)
            for task in tasks
        }

    def _book_fees(self, tasks):
        envelopes = [
            envelope_of_object("balance_transaction", payloads.balance_transaction(t))
            for t in tasks
        ]
        self.env["q2c.event"]._store(
            self.scene.connection(self.env), envelopes, "fetch"
        )
        self.env["q2c.processor"]._run(SLOTS)

    def work(self, tasks):
        provider = self.env.registry["q2c.provider.stripe"]
        with patch.object(provider, "_fetch", self._fetch):
            self.env["q2c.processor"]._run(SLOTS)

    def _fetch(self, _connection, refs):
        return {ref: self.remote[ref] for ref in refs}

    def payments(self):
        bindings = self.env["q2c.binding"].search([("kind", "=", "payment")])
        return self.env["account.payment"].browse(bindings.mapped("res_id"))


class Theirs(Paying):
    """Odoo alone: create, post, reconcile by plan, commit."""

    label = "Odoo"

    def __init__(self, scene, registry):
        super().__init__(scene, registry)
        self.payment_ids = []

    def work(self, tasks):
        with without_hooks(self.env):
            env = self.scene.service(self.env).env
            invoices = env["account.move"].browse(self.batch_ids)
            payments = env["account.payment"].create(
                [self._values(*pair) for pair in zip(tasks, invoices, strict=True)]
            )
            payments.action_post()
            env["account.move.line"]._reconcile_plan(
                [
                    _receivable(payment.move_id) + _receivable(invoice)
                    for payment, invoice in zip(payments, invoices, strict=True)
                ]
            )
            self.payment_ids += payments.ids
            env.cr.commit()

    def _values(self, task, invoice):
        connection = self.scene.connection(self.env)
        journal = connection.payment_journal_id
        paid = datetime.fromtimestamp(payloads.ISSUED, timezone.utc)
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": invoice.partner_id.id,
            "amount": task.total / 100,
            "currency_id": connection.company_id.currency_id.id,
            "date": paid.date(),
            "journal_id": journal.id,
            "payment_method_line_id": journal.inbound_payment_method_line_ids[0].id,
            "memo": f"{task.number} - pi_{task.key}",
            "payment_reference": f"pi_{task.key}",
        }

    def payments(self):
        return self.env["account.payment"].browse(self.payment_ids)


def _receivable(move):
    return move.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )


def run(env, arguments):
    """Measure and print; returns the closing line."""
    print("   reading a payment is a look into a dict here: HTTP is not measured")
    print("   Stripe's fees were booked before: they are no part of either side's work")
    scene = Scene(env)
    sides = [Ours(scene, env.registry), Theirs(scene, env.registry)]
    return report.contest("payments", sides, arguments, check=_check)


def _check(ours, theirs):
    books.require_applied(ours.env)
    books.require_same(ours.payments().move_id, theirs.payments().move_id)
    for side in (ours, theirs):
        states = set(side.invoices().mapped("payment_state"))
        require(states == {"paid"}, f"invoices of {side.label} are {states}")
    total = sum(ours.payments().mapped("amount"))
    return f"{len(ours.payments())} payments of {total:,.2f} reconciled on either side"
