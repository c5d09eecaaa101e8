# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 22: disputed funds leave the clearing account, and come back or are lost."""

from datetime import date, datetime, timedelta, timezone

from odoo.tests import new_test_user, tagged

from ..providers.stripe.envelope import envelope_of_event
from ..providers.stripe.version import API_VERSION
from .common_billing import BillingCase

DUE = datetime(2026, 2, 27, 23, 59, tzinfo=timezone.utc)


class DisputeCase(BillingCase):
    """Invoice in_1 of 120, paid by pi_1."""

    def setUp(self):
        super().setUp()
        self.assert_done(
            self.apply(
                self.stripe,
                self.invoice(self.line(10000, tax=2000, id="il_1")),
                self.transaction(12000, 378),
                self.payment(12000, "in_1", balance_transaction_id="txn_1"),
            )
        )
        self.bill = self.linked("invoice", "in_1")
        self.paid = self.linked("payment", "pi_1")
        self.disputed = self.stripe.dispute_account_id
        self.day = date(2026, 2, 12)

    def moved(self, amount, fee=0, day=None, **values):
        """A balance transaction of a dispute; each a day after the last."""
        self.day = day or self.day + timedelta(days=1)
        self.count = getattr(self, "count", 0) + 1
        return self.transaction(
            amount,
            fee,
            **{
                "id": f"txn_d{self.count}",
                "category": "dispute" if amount < 0 else "dispute_reversal",
                "source_id": "dp_1",
                "created": datetime(
                    self.day.year, self.day.month, self.day.day, tzinfo=timezone.utc
                ),
                **values,
            },
        )

    def tell(self, status, *moved, **values):
        """The dispute, with all that has been moved for it."""
        document = self.dispute(status, *moved, **values)
        events = self.apply(self.stripe, *moved, document)
        self.assert_done(events)
        return self.linked("dispute", document.id)

    def account_balances(self):
        return {
            name: self.balance(account)
            for name, account in (
                ("CLR", self.clearing),
                ("DSP", self.disputed),
                ("FEE", self.stripe.fee_account_id),
                ("LOSS", self.stripe.chargeback_account_id),
                ("AR", self.receivable),
            )
        }

    def assert_balances(self, **expected):
        found = self.account_balances()
        self.assertEqual({name: found[name] for name in expected}, expected)

    def messages(self, record):
        return "".join(record.message_ids.mapped("body"))


