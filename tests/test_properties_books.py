# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whatever happens at Stripe, and however its events come in: the books say what Stripe
says, to the minor unit.

``Q2C_EXAMPLES=50 dev/test tests/test_properties_books.py`` tries other stories, more of
them, and looks for a short one where it finds a fault.
"""

import json
import os
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import SQL

from ..models.sync.tie_out import minor_units
from . import common_stripe_stories as happens
from .common_billing import BillingCase
from .common_stripe_truth import StripeTruth, figures

SEARCH = os.environ.get("Q2C_EXAMPLES")
EXAMPLES = settings(
    max_examples=int(SEARCH or 7),
    deadline=None,
    derandomize=not SEARCH,
    # To make a story short takes minutes.
    phases=[Phase.generate, Phase.shrink] if SEARCH else [Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
)
# {currency: [(since, dollars for one)]}
ODOO_RATES = {
    "EUR": [("2026-01-01", 1.10), ("2026-02-03", 1.05)],
    "JPY": [("2026-01-01", 0.0066), ("2026-02-03", 0.0068)],
}


@tagged("post_install", "-at_install")
class TestBooksProperties(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code, rates in ODOO_RATES.items():
            cls.setup_other_currency(
                code, rates=[(since, 1 / dollars) for since, dollars in rates]
            )
        cls.rates = {"txr_20": cls.tax, "txr_in": cls.tax_in}
        connection = cls.stripe
        cls.places = {
            cls.clearing: "clearing",
            cls.receivable: "receivable",
            connection.fee_account_id: "fees",
            connection.transit_account_id: "transit",
            connection.dispute_account_id: "disputed",
            connection.chargeback_account_id: "lost",
            connection.customer_credit_account_id: "credit",
        }

    # ------------------------------------------------------------------
    # STRIPE
    # ------------------------------------------------------------------

    def _answer(self, refs):
        return {ref: self.account.look_up(ref, self.at) for ref in refs}

    def deliver(self, account, delivery):
        """The events come in and are worked on while Stripe is at that step."""
        self.account, self.at = account, delivery.step
        provider = self.stripe._provider()
        envelopes = [
            envelope
            for event in delivery.events
            for envelope in provider._parse(
                self.stripe, "events", json.dumps(event).encode()
            )
        ]
        self.env["q2c.event"]._store(self.stripe, envelopes, "webhook")
        self.work()

    def read_again(self, account):
        """All objects are listed, as a run does that looks for what is missing."""
        provider = self.stripe._provider()
        self.env["q2c.event"]._store(
            self.stripe,
            [
                provider._envelope(self.stripe, ref.kind, account.look_up(ref))
                for ref in account.refs()
            ],
            "backfill",
        )
        self.work()

    def work(self):
        while self.env["q2c.processor"]._run_batch(range(1024)):
            self.env.flush_all()

    # ------------------------------------------------------------------
    # THE BOOKS
    # ------------------------------------------------------------------

    def items(self, what):
        """``what`` of the posted journal items."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT %s
                  FROM account_move_line
                 WHERE company_id = %s AND parent_state = 'posted'
                """,
                SQL(what),
                self.company.id,
            )
        )

    def booked(self):
        """{(place, currency): minor units}, without zeros."""
        accounts = {account.id: place for account, place in self.places.items()}
        sums = Counter()
        for account, currency, amount in self.items(
            "account_id, currency_id, amount_currency"
        ):
            code = self.env["res.currency"].browse(currency).name
            if account in accounts:
                sums[accounts[account], code] += minor_units(amount, code)
        return {key: amount for key, amount in sums.items() if amount}

    def picture(self):
        """Everything that a second delivery must leave as it is."""
        exceptions = self.env["q2c.exception"].search([])
        items = self.items("id, balance, amount_residual_currency, reconciled")
        return (
            sorted(items),
            sorted(exceptions.mapped(lambda case: (case.id, case.state))),
            sorted(
                self.env["account.move"]
                .search([("state", "=", "draft")])
                .mapped(lambda move: (move.id, move.amount_total))
            ),
        )

    # ------------------------------------------------------------------
    # WHAT MUST HOLD
    # ------------------------------------------------------------------

    def check_nothing_is_held(self):
        settled = ("done", "skipped")
        self.assert_done(self.env["q2c.event"].search([("state", "not in", settled)]))

    def check_every_entry_balances(self):
        sums = Counter()
        for move, balance in self.items("move_id, balance"):
            sums[move] += minor_units(balance, self.code)
        self.assertFalse([move for move, amount in sums.items() if amount])

    def check_documents(self, truth):
        for content in (*truth.invoices, *truth.notes):
            move = self.linked(content["object"], content["id"])
            untaxed, taxes, total = figures(content)
            told = (untaxed, {self.rates[r]: tax for r, tax in taxes.items()}, total)
            self.assertEqual((move.state, self.totals(move)), ("posted", told))

    def totals(self, move):
        """(untaxed, {tax: amount}, total) of an invoice or a credit note."""
        code, taxes = move.currency_id.name, Counter()
        for line in move.line_ids.filtered("tax_line_id"):
            amount = minor_units(line.amount_currency, code)
            taxes[line.tax_line_id] += move.direction_sign * amount
        return (
            minor_units(move.amount_untaxed, code),
            dict(taxes),
            minor_units(move.amount_total, code),
        )

    def check_what_is_open(self, truth):
        """Document by document."""
        told = {each["id"]: truth.owed(each) for each in truth.invoices}
        told |= {each["id"]: truth.owing(each) for each in truth.notes}
        booked = {}
        for content in (*truth.invoices, *truth.notes):
            move = self.linked(content["object"], content["id"])
            booked[content["id"]] = minor_units(
                move.amount_residual, move.currency_id.name
            )
        self.assertEqual(booked, told)

    def check_payouts_are_settled(self, truth):
        """What is open in the clearing account is what Stripe still holds."""
        mirrors = self.env["q2c.balance.transaction"].search(
            [("name", "in", list(truth.paid_out()))]
        )
        items = (mirrors.move_id + mirrors.fee_move_id).line_ids
        still_open = items.filtered(
            lambda item: item.account_id == self.clearing and not item.reconciled
        )
        self.assertFalse(still_open.move_id.mapped("ref"))

    # ------------------------------------------------------------------
    # THE STORIES
    # ------------------------------------------------------------------

    @EXAMPLES
    @given(st.data())
    def test_rule_25_payments(self, data):
        self.try_out(data, happens.pay, happens.bounce, happens.bill, happens.pay_out)

    @EXAMPLES
    @given(st.data())
    def test_rule_20_credit_notes(self, data):
        self.try_out(
            data,
            happens.pay,
            happens.credit,
            happens.void,
            happens.bill,
            happens.give_up,
        )

    @EXAMPLES
    @given(st.data())
    def test_rule_21_refunds(self, data):
        self.try_out(
            data,
            happens.pay,
            happens.refund,
            happens.credit,
            happens.explain,
            happens.fail,
        )

    @EXAMPLES
    @given(st.data())
    def test_rule_22_disputes(self, data):
        self.try_out(
            data,
            happens.pay,
            happens.dispute,
            happens.answer,
            happens.decide,
            happens.pay_out,
        )

    @EXAMPLES
    @given(st.data())
    def test_rule_23_whatever_happens(self, data):
        self.try_out(data, *happens.EVERYTHING)

    def try_out(self, data, *verbs):
        account = data.draw(happens.stories(*verbs), "story")
        come_in = data.draw(happens.deliveries(account), "deliveries")
        truth = StripeTruth(
            account,
            reopens=data.draw(st.booleans(), "refunds are owed again"),
            claims=data.draw(st.booleans(), "lost disputes are owed again"),
        )
        with self.env.cr.savepoint() as savepoint:
            self.check(account, come_in, truth)
            savepoint.rollback()

    def check(self, account, come_in, truth):
        self.stripe.refund_policy = "reopen" if truth.reopens else "credit_note"
        self.stripe.dispute_loss_policy = "credit_note" if truth.claims else "write_off"
        for delivery in come_in:
            self.deliver(account, delivery)
        self.check_nothing_is_held()
        self.check_every_entry_balances()
        self.check_documents(truth)
        self.assertEqual(self.booked(), truth.books())
        if not truth.reopens:
            self.check_what_is_open(truth)
        self.check_payouts_are_settled(truth)
        before = self.picture()
        self.deliver(account, come_in[-1])
        self.read_again(account)
        self.check_nothing_is_held()
        self.assertEqual(self.picture(), before)
