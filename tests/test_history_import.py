# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""History comes in through the inbox: seen first, in pieces, and never twice."""

from datetime import date, datetime, timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..canonical import Hold
from ..wizards import history_import_work
from .common_control import ControlCase


def on(day, month=2):
    return datetime(2026, month, day, 12, tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestHistoryImport(ControlCase):
    def setUp(self):
        super().setUp()
        self.first = self.invoice(
            self.line(10000, tax=2000), issued_on=date(2026, 2, 3)
        )
        self.second = self.invoice(
            self.line(5000, tax=1000),
            id="in_2",
            number="I-2",
            issued_on=date(2026, 3, 2),
        )
        self.paid = self.payment(12000, "in_1", paid_at=on(4))
        self.plant(self.first, created=on(3))
        self.plant(self.second, created=on(2, 3))
        self.plant(self.paid, created=on(4))

    def history(self, date_from=date(2026, 2, 1), date_to=date(2026, 3, 5)):
        return self.env["q2c.history.import"].create(
            {
                "connection_id": self.stripe.id,
                "date_from": date_from,
                "date_to": date_to,
            }
        )

    def work(self, pieces=None):
        """As the scheduled action does; what was not written is forgotten after each
        piece, as if the process had been killed."""
        imports, done = self.env["q2c.history.import"], 0
        while done != pieces and imports._work_step(self.stripe):
            self.env.flush_all()
            self.env.invalidate_all()
            done += 1

    def checked(self, **period):
        imported = self.history(**period)
        imported.action_check()
        self.work()
        return imported

    def kind_of(self, imported, kind):
        return imported.kind_ids.filtered(lambda row: row.kind == kind)

    def imported_events(self):
        return self.env["q2c.event"].search([("source", "=", "import")])

    # ------------------------------------------------------------------
    # DRY RUN
    # ------------------------------------------------------------------

    def test_the_dry_run_shows_what_would_come_in_and_writes_nothing(self):
        events = self.env["q2c.event"].search_count([])
        moves = self.env["account.move"].search_count([])
        self.assert_done(self.apply(self.stripe, self.second))
        imported = self.checked()
        self.assertEqual((imported.state, imported.progress), ("checked", 100))
        row = self.kind_of(imported, "invoice")
        self.assertEqual(
            (row.provider_count, row.known_count, row.new_count), (2, 1, 1)
        )
        self.assertEqual(imported.new_count, 2)
        self.assertEqual(
            [
                (month.month, month.kind, month.count, month.amount)
                for month in imported.month_ids
            ],
            [
                (date(2026, 2, 1), "invoice", 1, 120.0),
                (date(2026, 2, 1), "payment", 1, 120.0),
            ],
        )
        # One event and one move are those of in_2, which came in before.
        self.assertEqual(self.env["q2c.event"].search_count([]), events + 1)
        self.assertEqual(self.env["account.move"].search_count([]), moves + 1)

    def test_the_dry_run_comes_first(self):
        with self.assertRaisesRegex(UserError, "cannot be done now"):
            self.history().action_start()

    def test_another_period_needs_another_dry_run(self):
        imported = self.checked()
        imported.action_edit()
        self.assertEqual(imported.state, "draft")
        self.assertFalse(imported.month_ids)
        self.assertEqual(self.kind_of(imported, "invoice").new_count, 0)

    # ------------------------------------------------------------------
    # WHAT WOULD BE BOOKED
    # ------------------------------------------------------------------

    def foreseen(self, imported):
        """{(month, account's role, status): (debit, credit, entries)}, each journal's
        apart, sorted."""
        return sorted(
            (
                row.month,
                row.journal_id.id,
                self._role(row.account_id),
                row.move_state,
                row.debit,
                row.credit,
                row.entry_count,
            )
            for row in imported.total_ids
        )

    def booked(self, last):
        """The same of the entries behind ``last`` that are in the books."""
        moves = self.env["account.move"].search(
            [("id", ">", last), ("state", "!=", "cancel")]
        )
        lines = moves.line_ids.filtered("account_id")
        groups = {}
        for line in lines:
            key = (
                line.date.replace(day=1),
                line.journal_id.id,
                self._role(line.account_id),
                line.parent_state,
            )
            groups.setdefault(key, []).append(line)
        rounded = self.company.currency_id.round
        return sorted(
            (
                *key,
                rounded(sum(line.debit for line in share)),
                rounded(sum(line.credit for line in share)),
                len({line.move_id for line in share}),
            )
            for key, share in groups.items()
        )

    def last_entry(self):
        return self.env["account.move"].search([], order="id desc", limit=1).id or 0

    def assert_foreseen_is_booked(self, size):
        """The dry run says what the import does, in pieces of ``size``."""
        last = self.last_entry()
        with patch.object(history_import_work, "FORECAST_SIZE", size):
            imported = self.checked()
        self.assertEqual(self.last_entry(), last)
        imported.action_start()
        self.work()
        self.run_lanes()
        self.assertEqual(self.foreseen(imported), self.booked(last))
        moves = self.env["account.move"].search_count([("id", ">", last)])
        self.assertEqual(imported.entry_count, moves)
        return imported

    def test_the_dry_run_adds_up_what_would_be_booked(self):
        imported = self.checked()
        totals = [
            (month.month, *rest) for month, _journal, *rest in self.foreseen(imported)
        ]
        self.assertEqual(
            sorted(totals),
            [
                (2, "AR", "posted", 0.0, 120.0, 1),
                (2, "AR", "posted", 120.0, 0.0, 1),
                (2, "CLR", "posted", 120.0, 0.0, 1),
                (2, "REV", "posted", 0.0, 100.0, 1),
                (2, "TAX", "posted", 0.0, 20.0, 1),
                (3, "AR", "posted", 60.0, 0.0, 1),
                (3, "REV", "posted", 0.0, 50.0, 1),
                (3, "TAX", "posted", 0.0, 10.0, 1),
            ],
        )
        self.assertEqual((imported.entry_count, imported.hold_count), (3, 0))

    def plant_what_settles(self):
        """A payment with a fee, given back, and then a credit note for that."""
        charge = self.transaction(12000, fee=300, id="txn_pi", created=on(4))
        back = self.transaction(-12000, id="txn_re", category="refund", created=on(10))
        paid = self.payment(
            12000, "in_1", paid_at=on(4), balance_transaction_id="txn_pi"
        )
        refund = self.refund(12000, balance_transaction_id="txn_re", created=on(10))
        note = self.credit_note(
            self.line(10000, tax=2000),
            refunds=[("re_1", 12000)],
            issued_on=date(2026, 2, 12),
        )
        self.plant(charge, paid, created=on(4))
        self.plant(back, refund, created=on(10))
        self.plant(note, created=on(12))

    def test_documents_of_different_pieces_settle_one_another(self):
        self.plant_what_settles()
        imported = self.assert_foreseen_is_booked(size=1)
        self.assertFalse(imported.hold_ids)
        # The credit note that was proposed for the refund was not foreseen in the end.
        self.assertEqual(set(imported.total_ids.mapped("move_state")), {"posted"})

    def test_a_dependency_before_the_period_is_foreseen_once(self):
        early = self.invoice(
            self.line(8000), id="in_0", number="I-0", issued_on=date(2026, 1, 20)
        )
        self.plant(early, created=on(20, 1))
        self.plant(
            self.payment(3000, "in_0", id="pi_a", paid_at=on(5)),
            self.payment(5000, "in_0", id="pi_b", paid_at=on(6)),
            created=on(5),
        )
        imported = self.assert_foreseen_is_booked(size=1)
        january = imported.total_ids.filtered(lambda row: row.month.month == 1)
        self.assertEqual(sum(january.mapped("debit")), 80.0)

    def test_drafts_are_told_apart(self):
        self.stripe.invoice_posting = "draft"
        imported = self.assert_foreseen_is_booked(size=50)
        self.assertEqual(
            set(imported.total_ids.mapped("move_state")), {"draft", "posted"}
        )

    def test_what_would_be_held_is_told_with_an_example(self):
        for number in (3, 4):
            self.plant(
                self.invoice(
                    self.line(1000, tax=200),
                    id=f"in_{number}",
                    number=f"I-{number}",
                    total=self.money(1300),
                ),
                created=on(6),
            )
        self.plant(self.payment(1300, "in_3", id="pi_3"), created=on(7))
        with patch.object(history_import_work, "FORECAST_SIZE", 1):
            imported = self.checked()
        self.assertEqual(
            [
                (row.kind, row.state, row.reason, row.count, row.external_id)
                for row in imported.hold_ids
            ],
            [
                ("invoice", "failed", "does_not_tie_out", 2, "in_3"),
                ("payment", "waiting", "dependency", 1, "pi_3"),
            ],
        )
        held = imported.hold_ids[0]
        self.assertIn("I-3", held.message)
        self.assertTrue(held.remedy)
        self.assertEqual(imported.hold_count, 3)
        self.assertEqual(imported.entry_count, 3)

    def test_the_dry_run_leaves_no_copies(self):
        copies = self.env["q2c.history.import.object"]
        imported = self.history()
        imported.action_check()
        self.work(pieces=120)
        self.assertEqual(imported.state, "checking")
        self.assertTrue(copies.search_count([]))
        self.work()
        self.assertEqual(imported.state, "checked")
        self.assertFalse(copies.search_count([]))

    def test_a_canceled_dry_run_leaves_no_copies(self):
        imported = self.history()
        imported.action_check()
        self.work(pieces=120)
        imported.action_cancel()
        self.assertFalse(self.env["q2c.history.import.object"].search_count([]))

    def test_an_outage_in_the_forecast_foresees_nothing(self):
        """What could not be read is not held for that."""
        early = self.invoice(
            self.line(8000), id="in_0", number="I-0", issued_on=date(2026, 1, 20)
        )
        self.plant(early, created=on(20, 1))
        self.plant(self.payment(8000, "in_0", id="pi_0"), created=on(4))
        imported = self.history(date_to=date(2026, 2, 4))
        imported.action_check()
        days = 4 * (len(imported.kind_ids) + 1)
        self.work(pieces=days - 1)
        self.assertFalse(imported.total_ids)
        self.break_down()
        self.work()
        self.assertEqual(imported.state, "checking")
        self.assertIn("did not answer", imported.message)
        self.recover()
        self.work()
        self.assertEqual(imported.state, "checked")
        self.assertFalse(imported.hold_ids)
        self.assertEqual(imported.entry_count, 4)

    def test_another_dry_run_begins_anew(self):
        imported = self.checked()
        before = self.foreseen(imported)
        imported.action_edit()
        self.assertFalse(imported.total_ids)
        imported.action_check()
        self.work()
        self.assertEqual(self.foreseen(imported), before)

    # ------------------------------------------------------------------
    # FOR REAL
    # ------------------------------------------------------------------

    def test_what_is_new_goes_through_the_inbox_into_the_books(self):
        imported = self.checked()
        imported.action_start()
        self.work()
        self.assertEqual(imported.state, "done")
        self.assertEqual(imported.event_count, 3)
        event = self.imported_events()[:1]
        self.assertIn(imported.name, event.gap)
        self.run_lanes()
        self.assertEqual(self.record_of(self.first).payment_state, "paid")
        self.assertEqual(self.record_of(self.second).amount_total, 60.0)
        self.assertEqual(imported.failed_event_count, 0)

    def test_history_comes_in_the_order_of_its_days(self):
        imported = self.checked()
        imported.action_start()
        self.work()
        ids = self.imported_events().sorted("id").mapped("object_id")
        self.assertEqual(ids, ["in_1", "pi_1", "in_2"])

    def test_imported_again_nothing_is_new(self):
        for _again in range(2):
            imported = self.checked()
            imported.action_start()
            self.work()
            self.run_lanes()
        self.assertEqual(imported.new_count, 0)
        self.assertEqual(imported.event_count, 0)
        self.assertEqual(len(self.imported_events()), 3)
        self.assertEqual(self.kind_of(imported, "invoice").known_count, 2)

    def test_only_chosen_kinds_come_in(self):
        imported = self.history()
        others = imported.kind_ids.filtered(lambda row: row.kind != "invoice")
        others.included = False
        imported.action_check()
        self.work()
        self.assertEqual({kind for kind, _after in self.listed}, {"invoice"})
        imported.action_start()
        self.work()
        self.assertEqual(
            set(self.imported_events().mapped("object_id")), {"in_1", "in_2"}
        )

    # ------------------------------------------------------------------
    # KILLED, PAUSED, UNREACHABLE, TOO FAST
    # ------------------------------------------------------------------

    def test_a_killed_import_goes_on_where_it_was(self):
        self.plant(
            *(
                self.invoice(self.line(1000), id=f"in_m{n}", number=f"M-{n}")
                for n in range(5)
            ),
            created=on(5),
        )
        imported = self.checked()
        self.assertEqual(self.kind_of(imported, "invoice").new_count, 7)
        self.listed.clear()
        imported.action_start()
        self.work(pieces=30)
        self.assertEqual(imported.state, "running")
        self.assertTrue(0 < imported.progress < 100)
        place = imported.place
        while imported.state == "running":
            self.work(pieces=7)
        self.assertNotEqual(imported.place, place)
        self.assertEqual(imported.event_count, 8)
        self.assertEqual(len(self.imported_events()), 8)
        days = (imported.date_to - imported.date_from).days + 1
        # Three pages on the day of the five, one for each kind on the others.
        self.assertEqual(len(self.listed), days * len(imported.kind_ids) + 2)

    def test_paused_and_taken_up_again(self):
        imported = self.checked()
        imported.action_start()
        self.work(pieces=20)
        imported.action_pause()
        place, asked = imported.place, len(self.listed)
        self.work()
        self.assertEqual((imported.place, len(self.listed)), (place, asked))
        imported.action_start()
        self.work()
        self.assertEqual((imported.state, imported.event_count), ("done", 3))

    def test_canceled_for_good(self):
        imported = self.checked()
        imported.action_start()
        self.work(pieces=30)
        imported.action_cancel()
        asked = len(self.listed)
        self.work()
        self.assertEqual((imported.state, len(self.listed)), ("canceled", asked))
        with self.assertRaisesRegex(UserError, "has brought something in"):
            imported.action_edit()

    def test_an_outage_keeps_the_place(self):
        imported = self.checked()
        imported.action_start()
        self.work(pieces=20)
        place = imported.place
        self.break_down()
        self.work()
        self.assertEqual((imported.state, imported.place), ("running", place))
        self.assertIn("did not answer", imported.message)
        self.recover()
        self.work()
        self.assertEqual((imported.state, imported.message), ("done", False))

    def test_history_leaves_the_lanes_to_what_happens_now(self):
        imported = self.checked()
        imported.action_start()
        with patch.object(history_import_work, "MAX_OPEN", 1):
            self.work()
            self.assertEqual((imported.state, imported.event_count), ("running", 1))
            self.run_lanes()
            self.work()
            self.assertEqual(imported.event_count, 2)

    def test_invariant_6_a_kind_that_is_refused_is_left_out(self):
        self.refused["payment"] = Hold(
            "insufficient_access", "The key may not read payments.", "Edit it."
        )
        imported = self.checked()
        self.assertEqual(imported.state, "checked")
        self.assertIn("may not read payments. Edit it.", imported.notes)
        self.assertFalse(self.kind_of(imported, "payment").included)
        self.assertEqual(self.kind_of(imported, "invoice").new_count, 2)

    # ------------------------------------------------------------------
    # CLOSED PERIODS
    # ------------------------------------------------------------------

    def test_rule_26_a_closed_period_is_refused_before_anything_is_read(self):
        self.company.fiscalyear_lock_date = date(2026, 2, 15)
        imported = self.history()
        with self.assertRaisesRegex(UserError, "2026-02-16"):
            imported.action_check()
        self.assertFalse(self.listed)
        later = self.checked(date_from=date(2026, 2, 16))
        self.assertEqual(later.state, "checked")

    def test_rule_26_a_period_that_was_closed_meanwhile_is_refused(self):
        imported = self.checked()
        self.company.sale_lock_date = date(2026, 2, 15)
        with self.assertRaisesRegex(UserError, "opening balance"):
            imported.action_start()
        self.assertEqual(imported.state, "checked")

    def test_what_happens_now_is_no_history(self):
        with self.assertRaisesRegex(ValidationError, "before today"):
            self.history(date_to=fields.Date.today() + timedelta(days=1))

    # ------------------------------------------------------------------
    # THE OPENING BALANCE
    # ------------------------------------------------------------------

    def opened(self, amount=500):
        """What Stripe held when the connection began is told, and entered."""
        expense = self.company_data["default_account_expense"]
        move = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": date(2026, 3, 1),
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance})
                    for account, balance in (
                        (self.clearing, amount),
                        (expense, -amount),
                    )
                ],
            }
        )
        move.action_post()
        return self.env["q2c.clearing.opening"].create(
            {
                "connection_id": self.stripe.id,
                "currency_id": self.company.currency_id.id,
                "date": self.stripe.sync_from,
                "amount": amount,
                "move_id": move.id,
            }
        )

    def test_history_that_is_in_the_opening_balance_is_refused(self):
        self.stripe.sync_from = datetime(2026, 3, 1)
        opening = self.opened()
        imported = self.history()
        with self.assertRaisesRegex(UserError, opening.move_id.name):
            imported.action_check()
        self.checked(date_from=date(2026, 3, 1))
        opening.move_id = False
        imported.action_check()

    def test_the_beginning_of_the_connection_moves_back(self):
        self.stripe.sync_from = datetime(2026, 3, 1)
        imported = self.checked()
        self.assertEqual(self.stripe.sync_from, datetime(2026, 3, 1))
        imported.action_start()
        self.assertEqual(self.stripe.sync_from, datetime(2026, 2, 1))

    def test_invoices_alone_do_not_move_it(self):
        self.stripe.sync_from = datetime(2026, 3, 1)
        imported = self.history()
        others = imported.kind_ids.filtered(lambda row: row.kind != "invoice")
        others.included = False
        imported.action_check()
        self.work()
        imported.action_start()
        self.assertEqual(self.stripe.sync_from, datetime(2026, 3, 1))

    # ------------------------------------------------------------------
    # ROLES
    # ------------------------------------------------------------------

    def person(self, role):
        return new_test_user(
            self.env,
            f"q2c_import_{role}",
            groups=f"base.group_user,quote_to_cash.group_{role}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_finance_imports_and_users_look_on(self):
        imported = self.history().with_user(self.person("finance"))
        imported.kind_ids[0].included = False
        imported.action_check()
        self.work()
        for record, values in (
            (imported, {"date_from": date(2026, 1, 1)}),
            (imported.kind_ids[0], {"included": True}),
        ):
            with self.assertRaises(AccessError):
                record.write(values)
        imported.action_start()
        self.work()
        self.assertEqual(imported.state, "done")
        seen = imported.with_user(self.person("user"))
        self.assertEqual(seen.event_count, 3)
        with self.assertRaisesRegex(UserError, "Only operators and finance"):
            seen.action_cancel()
