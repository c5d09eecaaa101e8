# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The clearing proof: the clearing account is Stripe's balance, but for what is listed,
to the cent."""

from datetime import date, datetime, timezone

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..canonical import Balance, Hold, Money, Ref, Retry
from ..providers.stripe.translate import translate
from .common_payouts import LEFT, PayoutCase

TODAY = date(2026, 3, 1)
PAID = date(2026, 2, 2)


@tagged("post_install", "-at_install")
class TestClearingProof(PayoutCase):
    """``held``: what Stripe says that it holds, in minor units; ``moved``: what it
    lists."""

    def setUp(self):
        super().setUp()
        self.held, self.moved, self.asked = {}, [], []
        provider = self.registry["q2c.provider.stripe"]
        self.patch(provider, "_balance", lambda _self, _connection: self._held())
        self.patch(provider, "_balance_transactions", self._listed)
        self.patch(fields.Date, "today", lambda *_args: TODAY)
        self.stripe.sync_from = datetime(2026, 1, 1)
        invoice = self.invoice(self.line(10000, tax=2000), number="N-in_1")
        self.charge = self.transaction(12000, 378)
        self.paid = self.payment(12000, "in_1", balance_transaction_id="txn_1")
        self.assert_done(self.apply(self.stripe, invoice))

    def _held(self):
        if isinstance(self.held, Exception):
            raise self.held
        return {
            code: Balance(Money(amount, code), Money(0, code))
            for code, amount in self.held.items()
        }

    def _listed(self, _connection, since, until):
        self.asked.append((since, until))
        return iter(self.moved)

    def received(self):
        """A charge of 120 with its fee, booked."""
        self.assert_done(self.apply(self.stripe, self.charge, self.paid))

    def content(self, id, net, code=None, moment=LEFT):
        return {
            "id": id,
            "object": "balance_transaction",
            "amount": net,
            "fee": 0,
            "net": net,
            "currency": (code or self.code).lower(),
            "created": int(moment.timestamp()),
            "reporting_category": "charge",
            "source": f"ch_{id}",
        }

    def prove(self, day=TODAY, **held):
        """The proof in dollars; ``held``: what Stripe says, by currency."""
        self.held = held or self.held
        proofs = self.env["q2c.clearing.proof"]._prove(self.stripe, day)
        return proofs.filtered(lambda p: p.currency_id == self.company.currency_id)

    def items(self, proof):
        return [(line.kind, line.amount) for line in proof.line_ids]

    def assert_explained(self, proof, *items):
        """To the cent, by these (kind, amount)."""
        self.assertEqual(self.items(proof), list(items))
        self.assertRecordValues(proof, [{"state": "explained", "unexplained": 0}])
        self.assertEqual(
            round(sum(proof.line_ids.mapped("amount")), 2), proof.difference
        )

    def stranger(self, amount, day=PAID):
        """An entry on the clearing account that Stripe knows nothing of."""
        other = self.company_data["default_account_expense"]
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.stripe.payment_journal_id.id,
                "date": day,
                "ref": "By hand",
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": sign * amount})
                    for sign, account in ((1, self.clearing), (-1, other))
                ],
            }
        )
        move.action_post()
        return move

    # ------------------------------------------------------------------
    # PROVEN
    # ------------------------------------------------------------------

    def test_proof_books_are_stripes_balance(self):
        self.received()
        proof = self.prove(USD=11622)
        self.assertRecordValues(
            proof,
            [
                {
                    "state": "proven",
                    "book_balance": 116.22,
                    "mirrored": 116.22,
                    "reported": 116.22,
                    "provider_balance": 116.22,
                    "difference": 0,
                    "unexplained": 0,
                    "is_checked": True,
                    "account_id": self.clearing.id,
                    "name": "Stripe USD 2026-03-01",
                }
            ],
        )
        self.assertFalse(proof.line_ids)
        self.assertFalse(self.asked)

    def test_proof_after_a_payout(self):
        self.received()
        self.assert_done(
            self.apply(self.stripe, self.left(11622), self.payout(11622, self.charge))
        )
        proof = self.prove(USD=0)
        self.assertEqual((proof.state, proof.book_balance), ("proven", 0))

    def test_proof_of_any_day(self):
        self.received()
        self.assert_done(
            self.apply(self.stripe, self.left(11622), self.payout(11622, self.charge))
        )
        for day, balance in (
            (date(2026, 2, 1), None),
            (PAID, 116.22),
            (date(2026, 2, 10), 116.22),
            (LEFT.date(), 0),
        ):
            proof = self.prove(day)
            with self.subTest(day=day):
                if balance is None:
                    self.assertFalse(proof)
                    continue
                self.assertEqual(
                    (proof.state, proof.book_balance, proof.is_checked),
                    ("proven", balance, False),
                )
                self.assertIn("today's balance only", proof.note)

    def test_proof_each_currency_for_itself(self):
        self.received()
        self.setup_other_currency("EUR", rates=[("2026-01-01", 1 / 1.1)])
        fee = self.transaction(-1000, id="txn_e", category="fee", currency="EUR")
        self.assert_done(self.apply(self.stripe, fee))
        proofs = self.env["q2c.clearing.proof"]
        self.held = {"USD": 11622, "EUR": -1000}
        proofs = proofs._prove(self.stripe, TODAY)
        self.assertEqual(
            sorted((p.currency_id.name, p.book_balance, p.state) for p in proofs),
            [("EUR", -10, "proven"), ("USD", 116.22, "proven")],
        )

    def test_proof_history_is_kept(self):
        self.received()
        first, second = self.prove(USD=11622), self.prove(USD=11622)
        self.assertNotEqual(first, second)
        again = first.action_prove_again()
        self.assertEqual(self.env["q2c.clearing.proof"].search_count([]), 3)
        self.assertNotIn(again["res_id"], (first + second).ids)

    # ------------------------------------------------------------------
    # EXPLAINED
    # ------------------------------------------------------------------

    def test_proof_lists_transactions_received_and_not_yet_booked(self):
        self.assert_done(self.apply(self.stripe, self.charge))
        proof = self.prove(USD=11622)
        self.assert_explained(proof, ("transit", -120))
        self.assertEqual((proof.book_balance, proof.difference), (-3.78, -120))
        self.assertEqual(proof.line_ids.transaction_id.name, "txn_1")

    def test_proof_lists_held_documents_with_their_event(self):
        self.company.fiscalyear_lock_date = PAID
        events = self.apply(self.stripe, self.charge, self.paid)
        self.assert_held(events[0], "period_locked")
        proof = self.prove(USD=11622)
        self.assert_explained(proof, ("held", -116.22))
        self.assertIn("locked", proof.line_ids.reason)

    def test_proof_names_the_event_that_an_item_waits_for(self):
        self.assert_done(self.apply(self.stripe, self.charge))
        unknown = self.payment(12000, "in_2", balance_transaction_id="txn_1")
        event = self.apply(self.stripe, unknown)
        event.payload = '{"latest_charge": "ch_1"}'
        proof = self.prove(USD=11622)
        self.assert_explained(proof, ("transit", -120))
        self.assertEqual(proof.line_ids.event_id, event)
        self.assertEqual(proof.line_ids.reason, "The invoice in_2 is not here yet.")
        event._fail(Hold("no_customer", "It names no customer.", "Skip it."))
        self.assert_explained(self.prove(), ("held", -120))
        self.assertEqual(self.prove().line_ids.action_open()["res_id"], event.id)

    def test_proof_lists_payouts_created_but_not_yet_booked(self):
        self.received()
        waiting = self.payout(11622, reconciliation="in_progress", status="pending")
        self.assert_done(self.apply(self.stripe, self.left(11622), waiting))
        proof = self.prove(USD=0)
        self.assert_explained(proof, ("payout", 116.22))
        self.assertEqual(proof.line_ids.payout_id, self.linked("payout", "po_1"))

    def test_proof_lists_a_payout_that_does_not_tie_out(self):
        self.received()
        self.apply(self.stripe, self.left(11700), self.payout(11700, self.charge))
        proof = self.prove(USD=-78)
        self.assert_explained(proof, ("payout", 117))
        self.assertIn("the difference is -0.78", proof.line_ids.reason)

    def test_proof_lists_entries_that_no_transaction_explains(self):
        self.received()
        move = self.stranger(5)
        proof = self.prove(USD=11622)
        self.assert_explained(proof, ("stranger", 5))
        self.assertEqual(proof.line_ids.move_id, move)
        self.assertIn("By hand", proof.line_ids.label)

    def test_proof_lists_what_is_booked_on_another_day(self):
        """Charged on the first, but paid, in Odoo, on the second; and a fee that a
        locked period moved."""
        self.received()
        entry = self.linked("payment", "pi_1").move_id
        early = self.transaction(500, id="txn_2", category="fee")
        self.assert_done(self.apply(self.stripe, early))
        mirror = self.linked("balance_transaction", "txn_2")
        mirror.created = datetime(2026, 2, 5)
        self.linked("balance_transaction", "txn_1").created = datetime(2026, 2, 1)
        first = self.prove(date(2026, 2, 1))
        self.assert_explained(first, ("later", -116.22))
        second = self.prove(PAID)
        self.assert_explained(second, ("earlier", 5))
        self.assertEqual(second.book_balance, 121.22)
        self.assertEqual(entry.date, PAID)

    def test_proof_a_payment_that_was_taken_back(self):
        """It came on the second and went on the eleventh."""
        self.received()
        back = self.transaction(
            -12000, id="txn_2", category="charge_failure", created=LEFT
        )
        failed = self.payment(
            12000,
            "in_1",
            status="failed",
            balance_transaction_id="txn_1",
            failure_transaction_id="txn_2",
        )
        self.assert_done(self.apply(self.stripe, back, failed))
        for day, balance in ((TODAY, -3.78), (date(2026, 2, 5), 116.22)):
            proof = self.prove(day, USD=-378)
            self.assertEqual((proof.state, proof.book_balance), ("proven", balance))

    # ------------------------------------------------------------------
    # WHAT NEVER CAME
    # ------------------------------------------------------------------

    def test_proof_lists_what_stripe_has_and_never_came(self):
        self.received()
        self.prove(USD=11622)
        self.moved = [self.content("txn_9", 2500), self.content("txn_1", 11622)]
        proof = self.prove(USD=14122)
        self.assert_explained(proof, ("missing", -25))
        self.assertEqual((proof.line_ids.label, proof.missing_count), ("txn_9", 1))
        self.assertEqual(proof.provider_balance, 141.22)

    def test_proof_receive_missing_brings_it(self):
        self.received()
        self.prove(USD=11622)
        content = self.content("txn_9", 2500)
        self.moved = [content]
        proof = self.prove(USD=14122)
        self.remote[Ref("balance_transaction", "txn_9")] = content
        proof.action_receive()
        event = self.env["q2c.event"].search([("object_id", "=", "txn_9")])
        self.assertEqual((event.kind, event.state), ("balance_transaction", "queued"))
        self.env["q2c.processor"]._process(self.stripe, event)
        self.assert_done(event)
        self.assert_explained(self.prove(), ("transit", -25))

    def test_proof_does_not_list_on_once_the_gap_is_closed(self):
        self.received()
        self.prove(USD=11622)
        pulled = []

        def listed():
            for number in range(1000):
                pulled.append(number)
                yield self.content(f"txn_m{number}", 100 if number < 3 else 0)

        self.moved = listed()
        proof = self.prove(USD=11922)
        self.assertEqual((len(pulled), proof.unexplained), (100, 0))

    def test_proof_what_nobody_can_explain_is_critical(self):
        self.received()
        self.prove(USD=11622)
        proof = self.prove(USD=11600)
        self.assertRecordValues(
            proof,
            [{"state": "unexplained", "difference": 0.22, "unexplained": 0.22}],
        )
        case = self.env["q2c.exception"].search([("code", "=", "clearing_unexplained")])
        self.assertEqual(
            (case.severity, case.state, case.res_id), ("critical", "open", proof.id)
        )
        self.prove(USD=11622)
        self.assertEqual(case.state, "resolved")

    def test_proof_an_entry_of_another_amount_explains_nothing(self):
        self.received()
        mirror = self.linked("balance_transaction", "txn_1")
        mirror.fee_move_id = self.stranger(-5)
        proof = self.prove(USD=11622)
        self.assertEqual(self.items(proof), [("mismatch", -1.22), ("stranger", -3.78)])
        self.assertRecordValues(proof, [{"state": "unexplained", "unexplained": -1.22}])

    # ------------------------------------------------------------------
    # THE BEGINNING
    # ------------------------------------------------------------------

    def begun(self):
        """Stripe held 500.00 before the connection began."""
        self.received()
        self.moved = [self.content("txn_1", 11622)]
        return self.prove(USD=61622)

    def test_proof_what_stripe_held_at_the_beginning_is_told_once(self):
        proof = self.begun()
        opening = self.stripe.opening_ids
        self.assertRecordValues(
            opening, [{"amount": 500, "date": self.stripe.sync_from}]
        )
        self.assert_explained(proof, ("opening", -500))
        self.assertEqual(proof.opening_balance, 500)
        later = self.prove(USD=61622)
        self.assertEqual((self.stripe.opening_ids, later.unexplained), (opening, 0))
        self.assertEqual(self.prove(USD=61623).unexplained, -0.01)

    def test_proof_the_opening_entry_closes_it(self):
        self.begun()
        self.stripe.opening_ids.move_id = self.stranger(500, date(2026, 1, 1))
        proof = self.prove(USD=61622)
        self.assertEqual((proof.state, proof.book_balance), ("proven", 616.22))

    def test_proof_what_moved_the_balance_before_is_in_the_opening(self):
        self.begun()
        old = self.transaction(
            4000, id="txn_0", created=datetime(2025, 12, 1, tzinfo=timezone.utc)
        )
        self.assert_done(self.apply(self.stripe, old))
        proof = self.prove(USD=61622)
        self.assert_explained(proof, ("opening", -500))
        self.assertEqual(proof.mirrored, 116.22)

    def test_proof_imported_history_takes_the_place_of_the_opening(self):
        self.begun()
        self.stripe.sync_from = datetime(2025, 11, 1)
        old = self.transaction(
            4000, id="txn_0", created=datetime(2025, 12, 1, tzinfo=timezone.utc)
        )
        self.assert_done(self.apply(self.stripe, old))
        proof = self.prove(USD=61622)
        self.assert_explained(proof, ("transit", -40), ("opening", -460))
        self.assertEqual((proof.opening_balance, proof.mirrored), (460, 156.22))
        self.assertRecordValues(self.stripe.opening_ids, [{"amount": 500, "held": 460}])

    # ------------------------------------------------------------------
    # WHEN STRIPE DOES NOT ANSWER
    # ------------------------------------------------------------------

    def test_proof_without_an_answer_says_so(self):
        self.received()
        self.held = Retry("timeout", "Stripe did not answer.")
        proof = self.prove()
        self.assertRecordValues(
            proof,
            [
                {
                    "state": "proven",
                    "is_checked": False,
                    "note": "Stripe did not answer.",
                }
            ],
        )

    def test_proof_a_paused_connection_is_not_asked(self):
        self.received()
        self.stripe.state = "paused"
        self.held = AssertionError("Stripe was asked")
        proof = self.prove()
        self.assertFalse(proof.is_checked)
        self.assertIn("not active", proof.note)

    def test_proof_is_for_connections_that_bill(self):
        both = self.stripe + self.salesforce
        self.received()
        self.held = {"USD": 11622}
        proofs = self.env["q2c.clearing.proof"]._prove(both, TODAY)
        self.assertEqual(proofs.connection_id, self.stripe)

    # ------------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------------

    def role(self, group):
        return new_test_user(
            self.env,
            f"q2c_proof_{group}",
            groups=f"base.group_user,quote_to_cash.{group}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_finance_proves_and_users_read(self):
        self.received()
        self.held = {"USD": 11622}
        finance, user = self.role("group_finance"), self.role("group_user")
        opened = self.env["q2c.clearing.proof"].with_user(finance).action_prove()
        wizard = self.env[opened["res_model"]].with_user(finance).create({})
        self.assertEqual(wizard.connection_ids, self.stripe)
        proof = self.env["q2c.clearing.proof"].browse(wizard.action_prove()["res_id"])
        self.assertEqual(proof.with_user(user).read(["state"])[0]["state"], "proven")
        self.assertEqual(proof.create_uid, finance)
        with self.assertRaisesRegex(UserError, "Only finance"):
            self.stripe.with_user(user).action_prove_clearing()
        with self.assertRaises(AccessError):
            proof.with_user(finance).write({"mirrored": 1})
        opened = self.stripe.with_user(finance).action_prove_clearing()
        self.assertTrue(opened["res_id"])

    def test_it_is_printed(self):
        self.begun()
        self.stranger(5)
        proof = self.prove(USD=61622)
        report = "quote_to_cash.q2c_clearing_proof_report"
        html = self.env["ir.actions.report"]._render_qweb_html(report, proof.ids)[0]
        # With what keeps the sign and the number together.
        text = html.decode().replace("\ufeff", "")
        for expected in ("Stripe USD 2026-03-01", "By hand", "-500.00", "616.22"):
            self.assertIn(expected, text)

    # ------------------------------------------------------------------
    # SET-BASED
    # ------------------------------------------------------------------

    def count_queries(self, size, name):
        parts = [self.transaction(100, id=f"txn_{name}{n}") for n in range(size)]
        self.assert_done(self.apply(self.stripe, *parts))
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.prove(date(2026, 2, 20))
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_items(self):
        few = self.count_queries(2, "a")
        self.assertLessEqual(self.count_queries(100, "b"), few + 5)

    def test_a_balance_transaction_is_read_as_the_provider_lists_it(self):
        listed = translate("balance_transaction", self.content("txn_9", 2500))
        self.assertEqual(listed.net, Money(2500, self.code))
