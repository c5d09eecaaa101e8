# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Balance transactions: what the provider keeps is an expense."""

from dataclasses import replace
from datetime import date, datetime, timezone

from odoo.tests import tagged

from ..providers.stripe.envelope import envelope_of_object
from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestApplyBalance(BillingCase):
    def setUp(self):
        super().setUp()
        invoice = self.invoice(self.line(10000, tax=2000), number="N-in_1")
        self.assert_done(self.apply(self.stripe, invoice))

    def book(self, *transactions):
        events = self.apply(self.stripe, *transactions)
        self.assert_done(events)
        return self.env["q2c.balance.transaction"].browse(events.mapped("res_id"))

    def charged(self, **values):
        return self.payment(12000, "in_1", balance_transaction_id="txn_1", **values)

    # ------------------------------------------------------------------
    # THE LEDGER
    # ------------------------------------------------------------------

    def test_ledger_charge_120_fee_3_78(self):
        events = self.apply(self.stripe, self.transaction(12000, 378), self.charged())
        self.assert_done(events)
        transaction = self.linked("balance_transaction", "txn_1")
        entry = transaction.fee_move_id
        self.assertEqual(self.entries(entry), [("CLR", 0, 3.78), ("FEE", 3.78, 0)])
        self.assertRecordValues(
            entry,
            [
                {
                    "state": "posted",
                    "move_type": "entry",
                    "date": date(2026, 2, 2),
                    "ref": "txn_1",
                    "journal_id": self.stripe.payment_journal_id.id,
                }
            ],
        )
        self.assertRecordValues(
            transaction,
            [
                {
                    "name": "txn_1",
                    "amount": 120,
                    "fee": 3.78,
                    "net": 116.22,
                    "category": "charge",
                    "source": "ch_1",
                    "available_on": date(2026, 2, 9),
                }
            ],
        )
        self.assertEqual(self.linked("invoice", "in_1").payment_state, "paid")
        self.assertEqual(self.balance(self.clearing), 116.22)
        self.assertEqual(self.balance(self.stripe.fee_account_id), 3.78)

    def test_a_fee_that_is_given_back_exchanges_the_sides(self):
        transaction = self.book(self.transaction(12000, -1500, category="dispute"))
        self.assertEqual(
            self.entries(transaction.fee_move_id), [("CLR", 15, 0), ("FEE", 0, 15)]
        )

    def test_without_a_fee_there_is_no_entry(self):
        transaction = self.book(self.transaction(-12000, category="refund"))
        self.assertFalse(transaction.fee_move_id)
        self.assertEqual(self.balance(self.clearing), 0)

    def test_fee_in_a_foreign_currency_keeps_the_currency(self):
        self.setup_other_currency("EUR", rates=[("2026-01-01", 1 / 1.1)])
        entry = self.book(self.transaction(12000, 300, currency="EUR")).fee_move_id
        self.assertEqual(self.entries(entry), [("CLR", 0, 3.3), ("FEE", 3.3, 0)])
        cleared = entry.line_ids.filtered(lambda line: line.credit)
        self.assertEqual(
            (cleared.currency_id.name, cleared.amount_currency), ("EUR", -3)
        )

    # ------------------------------------------------------------------
    # WITH ITS PAYMENT
    # ------------------------------------------------------------------

    def test_payment_waits_for_its_balance_transaction(self):
        event = self.apply(self.stripe, self.charged())
        self.assertEqual(
            (event.state, event.waiting_for), ("waiting", "balance_transaction:txn_1")
        )
        self.assertFalse(self.linked("payment", "pi_1"))

    def test_payment_brings_its_balance_transaction(self):
        """Read with the payment: nothing else is asked of Stripe."""
        content = {
            "id": "pi_1",
            "object": "payment_intent",
            "amount": 12000,
            "amount_received": 12000,
            "currency": self.code.lower(),
            "customer": "cus_1",
            "created": 1770022800,
            "status": "succeeded",
            "latest_charge": {
                "id": "ch_1",
                "created": 1770022800,
                "balance_transaction": {
                    "id": "txn_1",
                    "object": "balance_transaction",
                    "amount": 12000,
                    "fee": 378,
                    "net": 11622,
                    "currency": self.code.lower(),
                    "created": 1770022800,
                    "reporting_category": "charge",
                    "source": "ch_1",
                },
            },
            "invoice_payments": [],
            "metadata": {},
        }
        asked = []
        self.patch(type(self), "_answer", lambda _self, refs: asked.extend(refs) or {})
        kept = envelope_of_object("payment", content)
        ids = self.env["q2c.event"]._store(self.stripe, [kept], "fetch")
        event = self.env["q2c.event"].browse(ids)
        self.env["q2c.processor"]._process(self.stripe, event)
        self.assert_done(event)
        self.assertFalse(asked)
        self.assertEqual(self.linked("payment", "pi_1").amount, 120)
        self.assertEqual(self.balance(self.clearing), 116.22)

    def test_a_returned_debit_leaves_the_fees(self):
        """Received 120 less 3.78, returned 120 and 7.50 for the return."""
        self.assert_done(
            self.apply(self.stripe, self.transaction(12000, 378), self.charged())
        )
        returned = self.transaction(
            -12000, 750, id="txn_2", category="charge_failure", source_id="py_1"
        )
        failed = self.charged(status="failed", failure_transaction_id="txn_2")
        event = self.apply(self.stripe, failed)
        self.assertEqual(event.waiting_for, "balance_transaction:txn_2")
        self.assert_done(self.apply(self.stripe, returned, failed))
        self.assertEqual(self.linked("payment", "pi_1").state, "rejected")
        self.assertEqual(self.linked("invoice", "in_1").amount_residual, 120)
        self.assertEqual(self.balance(self.clearing), -11.28)

    def returned_on(self, day, amount=-12000, fee=750, **values):
        return self.transaction(
            amount,
            fee,
            id="txn_2",
            category="charge_failure",
            source_id="py_1",
            created=datetime(day.year, day.month, day.day, 9, tzinfo=timezone.utc),
            **values,
        )

    def test_ledger_returned_debit_is_reversed_on_its_own_day(self):
        """The month of the payment is closed meanwhile."""
        self.assert_done(
            self.apply(self.stripe, self.transaction(12000, 378), self.charged())
        )
        payment = self.linked("payment", "pi_1")
        entry = payment.move_id
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        back = self.returned_on(date(2026, 3, 3))
        failed = self.charged(
            status="failed",
            failure_transaction_id="txn_2",
            failure_message="The account is closed.",
        )
        self.assert_done(self.apply(self.stripe, back, failed))
        reversal = payment.q2c_return_move_id
        self.assertEqual(
            (entry.state, entry.date, payment.state),
            ("posted", date(2026, 2, 2), "rejected"),
        )
        self.assertEqual(self.entries(entry), [("AR", 0, 120), ("CLR", 120, 0)])
        self.assertEqual(self.entries(reversal), [("AR", 120, 0), ("CLR", 0, 120)])
        self.assertRecordValues(
            reversal,
            [
                {
                    "state": "posted",
                    "date": date(2026, 3, 3),
                    "ref": "Returned: pi_1",
                    "reversed_entry_id": entry.id,
                }
            ],
        )
        # In the clearing account both are open until they are paid out.
        settled = reversal.line_ids.filtered("reconciled")
        self.assertEqual(settled.account_id, self.receivable)
        invoice = self.linked("invoice", "in_1")
        self.assertEqual(
            (invoice.payment_state, invoice.amount_residual), ("not_paid", 120)
        )
        self.assertIn("closed", "".join(payment.message_ids.mapped("body")))
        mirror = self.linked("balance_transaction", "txn_2")
        self.assertEqual((mirror.move_id, mirror.unbooked), (reversal, 0))
        fee = mirror.fee_move_id
        self.assertEqual(self.entries(fee), [("CLR", 0, 7.5), ("FEE", 7.5, 0)])
        self.assertEqual(fee.date, date(2026, 3, 3))

    def test_a_debit_that_was_returned_before_it_came_has_both_its_days(self):
        back = self.returned_on(date(2026, 2, 6))
        failed = self.charged(
            status="failed", failure_transaction_id="txn_2", paid_at=None
        )
        self.assert_done(
            self.apply(self.stripe, self.transaction(12000, 378), back, failed)
        )
        payment = self.linked("payment", "pi_1")
        self.assertEqual((payment.state, payment.date), ("rejected", date(2026, 2, 2)))
        self.assertEqual(payment.q2c_return_move_id.date, date(2026, 2, 6))
        self.assertEqual(self.linked("invoice", "in_1").amount_residual, 120)
        self.assertEqual(self.balance(self.clearing), -11.28)
        self.assertEqual(self.balance(self.receivable), 120)
        told = self.env["q2c.balance.transaction"].search([])
        self.assertFalse(any(told.mapped("unbooked")))
        again = self.apply(self.stripe, failed)
        self.assertEqual(again.state, "done")
        self.assertEqual(self.balance(self.receivable), 120)

    def test_invariant_1_a_return_that_is_told_twice_is_one(self):
        self.assert_done(
            self.apply(self.stripe, self.transaction(12000, 378), self.charged())
        )
        back = self.returned_on(date(2026, 2, 6))
        failed = self.charged(status="failed", failure_transaction_id="txn_2")
        self.assert_done(self.apply(self.stripe, back, failed))
        self.apply(self.stripe, self.charged(status="failed", method="sepa_debit"))
        self.assertEqual(self.balance(self.clearing), -11.28)
        self.assertEqual(self.balance(self.receivable), 120)

    def test_invariant_1_what_is_canceled_after_its_return_is_not_booked_again(self):
        self.assert_done(
            self.apply(self.stripe, self.transaction(12000, 378), self.charged())
        )
        back = self.returned_on(date(2026, 2, 6))
        told = {"failure_transaction_id": "txn_2"}
        failed = self.charged(status="failed", **told)
        self.assert_done(self.apply(self.stripe, back, failed))
        payments = self.env["account.payment"].search([])
        moves = self.env["account.move"].search([])
        self.apply(self.stripe, self.charged(status="canceled", **told))
        self.assertEqual(self.env["account.payment"].search([]), payments)
        self.assertEqual(self.env["account.move"].search([]), moves)

    def test_rule_24_a_return_at_another_rate(self):
        """100 came as 108.00 and went as 107.50; the invoice is of 110."""
        invoice = self.settled_at(1.10, 1.05)
        settled = self.transaction(10800, 350, id="txn_1", source_id="ch_2")
        paid = self.eur(balance_transaction_id="txn_1")
        self.assert_done(self.apply(self.stripe, settled, paid))
        back = self.returned_on(date(2026, 2, 6), -10750, 0)
        failed = self.eur(
            balance_transaction_id="txn_1",
            status="failed",
            failure_transaction_id="txn_2",
        )
        self.assert_done(self.apply(self.stripe, back, failed))
        payment = self.linked("payment", "pi_2")
        self.assertEqual(
            self.entries(payment.q2c_return_move_id),
            [("AR", 107.5, 0), ("CLR", 0, 107.5)],
        )
        self.assertEqual(payment.state, "rejected")
        self.assertEqual(
            (invoice.payment_state, invoice.amount_residual), ("not_paid", 100)
        )
        # 120 of in_1, and 110 of this one.
        self.assertEqual(self.balance(self.receivable), 230)
        # Stripe's balance: what it took for itself, and what the rate cost.
        self.assertEqual(self.balance(self.clearing), 108 - 107.5 - 3.5)

    def test_rule_25_what_was_on_account_pays_when_the_other_payment_returns(self):
        """The invoice was paid twice; the debit that came first goes back."""
        second = self.payment(12000, "in_1", id="pi_2")
        self.assert_done(
            self.apply(self.stripe, self.transaction(12000, 378), self.charged())
        )
        self.assert_done(self.apply(self.stripe, second))
        back = self.returned_on(date(2026, 2, 6))
        failed = self.charged(status="failed", failure_transaction_id="txn_2")
        self.assert_done(self.apply(self.stripe, back, failed))
        invoice = self.linked("invoice", "in_1")
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0))
        self.assertEqual(
            invoice.matched_payment_ids | invoice.reconciled_payment_ids,
            self.linked("payment", "pi_2"),
        )
        self.assertEqual(self.balance(self.receivable), 0)

    def test_rule_25_what_is_left_on_account_pays_when_the_other_payment_returns(self):
        """Of the second payment 20 settled the invoice, 100 were left."""
        first = self.payment(10000, "in_1", balance_transaction_id="txn_1")
        self.assert_done(self.apply(self.stripe, self.transaction(10000, 378), first))
        second = self.payment(12000, "in_1", id="pi_2")
        self.assert_done(self.apply(self.stripe, second))
        back = self.returned_on(date(2026, 2, 6), -10000)
        failed = replace(first, status="failed", failure_transaction_id="txn_2")
        self.assert_done(self.apply(self.stripe, back, failed))
        self.assertEqual(self.linked("invoice", "in_1").amount_residual, 0)
        self.assertEqual(self.balance(self.receivable), 0)

    # ------------------------------------------------------------------
    # ANOTHER CURRENCY
    # ------------------------------------------------------------------

    def settled_at(self, invoice_rate, other_rate):
        """Invoice in_2 of EUR 100 on 1 February, at ``invoice_rate`` dollars; Odoo's
        own rate on the day of the charge is another one than Stripe's."""
        self.setup_other_currency(
            "EUR",
            rates=[("2026-01-01", 1 / invoice_rate), ("2026-02-02", 1 / other_rate)],
        )
        line = self.line(10000, rate="", code="EUR")
        invoice = self.invoice(line, id="in_2", currency="EUR", number="N-in_2")
        self.assert_done(self.apply(self.stripe, invoice))
        return self.linked("invoice", "in_2")

    def eur(self, amount=10000, *parts, **values):
        values.setdefault("balance_transaction_id", "txn_2")
        parts = parts or ("in_2",)
        return self.payment(amount, *parts, id="pi_2", currency="EUR", **values)

    def test_ledger_charge_settles_in_dollars_at_1_08_with_a_fee_of_3_50(self):
        invoice = self.settled_at(1.10, 1.05)
        settled = self.transaction(10800, 350, id="txn_2", source_id="ch_2")
        self.assert_done(self.apply(self.stripe, settled, self.eur()))
        payment = self.linked("payment", "pi_2")
        self.assertEqual(
            self.entries(payment.move_id), [("AR", 0, 108), ("CLR", 108, 0)]
        )
        self.assertRecordValues(
            payment.move_id.line_ids.sorted("balance"),
            [
                {"currency_id": invoice.currency_id.id, "amount_currency": -100},
                {"currency_id": self.company.currency_id.id, "amount_currency": 108},
            ],
        )
        exchange = invoice.line_ids.matched_credit_ids.exchange_move_id
        self.assertEqual(self.entries(exchange), [("AR", 0, 2), ("FX", 2, 0)])
        self.assertEqual(
            (invoice.payment_state, invoice.amount_residual_signed), ("paid", 0)
        )
        self.assertEqual((payment.amount, payment.state), (100, "paid"))
        # Stripe's balance in dollars.
        self.assertEqual(self.balance(self.clearing), 104.5)

    def test_rule_24_parts_of_a_payment_share_the_settled_amount(self):
        invoice = self.settled_at(1.10, 1.05)
        settled = self.transaction(10801, 350, id="txn_2")
        payment = self.eur(10000, ("in_2", 5000))
        self.assert_done(self.apply(self.stripe, settled, payment))
        entry = self.linked("payment", "pi_2").move_id
        self.assertEqual(sum(entry.line_ids.mapped("debit")), 108.01)
        self.assertEqual(len(entry.line_ids), 3)
        self.assertEqual(invoice.amount_residual, 50)

    def test_rule_24_settled_in_a_currency_that_is_foreign_too(self):
        """A charge in dollars, the company's currency, settled in euros."""
        self.settled_at(1.10, 1.05)
        settled = self.transaction(11000, 200, id="txn_1", currency="EUR")
        self.assert_done(self.apply(self.stripe, settled, self.charged()))
        payment = self.linked("payment", "pi_1")
        self.assertEqual(
            self.entries(payment.move_id), [("AR", 0, 120), ("CLR", 120, 0)]
        )
        cleared = self.clearing_items()
        self.assertEqual(sum(cleared.mapped("amount_currency")), 108)
        self.assertEqual(set(cleared.currency_id.mapped("name")), {"EUR"})

    def clearing_items(self):
        return self.env["account.move.line"].search(
            [("account_id", "=", self.clearing.id), ("parent_state", "=", "posted")]
        )

    def test_rule_24_without_a_rate_of_the_settlement_currency_it_is_held(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-03-01", 0.9)])
        self.assertTrue(euro.active)
        settled = self.transaction(11000, id="txn_1", currency="EUR")
        event = self.apply(self.stripe, settled, self.charged())[1]
        self.assert_held(event, "rate_missing")

    def test_rule_24_refund_goes_out_at_its_own_rate(self):
        """100 came as 108.00 and went as 109.00."""
        invoice = self.settled_at(1.10, 1.05)
        settled = self.transaction(10800, 350, id="txn_2")
        self.assert_done(self.apply(self.stripe, settled, self.eur()))
        back = self.transaction(-10900, id="txn_re_1", category="refund")
        refund = self.refund(10000, payment_id="pi_2", currency="EUR")
        note = self.credit_note(
            self.line(10000, rate="", code="EUR", price_id=""),
            invoice_id="in_2",
            currency="EUR",
            refunds=[("re_1", 10000)],
        )
        self.assert_done(self.apply(self.stripe, back, refund, note))
        record = self.linked("refund", "re_1")
        self.assertEqual(
            self.entries(record.move_id), [("AR", 109, 0), ("CLR", 0, 109)]
        )
        credit = self.linked("credit_note", "cn_1")
        self.assertEqual(credit.amount_residual, 0)
        self.assertEqual((invoice.payment_state, record.is_reconciled), ("paid", True))
        self.assertEqual(self.balance(self.clearing), -4.5)
        # in_1 is open.
        self.assertEqual(self.balance(self.receivable), 120)

    # ------------------------------------------------------------------
    # AGAIN
    # ------------------------------------------------------------------

    def test_invariant_1_the_same_again_changes_nothing(self):
        first = self.book(self.transaction(12000, 378))
        again = self.book(self.transaction(12000, 378, available_on=date(2026, 2, 10)))
        self.assertEqual(again, first)
        self.assertEqual(first.available_on, date(2026, 2, 10))
        self.assertEqual(self.balance(self.stripe.fee_account_id), 3.78)

    def test_changed_amounts_are_held(self):
        self.book(self.transaction(12000, 378))
        event = self.apply(self.stripe, self.transaction(12000, 400))
        self.assert_held(event, "transaction_changed")

    # ------------------------------------------------------------------
    # HOLDS
    # ------------------------------------------------------------------

    def test_rule_26_locked_period_is_held(self):
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        event = self.apply(self.stripe, self.transaction(12000, 378))
        self.assert_held(event, "period_locked")
        self.assertFalse(self.linked("balance_transaction", "txn_1").fee_move_id)

    def test_without_a_fee_account_it_is_held(self):
        self.stripe.fee_account_id = False
        good = self.transaction(12000, id="txn_2")
        held, done = self.apply(self.stripe, self.transaction(12000, 378), good)
        self.assert_held(held, "no_fee_account")
        self.assert_done(done)

    def test_without_a_clearing_account_it_is_held(self):
        methods = self.stripe.payment_journal_id.inbound_payment_method_line_ids
        methods.payment_account_id = False
        event = self.apply(self.stripe, self.transaction(12000, 378))
        self.assert_held(event, "no_clearing_account")

    def test_what_is_held_is_known_and_retry_books_it(self):
        self.stripe.fee_account_id, account = False, self.stripe.fee_account_id
        told = self.transaction(12000, 378)
        event = self.apply(self.stripe, told)
        self.assert_held(event, "no_fee_account")
        mirror = self.linked("balance_transaction", "txn_1")
        self.assertIn("no account for the fee", mirror.hold_reason)
        self.assertEqual((mirror.net, mirror.unbooked), (116.22, 116.22))
        # The payment needs no fee account.
        self.assert_done(self.apply(self.stripe, self.charged()))
        self.assertEqual((mirror.is_booked, mirror.unbooked), (True, -3.78))
        self.stripe.fee_account_id = account
        self.assert_done(self.apply(self.stripe, told))
        self.assertEqual(self.linked("balance_transaction", "txn_1"), mirror)
        self.assertEqual((mirror.hold_reason, mirror.unbooked), (False, 0))
        self.assertEqual(self.balance(self.clearing), 116.22)

    def test_a_payment_that_waits_is_woken_by_a_held_transaction(self):
        self.stripe.fee_account_id = False
        waiting = self.apply(self.stripe, self.charged())
        self.assertEqual(waiting.state, "waiting")
        waiting.next_attempt = "2030-01-01"
        self.apply(self.stripe, self.transaction(12000, 378))
        self.assertLess(waiting.next_attempt.year, 2030)

    # ------------------------------------------------------------------
    # OTHER CATEGORIES
    # ------------------------------------------------------------------

    def account_of(self, category):
        mappings = self.stripe.category_account_ids
        return mappings.filtered(lambda m: m.category == category).account_id

    def test_ledger_stripes_own_invoice_is_a_fee(self):
        charged = self.transaction(-2500, category="fee", description="Billing usage")
        mirror = self.book(charged)
        self.assertEqual(self.entries(mirror.move_id), [("CLR", 0, 25), ("FEE", 25, 0)])
        self.assertRecordValues(
            mirror.move_id,
            [{"state": "posted", "date": date(2026, 2, 2), "ref": "txn_1"}],
        )
        self.assertEqual(set(mirror.move_id.line_ids.mapped("name")), {"Billing usage"})
        self.assertEqual((mirror.is_booked, mirror.unbooked), (True, 0))
        self.assertFalse(mirror.booked_with)

    def test_ledger_top_up_comes_from_the_bank(self):
        mirror = self.book(self.transaction(50000, category="topup", source_id="tu_1"))
        transit = self.account_of("topup")
        self.assertEqual(transit, self.stripe._transit_account())
        self.assertEqual(self.balance(self.clearing), 500)
        self.assertEqual(self.balance(transit), -500)
        self.assertEqual(mirror.move_id.line_ids.account_id, self.clearing + transit)

    def test_ledger_reserve_is_held_back_and_released(self):
        self.book(
            self.transaction(-10000, category="risk_reserved_funds"),
            self.transaction(4000, category="risk_reserved_funds", id="txn_2"),
        )
        self.assertEqual(self.balance(self.clearing), -60)
        self.assertEqual(self.balance(self.account_of("risk_reserved_funds")), 60)

    def test_ledger_transfer_with_a_fee_has_two_entries(self):
        account = self.company_data["default_account_expense"]
        self.env["q2c.category.account"].create(
            {
                "connection_id": self.stripe.id,
                "category": "transfer",
                "account_id": account.id,
            }
        )
        mirror = self.book(self.transaction(-10000, 200, category="transfer"))
        self.assertEqual(self.balance(account), 100)
        self.assertEqual(self.balance(self.stripe.fee_account_id), 2)
        self.assertNotEqual(mirror.move_id, mirror.fee_move_id)
        self.assertEqual(self.balance(self.clearing), -102)

    def test_a_category_in_a_foreign_currency_keeps_the_currency(self):
        self.setup_other_currency("EUR", rates=[("2026-01-01", 1 / 1.1)])
        charged = self.transaction(-1000, category="fee", currency="EUR")
        entry = self.book(charged).move_id
        self.assertEqual(self.entries(entry), [("CLR", 0, 11), ("FEE", 11, 0)])
        self.assertEqual(sum(self.clearing_items().mapped("amount_currency")), -10)

    def test_ledger_unknown_category_is_held_and_known(self):
        moved = self.transaction(-700, category="brand_new", source_id="xx_1")
        event = self.apply(self.stripe, moved)
        self.assert_held(event, "no_category_account")
        self.assertIn("brand_new", event.message)
        mirror = self.linked("balance_transaction", "txn_1")
        self.assertEqual((mirror.is_booked, mirror.unbooked), (False, -7))
        self.assertEqual(mirror.hold_reason, event.message)
        self.env["q2c.category.account"].create(
            {
                "connection_id": self.stripe.id,
                "category": "brand_new",
                "account_id": self.stripe.fee_account_id.id,
            }
        )
        self.assert_done(self.apply(self.stripe, moved))
        self.assertEqual((mirror.is_booked, mirror.hold_reason), (True, False))
        self.assertEqual(self.balance(self.clearing), -7)

    def test_what_another_object_books_is_not_booked_here(self):
        for number, category in enumerate(("charge", "refund", "dispute", "payout")):
            mirror = self.book(
                self.transaction(-700, id=f"txn_{number}", category=category)
            )
            self.assertFalse(mirror.move_id or mirror.is_booked)
        self.assertEqual(self.balance(self.clearing), 0)

    def test_a_charge_is_booked_by_its_payment(self):
        self.assert_done(self.apply(self.stripe, self.transaction(12000, 378)))
        mirror = self.linked("balance_transaction", "txn_1")
        self.assertEqual(mirror.unbooked, 120)
        self.assert_done(self.apply(self.stripe, self.charged()))
        payment = self.linked("payment", "pi_1")
        self.assertEqual((mirror.move_id, mirror.unbooked), (payment.move_id, 0))
        payment.action_cancel()
        self.assertEqual((mirror.is_booked, mirror.unbooked), (False, 120))

    def test_categories_are_chosen_once(self):
        mappings = self.stripe.category_account_ids
        self.assertEqual(self.account_of("fee"), self.stripe.fee_account_id)
        self.assertFalse(self.account_of("tax"))
        self.stripe._set_up_accounting()
        self.assertEqual(self.stripe.category_account_ids, mappings)

    # ------------------------------------------------------------------
    # SET-BASED
    # ------------------------------------------------------------------

    def count_queries(self, size, name):
        transactions = [
            self.transaction(12000, 378, id=f"txn_{name}{n}") for n in range(size)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.book(*transactions)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_per_transaction_fall_with_the_batch(self):
        self.count_queries(1, "a")
        one = self.count_queries(1, "b")
        fifty = self.count_queries(50, "c") / 50
        self.assertLess(fifty, one / 5)
        self.assertLessEqual(fifty, 20)

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def test_set_up_accounting_creates_the_fee_account_once(self):
        account = self.stripe.fee_account_id
        self.assertEqual(
            (account.name, account.account_type), ("Stripe Fees", "expense")
        )
        self.stripe._set_up_accounting()
        self.assertEqual(self.stripe.fee_account_id, account)