@tagged("post_install", "-at_install")
class TestApplyDispute(DisputeCase):
    # ------------------------------------------------------------------
    # THE LEDGER
    # ------------------------------------------------------------------

    def test_ledger_inquiry_is_nothing(self):
        dispute = self.tell("warning_needs_response")
        self.assertFalse(dispute.move_ids)
        self.assertRecordValues(
            dispute,
            [
                {
                    "name": "dp_1",
                    "state": "inquiry",
                    "amount": 120,
                    "withdrawn": 0,
                    "payment_id": self.paid.id,
                    "partner_id": self.customer.id,
                    "invoice_ids": self.bill.ids,
                    "reason": "Fraudulent",
                    "opened_on": date(2026, 2, 12),
                }
            ],
        )
        self.assert_balances(CLR=116.22, DSP=0)

    def test_ledger_funds_withdrawn_120_fee_15(self):
        withdrawn = self.moved(-12000, 1500)
        dispute = self.tell("needs_response", withdrawn)
        mirror = self.linked("balance_transaction", withdrawn.id)
        self.assertEqual(
            self.entries(mirror.move_id), [("CLR", 0, 120), ("DSP", 120, 0)]
        )
        self.assertEqual(
            self.entries(mirror.fee_move_id), [("CLR", 0, 15), ("FEE", 15, 0)]
        )
        self.assertRecordValues(
            mirror.move_id,
            [
                {
                    "state": "posted",
                    "date": date(2026, 2, 13),
                    "ref": withdrawn.id,
                    "q2c_dispute_id": dispute.id,
                }
            ],
        )
        self.assertEqual((mirror.is_booked, mirror.unbooked), (True, 0))
        self.assertEqual(
            (dispute.state, dispute.withdrawn, dispute.fee), ("open", 120, 15)
        )
        # The invoice stays paid, flagged.
        self.assertEqual((self.bill.payment_state, self.paid.state), ("paid", "paid"))
        self.assertEqual(self.bill.q2c_dispute_state, "open")
        self.assertEqual(self.paid.q2c_dispute_state, "open")
        self.assertIn("dp_1", self.messages(self.bill))
        self.assert_balances(CLR=116.22 - 135, DSP=120, FEE=18.78)

    def test_ledger_dispute_won(self):
        withdrawn, back = self.moved(-12000, 1500), self.moved(12000, -1500)
        self.tell("needs_response", withdrawn)
        dispute = self.tell("won", withdrawn, back)
        self.assert_balances(CLR=116.22, DSP=0, FEE=3.78, LOSS=0)
        self.assertEqual((dispute.state, dispute.withdrawn, dispute.fee), ("won", 0, 0))
        self.assertEqual(self.bill.q2c_dispute_state, "won")
        self.assertTrue(all(self.disputed_items().mapped("reconciled")))

    def disputed_items(self):
        return self.env["account.move.line"].search(
            [("account_id", "=", self.disputed.id), ("parent_state", "=", "posted")]
        )

    def test_ledger_dispute_won_where_the_fee_is_kept(self):
        withdrawn, back = self.moved(-12000, 1500), self.moved(12000)
        self.tell("won", withdrawn, back)
        self.assert_balances(CLR=101.22, DSP=0, FEE=18.78)

    def test_ledger_dispute_lost_is_written_off(self):
        withdrawn = self.moved(-12000, 1500)
        self.tell("needs_response", withdrawn)
        dispute = self.tell("lost", withdrawn)
        loss = dispute.loss_move_ids
        self.assertEqual(self.entries(loss), [("DSP", 0, 120), ("LOSS", 120, 0)])
        self.assert_balances(DSP=0, LOSS=120, AR=0)
        self.assertEqual(self.bill.payment_state, "paid")
        self.assertEqual(self.bill.q2c_dispute_state, "lost")
        self.assertTrue(all(self.disputed_items().mapped("reconciled")))
        # On the day of the decision.
        self.assertEqual(loss.date, date(2026, 3, 1))

    def test_ledger_dispute_lost_with_a_credit_note(self):
        self.stripe.dispute_loss_policy = "credit_note"
        dispute = self.tell("lost", self.moved(-12000, 1500))
        claim = dispute.loss_move_ids
        self.assertEqual(self.entries(claim), [("AR", 120, 0), ("DSP", 0, 120)])
        note = dispute.move_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((note.state, note.amount_total), ("draft", 120))
        self.assertEqual((note.amount_untaxed, note.amount_tax), (100, 20))
        self.assertIn("was lost", self.messages(note))
        self.assert_balances(DSP=0, LOSS=0, AR=120)
        case = self.env["q2c.exception"].search([("category", "=", "dispute")])
        self.assertEqual(
            (case.code, case.state, case.res_id),
            ("dispute_credit_proposed", "open", note.id),
        )
        note.action_post()
        self.assertEqual(case.state, "resolved")
        self.assertEqual(
            self.entries(note), [("AR", 0, 120), ("REV", 100, 0), ("TAX", 20, 0)]
        )
        self.assertEqual(note.amount_residual, 0)
        self.assert_balances(AR=0)
        self.assertEqual(self.bill.payment_state, "paid")

    # ------------------------------------------------------------------
    # RULE 22
    # ------------------------------------------------------------------

    def test_rule_22_a_lost_one_that_is_owed_again_waits_for_its_payment(self):
        self.stripe.dispute_loss_policy = "credit_note"
        withdrawn = self.moved(-12000, 1500)
        lost = self.dispute("lost", withdrawn, payment_id="pi_2")
        event = self.apply(self.stripe, withdrawn, lost)[1]
        self.assertEqual((event.state, event.waiting_for), ("waiting", "payment:pi_2"))
        paid = self.payment(12000, id="pi_2")
        self.assert_done(self.apply(self.stripe, paid, lost))
        claim = self.linked("dispute", "dp_1").loss_move_ids
        self.assertEqual(self.entries(claim), [("AR", 120, 0), ("DSP", 0, 120)])

    def test_rule_22_dispute_won_reinstates_the_funds_later(self):
        """It is won before the money is back."""
        withdrawn = self.moved(-12000, 1500)
        self.tell("won", withdrawn)
        self.assert_balances(DSP=120)
        self.tell("won", withdrawn, self.moved(12000))
        self.assert_balances(DSP=0, LOSS=0)

    def test_rule_22_a_part_of_the_payment_is_disputed(self):
        withdrawn = self.moved(-5000, 1500)
        dispute = self.tell("lost", withdrawn, amount=5000)
        self.assertEqual((dispute.amount, dispute.withdrawn), (50, 50))
        self.assert_balances(DSP=0, LOSS=50)

    def test_rule_22_several_disputes_of_one_payment(self):
        first = self.moved(-5000, 1500)
        second = self.moved(-3000, 1500, source_id="dp_2")
        one = self.tell("needs_response", first, amount=5000)
        two = self.tell("lost", second, id="dp_2", amount=3000)
        self.assertNotEqual(one, two)
        self.assertEqual(self.paid.q2c_dispute_ids, one + two)
        self.assertEqual(self.paid.q2c_dispute_state, "open")
        self.assert_balances(DSP=50, LOSS=30)

    def test_rule_22_an_inquiry_is_escalated(self):
        inquiry = self.tell("warning_needs_response")
        self.tell("warning_under_review")
        dispute = self.tell("needs_response", self.moved(-12000, 1500))
        self.assertEqual(dispute, inquiry)
        self.assertEqual(dispute.state, "open")
        self.assert_balances(DSP=120)

    def test_rule_22_an_inquiry_is_closed(self):
        self.tell("warning_needs_response")
        dispute = self.tell("warning_closed")
        self.assertEqual((dispute.state, len(dispute.move_ids)), ("closed", 0))

    def test_rule_22_withdrawn_twice(self):
        first, second = self.moved(-12000, 1500), self.moved(-500)
        self.tell("needs_response", first)
        self.tell("lost", first, second)
        self.assert_balances(DSP=0, LOSS=125)
        # And once more after it was lost.
        third = self.moved(-300)
        dispute = self.tell("lost", first, second, third)
        self.assertEqual(len(dispute.loss_move_ids), 2)
        self.assert_balances(DSP=0, LOSS=128)

    def test_rule_22_lost_after_it_was_won(self):
        first, back = self.moved(-12000, 1500), self.moved(12000)
        self.tell("won", first, back)
        dispute = self.tell("lost", first, back, self.moved(-12000))
        self.assertEqual(dispute.state, "lost")
        self.assert_balances(DSP=0, LOSS=120)

    def test_rule_22_won_after_it_was_lost(self):
        """An appeal."""
        first = self.moved(-12000, 1500)
        lost = self.tell("lost", first).loss_move_ids
        self.tell("appeal_under_review", first)
        self.assert_balances(DSP=120, LOSS=0)
        self.assertEqual(lost.state, "posted")
        self.assertEqual(lost.reversal_move_ids.state, "posted")
        dispute = self.tell("won", first, self.moved(12000))
        self.assertFalse(dispute.loss_move_ids)
        self.assert_balances(DSP=0, LOSS=0)

    def test_rule_22_won_after_it_was_lost_withdraws_the_credit_note(self):
        self.stripe.dispute_loss_policy = "credit_note"
        first = self.moved(-12000, 1500)
        dispute = self.tell("lost", first)
        self.tell("won", first, self.moved(12000))
        case = self.env["q2c.exception"].search([("category", "=", "dispute")])
        self.assertEqual(case.state, "resolved")
        self.assertFalse(
            dispute.move_ids.filtered(lambda move: move.move_type == "out_refund")
        )
        self.assert_balances(DSP=0, AR=0)
        self.assertEqual(self.bill.payment_state, "paid")

    def test_rule_22_won_after_the_credit_note_was_posted_is_said(self):
        self.stripe.dispute_loss_policy = "credit_note"
        first = self.moved(-12000, 1500)
        dispute = self.tell("lost", first)
        note = dispute.move_ids.filtered(lambda move: move.move_type == "out_refund")
        note.action_post()
        self.tell("won", first, self.moved(12000))
        self.assertIn(note.name, self.messages(dispute))
        case = self.env["q2c.exception"].search([("category", "=", "dispute")])
        self.assertEqual((case.code, case.state), ("dispute_credit_stands", "open"))
        self.assertEqual(note.amount_residual, 120)
        self.assert_balances(DSP=0, AR=-120)
        note._reverse_moves(cancel=True)
        self.assertEqual(case.state, "resolved")

    def test_rule_22_refund_of_a_disputed_payment(self):
        """Of 120, 50 are disputed and lost, 24 refunded with a credit note."""
        self.tell("lost", self.moved(-5000, 1500), amount=5000)
        note = self.credit_note(
            self.line(2000, tax=400, price_id="", invoice_line_id="il_1"),
            refunds=[("re_1", 2400)],
        )
        back = self.transaction(-2400, id="txn_re_1", category="refund")
        self.assert_done(self.apply(self.stripe, back, self.refund(2400), note))
        self.assert_balances(DSP=0, LOSS=50, AR=0, CLR=116.22 - 65 - 24)

    def test_rule_22_refunded_inquiry_closes(self):
        self.tell("warning_needs_response")
        back = self.transaction(-12000, id="txn_re_1", category="refund")
        self.assert_done(self.apply(self.stripe, back, self.refund(12000)))
        dispute = self.tell("charge_refunded")
        self.assertEqual((dispute.state, len(dispute.move_ids)), ("closed", 0))
        self.assert_balances(CLR=-3.78, DSP=0)

    def test_rule_22_a_prevented_dispute_is_nothing(self):
        self.assertEqual(self.tell("prevented").state, "closed")
        self.assert_balances(CLR=116.22, DSP=0)

    # ------------------------------------------------------------------
    # ANOTHER CURRENCY
    # ------------------------------------------------------------------

    def euros(self):
        """Invoice in_2 of EUR 100 at 1.10, paid by pi_2, settled as USD 108."""
        self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.1), ("2026-02-02", 1 / 1.05)]
        )
        line = self.line(10000, rate="", code="EUR")
        invoice = self.invoice(line, id="in_2", currency="EUR", number="INV-2")
        settled = self.transaction(10800, 350, id="txn_2", source_id="ch_2")
        payment = self.payment(
            10000,
            "in_2",
            id="pi_2",
            currency="EUR",
            balance_transaction_id="txn_2",
        )
        self.assert_done(self.apply(self.stripe, invoice))
        self.assert_done(self.apply(self.stripe, settled, payment))
        return {"amount": 10000, "currency": "EUR", "payment_id": "pi_2"}

    def test_rule_24_won_at_another_rate_is_an_exchange_difference(self):
        values = self.euros()
        withdrawn, back = self.moved(-10700, 1500), self.moved(10900)
        dispute = self.tell("won", withdrawn, back, **values)
        self.assert_balances(DSP=0, LOSS=0)
        gain = self.balance(self.company.income_currency_exchange_account_id)
        loss = self.balance(self.company.expense_currency_exchange_account_id)
        # The payment of 110 came as 108.
        self.assertEqual(round(gain + loss, 2), -2 + 2)
        self.assertEqual((dispute.amount, dispute.currency_id.name), (100, "EUR"))
        self.assertEqual(dispute.settlement_currency_id, self.company.currency_id)

    def test_rule_24_lost_at_another_rate_with_a_credit_note(self):
        values = self.euros()
        self.stripe.dispute_loss_policy = "credit_note"
        dispute = self.tell("lost", self.moved(-10700, 1500), **values)
        claim = dispute.loss_move_ids
        self.assertEqual(self.entries(claim), [("AR", 107, 0), ("DSP", 0, 107)])
        owed = claim.line_ids.filtered("debit")
        self.assertEqual((owed.amount_currency, owed.currency_id.name), (100, "EUR"))
        note = dispute.move_ids.filtered(lambda move: move.move_type == "out_refund")
        note.action_post()
        self.assertEqual((note.amount_residual, owed.reconciled), (0, True))
        self.assert_balances(DSP=0, AR=0)

    def test_rule_24_settled_in_a_foreign_currency(self):
        """Withdrawn at 1.05, reinstated at 1.20."""
        euro = self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.05), ("2026-02-14", 1 / 1.2)]
        )
        withdrawn = self.moved(-10000, currency="EUR")
        back = self.moved(10000, currency="EUR")
        self.tell("needs_response", withdrawn, currency="EUR", amount=10000)
        self.assert_balances(DSP=105)
        self.assertEqual(self.disputed_items().currency_id, euro)
        self.tell("won", withdrawn, back, currency="EUR", amount=10000)
        self.assert_balances(DSP=0)
        self.assertTrue(all(self.disputed_items().mapped("reconciled")))

    def test_rule_24_lost_in_a_foreign_currency_is_what_was_withdrawn(self):
        self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.05), ("2026-02-20", 1 / 1.2)]
        )
        withdrawn = self.moved(-10000, currency="EUR")
        self.tell("lost", withdrawn, currency="EUR", amount=10000)
        self.assert_balances(DSP=0, LOSS=105)

    # ------------------------------------------------------------------
    # ORDER AND REPETITION
    # ------------------------------------------------------------------

    def test_invariant_1_the_same_again_changes_nothing(self):
        withdrawn = self.moved(-12000, 1500)
        dispute = self.tell("lost", withdrawn)
        moves = dispute.move_ids
        again = self.tell("lost", withdrawn, reason="general")
        self.assertEqual((again, again.move_ids), (dispute, moves))
        self.assert_balances(DSP=0, LOSS=120)

    def test_rule_5_the_end_comes_first(self):
        """All at once, the movements last."""
        withdrawn, back = self.moved(-12000, 1500), self.moved(12000)
        document = self.dispute("won", withdrawn, back)
        events = self.apply(self.stripe, document, back, withdrawn)
        self.assert_done(events)
        self.assert_balances(DSP=0, CLR=101.22)

    def test_it_is_there_while_it_waits_for_its_movements(self):
        withdrawn = self.moved(-12000, 1500)
        event = self.apply(self.stripe, self.dispute("needs_response", withdrawn))
        self.assertEqual(
            (event.state, event.waiting_for),
            ("waiting", f"balance_transaction:{withdrawn.id}"),
        )
        self.assertEqual(self.linked("dispute", "dp_1").state, "open")
        self.tell("needs_response", withdrawn)
        self.assert_balances(DSP=120)

    def test_it_is_there_while_it_waits_for_its_payment(self):
        document = self.dispute("warning_needs_response", payment_id="pi_9")
        event = self.apply(self.stripe, document)
        self.assertEqual(event.waiting_for, "payment:pi_9")
        dispute = self.linked("dispute", "dp_1")
        self.assertFalse(dispute.payment_id)
        self.assert_done(self.apply(self.stripe, self.payment(100, id="pi_9")))
        self.assert_done(self.apply(self.stripe, document))
        self.assertEqual(dispute.payment_id.payment_reference, "pi_9")

    def test_an_event_of_stripe_brings_its_movements(self):
        """Nothing else is asked of Stripe."""
        code = self.code.lower()
        withdrawn = {
            "id": "txn_d1",
            "object": "balance_transaction",
            "amount": -12000,
            "fee": 1500,
            "net": -13500,
            "currency": code,
            "created": 1770940800,
            "description": "Chargeback withdrawal for ch_1",
            "reporting_category": "dispute",
            "source": "dp_1",
        }
        event = {
            "id": "evt_1",
            "object": "event",
            "api_version": API_VERSION,
            "created": 1770940800,
            "type": "charge.dispute.funds_withdrawn",
            "data": {
                "object": {
                    "id": "dp_1",
                    "object": "dispute",
                    "amount": 12000,
                    "balance_transactions": [withdrawn],
                    "charge": "ch_1",
                    "created": 1770940800,
                    "currency": code,
                    "evidence_details": {"due_by": 1771718399},
                    "payment_intent": "pi_1",
                    "reason": "fraudulent",
                    "status": "needs_response",
                }
            },
        }
        asked = []
        self.patch(type(self), "_answer", lambda _self, refs: asked.extend(refs) or {})
        ids = self.env["q2c.event"]._store(
            self.stripe, [envelope_of_event(event)], "webhook"
        )
        row = self.env["q2c.event"].browse(ids)
        self.env["q2c.processor"]._process(self.stripe, row)
        self.assert_done(row)
        self.assertFalse(asked)
        dispute = self.linked("dispute", "dp_1")
        self.assertEqual(
            (dispute.state, dispute.withdrawn, dispute.fee), ("open", 120, 15)
        )
        self.assert_balances(CLR=116.22 - 135, DSP=120, FEE=18.78)

    # ------------------------------------------------------------------
    # HOLDS
    # ------------------------------------------------------------------

    def hold(self, reason, status="needs_response"):
        withdrawn = self.moved(-12000)
        self.assert_done(self.apply(self.stripe, withdrawn))
        event = self.apply(self.stripe, self.dispute(status, withdrawn))
        self.assert_held(event, reason)
        self.assertEqual(self.linked("dispute", "dp_1").status, status)
        return withdrawn

    def test_without_an_account_of_disputed_funds_it_is_held(self):
        self.stripe.dispute_account_id = False
        withdrawn = self.hold("no_dispute_account")
        self.assertEqual(
            self.linked("balance_transaction", withdrawn.id).unbooked, -120
        )
        self.stripe.dispute_account_id = self.disputed
        self.tell("needs_response", withdrawn)
        self.assert_balances(DSP=120)

    def test_without_a_loss_account_it_is_held(self):
        account = self.stripe.chargeback_account_id
        self.stripe.chargeback_account_id = False
        withdrawn = self.hold("no_chargeback_account", "lost")
        self.assert_balances(DSP=120)
        self.stripe.chargeback_account_id = account
        self.tell("lost", withdrawn)
        self.assert_balances(DSP=0, LOSS=120)

    def test_rule_26_locked_period_is_held(self):
        withdrawn = self.moved(-12000)
        self.assert_done(self.apply(self.stripe, withdrawn))
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        event = self.apply(self.stripe, self.dispute("needs_response", withdrawn))
        self.assert_held(event, "period_locked")

    def test_won_for_less_than_was_withdrawn_is_held(self):
        withdrawn, back = self.moved(-12000), self.moved(10000)
        document = self.dispute("won", withdrawn, back)
        event = self.apply(self.stripe, withdrawn, back, document)[2]
        self.assert_held(event, "dispute_difference")
        self.assert_balances(DSP=20)

    # ------------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------------

    def test_somebody_is_reminded_of_the_evidence(self):
        user = new_test_user(
            self.env,
            "disputes_clerk",
            groups="base.group_user,quote_to_cash.group_user",
        )
        self.stripe.dispute_user_id = user
        dispute = self.tell("needs_response", self.moved(-12000))
        self.assertRecordValues(
            dispute.activity_ids,
            [{"user_id": user.id, "date_deadline": date(2026, 2, 27)}],
        )
        self.tell("needs_response", respond_by=DUE + timedelta(days=3))
        self.assertEqual(dispute.activity_ids.date_deadline, date(2026, 3, 2))
        self.tell("under_review")
        self.assertFalse(dispute.activity_ids)

    def test_disputed_documents_are_found(self):
        self.tell("needs_response", self.moved(-12000))
        domain = [("q2c_dispute_ids.state", "=", "open")]
        self.assertEqual(self.env["account.move"].search(domain), self.bill)
        self.assertEqual(self.env["account.payment"].search(domain), self.paid)
        action = self.bill.action_q2c_view_disputes()
        self.assertEqual(action["res_model"], "q2c.dispute")

    def test_the_books_balance(self):
        withdrawn, back = self.moved(-12000, 1500), self.moved(12000, -1500)
        self.tell("needs_response", withdrawn)
        self.tell("won", withdrawn, back)
        self.tell("lost", self.moved(-100, 1500), id="dp_2", amount=100)
        told = self.env["q2c.balance.transaction"].search([])
        self.assertEqual(self.balance(self.clearing), round(sum(told.mapped("net")), 2))
        self.assertFalse(sum(told.mapped("unbooked")))
