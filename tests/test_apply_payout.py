# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 23: payouts are what their transactions come to, and close the way to the
bank."""

from dataclasses import replace
from datetime import date, datetime, timezone

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..canonical import Money
from ..providers.stripe.envelope import envelope_of_object
from .common_payouts import BACK, LEFT, PayoutCase


@tagged("post_install", "-at_install")
class TestApplyPayout(PayoutCase):
    def setUp(self):
        super().setUp()
        invoice = self.invoice(self.line(10000, tax=2000), number="N-in_1")
        paid = self.payment(12000, "in_1", balance_transaction_id="txn_1")
        self.charge = self.transaction(12000, 378)
        self.assert_done(self.apply(self.stripe, invoice, self.charge, paid))

    def book(self, payout, *transactions):
        """:return: the q2c.payout"""
        self.assert_done(self.apply(self.stripe, *transactions, payout))
        return self.linked("payout", payout.id)

    def booked(self):
        return self.book(self.payout(11622, self.charge), self.left(11622))

    # ------------------------------------------------------------------
    # THE LEDGER
    # ------------------------------------------------------------------

    def test_ledger_payout_116_22(self):
        payout = self.booked()
        self.assertEqual(
            self.entries(payout.move_id), [("CLR", 0, 116.22), ("TRN", 116.22, 0)]
        )
        self.assertRecordValues(
            payout.move_id,
            [
                {
                    "state": "posted",
                    "date": LEFT.date(),
                    "ref": "po_1",
                    "journal_id": self.stripe.payment_journal_id.id,
                }
            ],
        )
        self.assertRecordValues(
            payout,
            [
                {
                    "amount": 116.22,
                    "status": "paid",
                    "booking": "booked",
                    "is_manual": False,
                    "arrival_date": date(2026, 2, 13),
                    "transaction_count": 1,
                    "gross": 120,
                    "fees": 3.78,
                    "net": 116.22,
                    "carried": 0,
                    "hold_reason": False,
                }
            ],
        )
        self.assertEqual(payout.transaction_ids.name, "txn_1")
        self.assertEqual(payout.transaction_id.move_id, payout.move_id)
        self.assertEqual(payout.transaction_id.unbooked, 0)
        self.assertEqual(self.balance(self.clearing), 0)
        self.assertEqual(self.balance(self.transit), 116.22)

    def test_ledger_the_bank_statement_line_closes_transit(self):
        payout = self.booked()
        self.assertFalse(payout.is_in_bank)
        bank = self.company_data["default_journal_bank"]
        statement_line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": bank.id,
                "date": "2026-02-13",
                "payment_ref": "STRIPE PAYOUT",
                "amount": 116.22,
            }
        )
        entry = statement_line.move_id
        entry.button_draft()
        other = entry.line_ids.filtered(
            lambda line: line.account_id == bank.suspense_account_id
        )
        other.account_id = self.transit
        entry.action_post()
        (other + self.item_on(payout.move_id, self.transit)).reconcile()
        self.assertEqual(self.balance(self.transit), 0)
        self.assertEqual(self.balance(bank.default_account_id), 116.22)
        payout.invalidate_recordset()
        self.assertTrue(payout.is_in_bank)
        found = self.env["q2c.payout"].search([("is_in_bank", "=", True)])
        self.assertEqual(found, payout)
        self.assertNotIn(
            payout, self.env["q2c.payout"].search([("is_in_bank", "=", False)])
        )

    def test_ledger_negative_payout_exchanges_the_sides(self):
        refund = self.transaction(-2400, id="txn_2", category="refund")
        payout = self.book(self.payout(-2400, refund), self.left(-2400), refund)
        self.assertEqual(self.entries(payout.move_id), [("CLR", 24, 0), ("TRN", 0, 24)])
        self.assertEqual(payout.net, -24)

    def test_ledger_failed_payout_is_reversed_on_its_own_date(self):
        payout = self.booked()
        failed = self.failed(11622, self.charge)
        self.book(failed, self.came_back(11622))
        self.assertEqual(
            self.entries(payout.failure_move_id),
            [("CLR", 116.22, 0), ("TRN", 0, 116.22)],
        )
        self.assertRecordValues(
            payout.failure_move_id,
            [
                {
                    "state": "posted",
                    "date": BACK.date(),
                    "reversed_entry_id": payout.move_id.id,
                }
            ],
        )
        self.assertRecordValues(
            payout,
            [
                {
                    "status": "failed",
                    "booking": "reversed",
                    "failure_message": "The bank account is closed.",
                }
            ],
        )
        self.assertEqual(payout.move_id.date, LEFT.date())
        self.assertEqual(self.balance(self.clearing), 116.22)
        self.assertEqual(self.balance(self.transit), 0)
        moves = payout.move_id + payout.failure_move_id
        self.assertTrue(all(self.item_on(moves, self.transit).mapped("reconciled")))
        back = self.item_on(payout.failure_move_id, self.clearing)
        self.assertEqual((self.open_clearing(), back.amount_residual), (back, 116.22))
        self.assertEqual(payout.failure_transaction_id.unbooked, 0)
        self.assertFalse(payout.is_in_bank)

    def test_rule_23_what_came_back_is_paid_out_with_the_next_one(self):
        self.booked()
        back = self.came_back(11622)
        self.book(self.failed(11622, self.charge), back)
        second = self.book(
            self.payout(11622, back, id="po_2"), self.left(11622, id="po_2")
        )
        self.assertEqual(second.booking, "booked")
        self.assertEqual(self.balance(self.clearing), 0)
        self.assertEqual(self.balance(self.transit), 116.22)

    # ------------------------------------------------------------------
    # RULE 23
    # ------------------------------------------------------------------

    def test_rule_23_waits_for_reconciliation_to_complete(self):
        early = self.payout(11622, status="in_transit", reconciliation="in_progress")
        payout = self.book(early, self.left(11622))
        self.assertEqual((payout.booking, payout.move_id.ids), ("open", []))
        self.assertEqual(payout.transaction_id.unbooked, -116.22)
        self.assertEqual(self.balance(self.clearing), 116.22)
        self.assertEqual(self.booked(), payout)
        self.assertEqual(payout.booking, "booked")

    def test_rule_23_a_payout_that_does_not_tie_out_is_held_and_names_the_difference(
        self,
    ):
        event = self.apply(
            self.stripe, self.left(11700), self.payout(11700, self.charge)
        )[1]
        self.assert_held(event, "payout_does_not_tie_out")
        self.assertIn("the difference is -0.78 USD", event.message)
        payout = self.linked("payout", "po_1")
        self.assertEqual((payout.booking, payout.hold_reason), ("held", event.message))
        self.assertEqual(payout.transaction_ids.name, "txn_1")
        self.assertFalse(payout.move_id)
        self.assertEqual(self.balance(self.clearing), 116.22)

    def test_rule_23_what_was_held_is_booked_once_it_ties_out(self):
        more = self.transaction(78, id="txn_2")
        self.apply(self.stripe, self.left(11700), self.payout(11700, self.charge))
        payout = self.book(self.payout(11700, self.charge, more), more)
        self.assertEqual((payout.booking, payout.hold_reason), ("booked", False))
        self.assertEqual(payout.transaction_count, 2)

    def test_rule_23_one_that_does_not_tie_out_holds_up_no_other(self):
        other = self.transaction(500, id="txn_2")
        bad = self.payout(11700, self.charge)
        good = self.payout(500, other, id="po_2")
        events = self.apply(
            self.stripe,
            self.left(11700),
            self.left(500, id="po_2"),
            other,
            bad,
            good,
        )
        self.assert_held(events[3], "payout_does_not_tie_out")
        self.assert_done(events[4])
        self.assertEqual(self.linked("payout", "po_2").booking, "booked")

    def test_rule_23_totals_by_reporting_category(self):
        parts = [
            self.transaction(6000, 200, id="txn_2"),
            self.transaction(-2400, id="txn_3", category="refund"),
            self.transaction(-500, id="txn_4", category="fee"),
        ]
        payout = self.book(
            self.payout(14522, self.charge, *parts), self.left(14522), *parts
        )
        self.assertRecordValues(payout, [{"gross": 151, "fees": 5.78, "net": 145.22}])
        payout.invalidate_recordset(["total_ids"])
        found = {
            total.category: (
                total.transaction_count,
                total.gross,
                total.fees,
                total.net,
            )
            for total in payout.total_ids
        }
        self.assertEqual(
            found,
            {
                "charge": (2, 180, 5.78, 174.22),
                "refund": (1, -24, 0, -24),
                "fee": (1, -5, 0, -5),
            },
        )

    def test_rule_23_fee_of_an_instant_payout_is_an_expense(self):
        payout = self.book(
            self.payout(11500, self.charge, method="instant", fee=122),
            self.left(11500, 122),
        )
        self.assertEqual(
            self.entries(payout.move_id), [("CLR", 0, 115), ("TRN", 115, 0)]
        )
        self.assertEqual(
            self.entries(payout.transaction_id.fee_move_id),
            [("CLR", 0, 1.22), ("FEE", 1.22, 0)],
        )
        self.assertEqual(self.balance(self.clearing), 0)
        self.assertEqual((payout.method, payout.net), ("instant", 116.22))

    def test_rule_23_manual_payout_is_posted_at_once_and_flagged(self):
        payout = self.book(self.manual(5000, status="pending"), self.left(5000))
        self.assertRecordValues(
            payout,
            [{"is_manual": True, "booking": "booked", "transaction_count": 0}],
        )
        self.assertEqual(self.entries(payout.move_id), [("CLR", 0, 50), ("TRN", 50, 0)])
        self.assertEqual(self.balance(self.clearing), 66.22)

    def test_rule_23_canceled_before_it_was_reconciled_has_both_entries(self):
        payout = self.book(
            self.failed(11622, reconciliation="in_progress"),
            self.left(11622),
            self.came_back(11622),
        )
        self.assertEqual(payout.booking, "reversed")
        self.assertEqual(payout.move_id.date, LEFT.date())
        self.assertEqual(payout.failure_move_id.date, BACK.date())
        self.assertEqual(self.balance(self.clearing), 116.22)
        self.assertEqual(self.balance(self.transit), 0)

    def test_rule_23_another_amount_came_back(self):
        self.booked()
        back = self.came_back(11000)
        event = self.apply(self.stripe, back, self.failed(11622, self.charge))[1]
        self.assert_held(event, "payout_return_differs")
        self.assertFalse(self.linked("payout", "po_1").failure_move_id)

    def test_rule_23_another_amount_left_the_balance(self):
        odd = self.payout(11622, settled=Money(11600, self.code))
        event = self.apply(self.stripe, self.left(11600), odd)[1]
        self.assert_held(event, "payout_amount_differs")

    # ------------------------------------------------------------------
    # WHAT IS LEFT OPEN
    # ------------------------------------------------------------------

    def open_clearing(self):
        return self.env["account.move.line"].search(
            [
                ("account_id", "=", self.clearing.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )

    def test_rule_23_what_was_paid_out_is_not_open_any_more(self):
        later = self.transaction(500, id="txn_2", category="topup")
        self.assert_done(self.apply(self.stripe, later))
        self.booked()
        mirror = self.linked("balance_transaction", "txn_2")
        self.assertEqual(self.open_clearing().move_id, mirror.move_id)

    def test_rule_23_it_is_settled_once_the_last_payment_is_booked(self):
        charge = self.transaction(1200, 50, id="txn_2", source_id="ch_2")
        self.book(self.payout(12772, self.charge, charge), self.left(12772), charge)
        self.assertEqual(len(self.open_clearing()), 4)
        paid = self.payment(1200, id="pi_2", balance_transaction_id="txn_2")
        self.assert_done(self.apply(self.stripe, paid))
        self.assertFalse(self.open_clearing())

    def test_rule_23_it_is_settled_once_the_last_dispute_is_booked(self):
        moved = self.transaction(
            -2400, 1500, id="txn_d", category="dispute", source_id="dp_1"
        )
        self.book(self.payout(7722, self.charge, moved), self.left(7722), moved)
        self.assertTrue(self.open_clearing())
        told = self.dispute("needs_response", moved, amount=2400)
        self.assert_done(self.apply(self.stripe, told))
        self.assertFalse(self.open_clearing())

    def test_rule_23_what_was_paid_out_stays_settled_when_a_payment_returns(self):
        """The return is a movement of its own, for another payout."""
        self.booked()
        self.assertFalse(self.open_clearing())
        back = self.returned()
        payment = self.linked("payment", "pi_1")
        self.assertEqual(self.open_clearing().move_id, payment.q2c_return_move_id)
        second = self.payout(-12000, back, id="po_2")
        self.book(second, self.left(-12000, id="po_2"))
        self.assertFalse(self.open_clearing())
        self.assertEqual(self.balance(self.clearing), 0)

    def test_rule_23_a_payment_that_returned_before_is_settled_by_both_payouts(self):
        back = self.returned()
        self.booked()
        payment = self.linked("payment", "pi_1")
        self.assertEqual(self.open_clearing().move_id, payment.q2c_return_move_id)
        second = self.payout(-12000, back, id="po_2")
        self.book(second, self.left(-12000, id="po_2"))
        self.assertFalse(self.open_clearing())

    def returned(self):
        """How the debit pi_1 left the balance again."""
        back = self.transaction(
            -12000, id="txn_r", category="charge_failure", created=BACK
        )
        failed = self.payment(
            12000,
            "in_1",
            status="failed",
            balance_transaction_id="txn_1",
            failure_transaction_id="txn_r",
        )
        self.assert_done(self.apply(self.stripe, back, failed))
        return back

    def test_rule_23_it_is_settled_once_the_last_fee_is_booked(self):
        account, self.stripe.fee_account_id = self.stripe.fee_account_id, False
        fee = self.transaction(-100, 20, id="txn_2", category="topup")
        told = self.payout(11502, self.charge, fee)
        events = self.apply(self.stripe, fee, self.left(11502), told)
        self.assert_held(events[0], "no_fee_account")
        self.assertTrue(self.open_clearing())
        self.stripe.fee_account_id = account
        self.assert_done(self.apply(self.stripe, fee))
        self.assertFalse(self.open_clearing())

    def test_rule_24_rates_that_changed_on_the_way_are_exchange_differences(self):
        self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.1), ("2026-02-10", 1 / 1.2)]
        )
        topup = self.transaction(10000, id="txn_2", category="topup", currency="EUR")
        self.assert_done(self.apply(self.stripe, topup))
        before = self.balance(self.clearing)
        payout = self.book(
            self.payout(10000, topup, currency="EUR"), self.left(10000, currency="EUR")
        )
        self.assertEqual(
            self.entries(payout.move_id), [("CLR", 0, 120), ("TRN", 120, 0)]
        )
        self.assertEqual(before, 116.22 + 110)
        self.assertEqual(self.balance(self.clearing), 116.22)
        exchange = self.item_on(payout.move_id, self.clearing)
        exchange = exchange.matched_debit_ids.exchange_move_id
        gain = self.company.income_currency_exchange_account_id
        self.assertEqual(self.item_on(exchange, self.clearing).debit, 10)
        self.assertEqual(self.item_on(exchange, gain).credit, 10)

    # ------------------------------------------------------------------
    # RULE 15
    # ------------------------------------------------------------------

    def test_rule_15_what_a_payout_of_whole_units_leaves_stays_in_the_balance(self):
        self.setup_other_currency("HUF", rates=[("2026-01-01", 400.0)])
        part = self.transaction(1_000_045, id="txn_2", currency="HUF")
        payout = self.book(
            self.payout(1_000_000, part, currency="HUF"),
            self.left(1_000_000, currency="HUF"),
            part,
        )
        self.assertRecordValues(
            payout, [{"booking": "booked", "amount": 10000, "carried": 0.45}]
        )

    def test_rule_15_a_whole_unit_more_does_not_tie_out(self):
        self.setup_other_currency("HUF", rates=[("2026-01-01", 400.0)])
        part = self.transaction(1_000_100, id="txn_2", currency="HUF")
        events = self.apply(
            self.stripe,
            part,
            self.left(1_000_000, currency="HUF"),
            self.payout(1_000_000, part, currency="HUF"),
        )
        self.assert_held(events[2], "payout_does_not_tie_out")

    # ------------------------------------------------------------------
    # RULE 24
    # ------------------------------------------------------------------

    def test_rule_24_payout_in_another_currency_than_the_companys(self):
        self.setup_other_currency("EUR", rates=[("2026-01-01", 1 / 1.1)])
        part = self.transaction(10000, id="txn_2", currency="EUR")
        payout = self.book(
            self.payout(10000, part, currency="EUR"),
            self.left(10000, currency="EUR"),
            part,
        )
        self.assertEqual(
            self.entries(payout.move_id), [("CLR", 0, 110), ("TRN", 110, 0)]
        )
        lines = payout.move_id.line_ids.sorted("balance")
        self.assertEqual(lines.mapped("amount_currency"), [-100, 100])
        self.assertEqual(lines.currency_id.mapped("name"), ["EUR"])

    def test_rule_24_a_return_has_the_value_that_it_left_with(self):
        self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.1), ("2026-02-12", 1 / 1.2)]
        )
        part = self.transaction(10000, id="txn_2", currency="EUR")
        given = {"currency": "EUR"}
        payout = self.book(
            self.failed(10000, part, **given),
            part,
            self.left(10000, **given),
            self.came_back(10000, **given),
        )
        self.assertEqual(
            self.entries(payout.failure_move_id), [("CLR", 110, 0), ("TRN", 0, 110)]
        )

    def test_rule_24_paid_out_in_another_currency_than_the_balance(self):
        self.setup_other_currency("EUR", rates=[("2026-01-01", 1 / 1.1)])
        part = self.transaction(10000, id="txn_2", currency="EUR")
        payout = self.book(
            replace(self.payout(10000, part, currency="EUR"), amount=self.money(10850)),
            part,
            self.left(10000, currency="EUR"),
        )
        self.assertEqual(
            self.entries(payout.move_id), [("CLR", 0, 108.5), ("TRN", 108.5, 0)]
        )
        cleared = self.item_on(payout.move_id, self.clearing)
        self.assertEqual(
            (cleared.currency_id.name, cleared.amount_currency), ("EUR", -100)
        )

    def test_rule_24_without_a_rate_it_is_held(self):
        self.setup_other_currency("EUR", rates=[("2026-03-01", 0.9)])
        event = self.apply(
            self.stripe,
            self.left(10000, currency="EUR"),
            self.manual(10000, currency="EUR"),
        )[1]
        self.assert_held(event, "rate_missing")
        self.assertEqual(self.linked("payout", "po_1").booking, "held")

    # ------------------------------------------------------------------
    # ORDER
    # ------------------------------------------------------------------

    def test_invariant_1_the_same_again_changes_nothing(self):
        payout = self.booked()
        entry = payout.move_id
        for status in ("in_transit", "paid"):
            again = self.payout(11622, self.charge, status=status)
            self.assert_done(self.apply(self.stripe, again))
        self.assertEqual((payout.move_id, payout.status), (entry, "paid"))
        self.assertEqual(self.balance(self.transit), 116.22)
        self.assertEqual(self.env["q2c.payout"].search_count([]), 1)

    def test_rule_5_it_waits_for_its_transactions(self):
        payout = self.payout(11622, self.charge)
        event = self.apply(self.stripe, payout)
        self.assertEqual(
            (event.state, event.waiting_for),
            ("waiting", "balance_transaction:txn_po_1"),
        )
        self.assertFalse(self.linked("payout", "po_1"))
        self.assert_done(self.apply(self.stripe, self.left(11622)))
        self.assertEqual(self.book(payout).booking, "booked")

    def test_rule_5_a_payout_brings_its_transactions_without_asking_for_them(self):
        """Its payments come later."""
        content = self.content()
        asked = []
        self.patch(type(self), "_answer", lambda _self, refs: asked.extend(refs) or {})
        kept = envelope_of_object("payout", content)
        ids = self.env["q2c.event"]._store(self.stripe, [kept], "poll")
        event = self.env["q2c.event"].browse(ids)
        self.env["q2c.processor"]._process(self.stripe, event)
        self.assert_done(event)
        self.assertFalse(asked)
        payout = self.linked("payout", "po_9")
        self.assertRecordValues(
            payout,
            [{"transaction_count": 3, "net": 30, "booking": "booked"}],
        )
        self.assertEqual(self.linked("balance_transaction", "txn_c0").unbooked, 10)

    def content(self):
        code, moment = self.code.lower(), int(LEFT.timestamp())
        listed = [
            {
                "id": name,
                "object": "balance_transaction",
                "amount": amount,
                "fee": 0,
                "net": amount,
                "currency": code,
                "created": moment,
                "reporting_category": category,
                "source": f"x_{name}",
            }
            for name, amount, category in (
                ("txn_po_9", -3000, "payout"),
                *((f"txn_c{number}", 1000, "charge") for number in range(3)),
            )
        ]
        return {
            "id": "po_9",
            "object": "payout",
            "amount": 3000,
            "currency": code,
            "automatic": True,
            "status": "paid",
            "created": moment,
            "arrival_date": moment,
            "reconciliation_status": "completed",
            "balance_transaction": listed[0],
            "balance_transactions": listed,
            "metadata": {},
        }

    def test_changed_amounts_are_held(self):
        self.booked()
        event = self.apply(self.stripe, self.payout(11600, self.charge))
        self.assert_held(event, "payout_changed")

    # ------------------------------------------------------------------
    # HOLDS
    # ------------------------------------------------------------------

    def test_rule_26_locked_period_is_held_and_retry_books_it(self):
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        late = datetime(2026, 3, 2, tzinfo=timezone.utc)
        told = self.payout(11622, self.charge)
        event = self.apply(self.stripe, self.left(11622), told)[1]
        self.assert_held(event, "period_locked")
        self.company.fiscalyear_lock_date = False
        self.assert_done(self.apply(self.stripe, told, occurred_at=late))
        self.assertEqual(self.linked("payout", "po_1").booking, "booked")

    def test_rule_26_a_return_in_a_locked_period_is_held(self):
        payout = self.booked()
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        event = self.apply(
            self.stripe, self.came_back(11622), self.failed(11622, self.charge)
        )[1]
        self.assert_held(event, "period_locked")
        self.assertRecordValues(payout, [{"status": "failed", "booking": "held"}])

    def test_without_a_transit_account_it_is_held(self):
        self.stripe.transit_account_id = False
        event = self.apply(
            self.stripe, self.left(11622), self.payout(11622, self.charge)
        )[1]
        self.assert_held(event, "no_transit_account")

    # ------------------------------------------------------------------
    # SET-BASED
    # ------------------------------------------------------------------

    def test_queries_do_not_grow_with_the_transactions_of_a_payout(self):
        few, many = self.count_queries(2, "a"), self.count_queries(200, "b")
        self.assertLessEqual(many, few + 12)

    def count_queries(self, size, name):
        parts = [self.transaction(100, id=f"txn_{name}{n}") for n in range(size)]
        self.assert_done(
            self.apply(self.stripe, *parts, self.left(100 * size, id=f"po_{name}"))
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.book(self.payout(100 * size, *parts, id=f"po_{name}"))
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def test_set_up_accounting_creates_bank_in_transit_once(self):
        account = self.stripe.transit_account_id
        self.assertRecordValues(
            account,
            [
                {
                    "name": "Stripe Bank in Transit",
                    "account_type": "asset_current",
                    "reconcile": True,
                }
            ],
        )
        self.stripe._set_up_accounting()
        self.assertEqual(self.stripe.transit_account_id, account)

    def test_without_it_the_connection_is_not_complete(self):
        self.stripe.transit_account_id = False
        with self.assertRaisesRegex(UserError, "lacks journals or accounts"):
            self.stripe._check_billing_complete()
