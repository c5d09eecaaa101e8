# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The proof sheet says of every figure whether the books and the provider agree."""

from datetime import date

from odoo.tests import new_test_user, tagged

from ..canonical import Envelope
from ..models.sync import tie_out
from .common import NOW
from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestProof(BillingCase):
    def done(self, *documents):
        events = self.apply(self.stripe, *documents)
        self.assert_done(events)
        return events

    def bill(self, *lines, **values):
        document = self.invoice(*(lines or [self.line(10000, tax=2000)]), **values)
        self.done(document)
        return self.linked("invoice", document.id)

    def rows(self, record, figure=None):
        """The sheet of a move or a payment as another request would read it."""
        record.invalidate_recordset(["q2c_proof_ids"])
        self.env["q2c.proof"].invalidate_model()
        return record.q2c_proof_ids.filtered(lambda r: figure in (None, r.figure))

    def sheet(self, record):
        """{figure: (told, booked, state)}."""
        return {
            row.tax_id.name or row.figure: (row.told, row.booked, row.state)
            for row in self.rows(record)
        }

    def queue(self, state="queued", **values):
        """An event about the customer that nobody has worked on."""
        envelope = Envelope(
            external_id="evt_open",
            type="charge.succeeded",
            kind="payment",
            object_id="pi_9",
            partition="cus_1",
            occurred_at=NOW,
            payload="{}",
        )
        ids = self.env["q2c.event"]._store(self.stripe, [envelope], "webhook")
        event = self.env["q2c.event"].browse(ids)
        event.write({"state": state, **values})
        return event

    # ------------------------------------------------------------------
    # INVOICES
    # ------------------------------------------------------------------

    def test_rule_17_every_figure_of_an_invoice_is_proven(self):
        move = self.bill()
        self.assertEqual(
            self.sheet(move),
            {
                "untaxed": (100, 100, "tied"),
                "20 %": (20, 20, "tied"),
                "total": (120, 120, "tied"),
                "paid": (0, 0, "tied"),
                "remaining": (120, 120, "tied"),
            },
        )

    def test_sheet_says_the_same_as_the_check_before_posting(self):
        """Two ways to read the same items: by the ORM, and in the database."""
        self.bill(id="in_1")
        self.bill(
            self.line(-3500, tax=-700),
            self.line(1000, tax=200),
            id="in_2",
            ending_balance=self.money(-3000),
            remaining=self.money(0),
        )
        self.bill(self.line(1000, tax=167, rate="txr_in"), id="in_3")
        self.bill(self.line(12345, rate="", discount=345), id="in_4")
        self.done(
            self.credit_note(self.line(2000, tax=400, invoice_line_id="il_1")),
            self.invoice(self.line(10000, tax=2000), remaining=self.money(9600)),
        )
        moves = self.env["account.move"].search([("q2c_figures", "!=", False)])
        self.assertEqual(len(moves), 5)
        for move in moves:
            found = tie_out.of_move(move)
            sheet = {
                (row.figure, row.tax_id.id): tie_out.minor_units(row.booked, self.code)
                for row in self.rows(move)
                if row.figure in ("untaxed", "total", "tax")
            }
            taxes = {("tax", int(tax)): a for tax, a in found["taxes"].items()}
            expected = {
                ("untaxed", False): found["untaxed"],
                ("total", False): found["total"],
                **taxes,
            }
            self.assertEqual(sheet, expected)
            self.assertEqual(set(self.rows(move).mapped("state")), {"tied"})

    def test_paid_before_the_payment_is_here_is_in_transit(self):
        move = self.bill(status="paid")
        self.assertEqual(self.sheet(move)["paid"], (120, 0, "differs"))
        self.queue()
        self.assertEqual(self.sheet(move)["paid"], (120, 0, "transit"))
        self.assertEqual(self.sheet(move)["remaining"], (0, 120, "transit"))
        self.assertEqual(self.sheet(move)["total"], (120, 120, "tied"))
        self.done(self.payment(12000, "in_1"))
        self.assertEqual(self.sheet(move)["paid"], (120, 120, "tied"))
        self.assertEqual(self.sheet(move)["remaining"], (0, 0, "tied"))

    def test_paid_here_before_the_invoice_is_known_as_paid(self):
        move = self.bill()
        self.done(self.payment(12000, "in_1"))
        self.assertEqual(self.sheet(move)["remaining"], (120, 0, "differs"))
        self.done(self.invoice(self.line(10000, tax=2000), status="paid"))
        self.assertEqual(self.sheet(move)["remaining"], (0, 0, "tied"))

    def test_rule_30_what_was_held_explains_the_difference(self):
        move = self.bill(status="paid")
        self.queue("failed", message="The payment pi_9 was held.")
        row = self.rows(move, "paid")
        self.assertEqual(
            (row.state, row.note), ("differs", "The payment pi_9 was held.")
        )

    def test_rule_19_what_came_from_the_balance(self):
        credit = self.stripe.customer_credit_account_id
        self.assertTrue(credit)
        move = self.bill(
            starting_balance=self.money(-2400),
            ending_balance=self.money(0),
            remaining=self.money(9600),
        )
        self.assertEqual(self.sheet(move)["from_balance"], (24, 24, "tied"))
        self.assertEqual(self.sheet(move)["remaining"], (96, 96, "tied"))
        self.assertEqual(self.sheet(move)["paid"], (0, 0, "tied"))

    def test_credit_note_before_payment(self):
        move = self.bill()
        self.done(
            self.credit_note(self.line(2000, tax=400, invoice_line_id="il_1")),
            self.invoice(self.line(10000, tax=2000), remaining=self.money(9600)),
        )
        note = self.linked("credit_note", "cn_1")
        self.assertEqual(self.sheet(move)["remaining"], (96, 96, "tied"))
        self.assertEqual(
            self.sheet(note),
            {
                "untaxed": (-20, -20, "tied"),
                "20 %": (-4, -4, "tied"),
                "total": (-24, -24, "tied"),
                "remaining": (0, 0, "tied"),
            },
        )

    def test_void_remains_nothing(self):
        move = self.bill()
        self.done(self.invoice(self.line(10000, tax=2000), status="void"))
        self.assertEqual(self.sheet(move)["remaining"], (0, 0, "tied"))

    def test_refund_that_reopens_the_invoice_is_explained(self):
        self.stripe.refund_policy = "reopen"
        move = self.bill(status="paid")
        self.done(self.transaction(-12000, id="txn_re_1"), self.payment(12000, "in_1"))
        self.done(self.refund(12000))
        self.assertEqual(self.sheet(move)["remaining"], (0, 120, "explained"))
        row = self.rows(move, "remaining")
        self.assertIn("refunded", row.note)

    def test_entry_that_was_changed_by_force_differs(self):
        """No right and no button does this; the sheet shows it all the same."""
        move = self.bill()
        line = move.line_ids.filtered(lambda item: item.tax_line_id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET amount_currency = -19 WHERE id = %s",
            [line.id],
        )
        self.assertEqual(self.sheet(move)["20 %"], (20, 19, "differs"))
        found = self.env["q2c.proof"].search([("state", "=", "differs")])
        self.assertEqual((found.move_id, found.difference), (move, -1))

    def test_rule_15_units_of_the_currency(self):
        self.setup_other_currency("JPY", rates=[("2026-01-01", 150)], rounding=1)
        line = self.line(5000, tax=1000, code="JPY")
        move = self.bill(line, currency="JPY", id="in_2")
        self.assertEqual(self.sheet(move)["total"], (6000, 6000, "tied"))

    # ------------------------------------------------------------------
    # PAYMENTS
    # ------------------------------------------------------------------

    def test_payment_settlement_and_fee(self):
        self.bill()
        self.done(
            self.transaction(12000, fee=378),
            self.payment(12000, "in_1", balance_transaction_id="txn_1"),
        )
        self.assertEqual(
            self.sheet(self.linked("payment", "pi_1")),
            {
                "amount": (120, 120, "tied"),
                "settled": (120, 120, "tied"),
                "fee": (3.78, 3.78, "tied"),
            },
        )

    def test_rule_24_settlement_in_another_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 1 / 1.1)])
        self.bill(self.line(10000, tax=2000, code="EUR"), currency="EUR", id="in_2")
        self.done(
            self.transaction(12960, fee=350),
            self.payment(12000, "in_2", currency="EUR", balance_transaction_id="txn_1"),
        )
        payment = self.linked("payment", "pi_1")
        self.assertEqual(
            self.sheet(payment),
            {
                "amount": (120, 120, "tied"),
                "settled": (129.6, 129.6, "tied"),
                "fee": (3.5, 3.5, "tied"),
            },
        )
        amount = self.rows(payment, "amount")
        self.assertEqual(amount.currency_id, euro)

    def test_refund_and_its_failure(self):
        self.bill()
        self.done(self.transaction(-12000, id="txn_re_1"), self.payment(12000, "in_1"))
        self.done(self.refund(12000))
        record = self.linked("refund", "re_1")
        self.assertEqual(
            self.sheet(record),
            {"amount": (120, 120, "tied"), "settled": (120, 120, "tied")},
        )
        self.done(self.refund(12000, status="failed"))
        self.assertEqual(record.state, "rejected")
        self.assertEqual(
            self.sheet(record),
            {"amount": (0, 0, "tied"), "settled": (0, 0, "tied")},
        )

    # ------------------------------------------------------------------
    # THE LIST
    # ------------------------------------------------------------------

    def test_sheets_add_up_in_groups(self):
        for number in (1, 2):
            self.bill(id=f"in_{number}", number=f"N-{number}")
        groups = self.env["q2c.proof"]._read_group(
            [("figure", "=", "total")],
            ["kind", "date:month"],
            ["told:sum", "booked:sum", "__count"],
        )
        self.assertEqual(groups, [("invoice", date(2026, 2, 1), 240, 240, 2)])

    def test_only_the_own_companies_are_seen(self):
        move = self.bill()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        values = {"groups": "base.group_user,quote_to_cash.group_user"}
        insider = new_test_user(
            self.env,
            "q2c_in",
            company_id=self.company.id,
            **values,
            company_ids=[(6, 0, self.company.ids)],
        )
        outsider = new_test_user(
            self.env,
            "q2c_out",
            company_id=elsewhere.id,
            **values,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        domain = [("move_id", "=", move.id)]
        sheet = self.env["q2c.proof"]
        self.assertEqual(len(sheet.with_user(insider).search(domain)), 5)
        theirs = sheet.with_user(outsider).with_context(
            allowed_company_ids=elsewhere.ids
        )
        self.assertFalse(theirs.search(domain))
