# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What finance prints, as the PDF that comes out."""

from datetime import date
from io import BytesIO

from PyPDF2 import PdfReader

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import Q2CCase

ITEMS = 60


@tagged("post_install", "-at_install")
class TestPrinted(Q2CCase, HttpCase):
    def setUp(self):
        super().setUp()
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() != "ok":
            self.skipTest("no wkhtmltopdf: nothing was printed")

    def print(self, report, record):
        """How many pages a report of the addon has. Debian's program draws letters
        instead of writing them, so what is on the pages is tested as HTML."""
        # Elsewhere tests get the HTML.
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        content, kind = reports._render_qweb_pdf(f"quote_to_cash.{report}", record.ids)
        self.assertEqual(kind, "pdf")
        return len(PdfReader(BytesIO(content)).pages)

    def test_clearing_proof_of_several_pages(self):
        proof = self.env["q2c.clearing.proof"].create(
            {
                "connection_id": self.stripe.id,
                "currency_id": self.company.currency_id.id,
                "account_id": self.stripe._clearing_account().id,
                "date": date(2026, 2, 28),
                "book_balance": 1234.5,
                "mirrored": 1234.5 + 10 * ITEMS,
                "line_ids": [
                    Command.create(
                        {
                            "kind": ("transit", "held", "stranger")[number % 3],
                            "label": f"charge txn_3PqLbD2eZvKYlo2C0Ab{number:04}",
                            "date": date(2026, 2, 27),
                            "amount": -10,
                            "reason": "The invoice HALDEN-0001 (in_1PqLbD2eZvKYlo2C) "
                            "does not tie out: in Odoo the tax 20 % is 0.00 USD "
                            "instead of 2.00 USD. It was not booked.",
                        }
                    )
                    for number in range(ITEMS)
                ],
            }
        )
        self.assertEqual(proof.state, "explained")
        self.assertGreater(self.print("q2c_clearing_proof_report", proof), 2)

    def test_reconciliation_statement(self):
        currency = self.company.currency_id.id
        run = self.env["q2c.reconciliation.run"].create(
            {
                "connection_id": self.stripe.id,
                "date_from": date(2026, 2, 1),
                "date_to": date(2026, 2, 28),
                "state": "done",
                "object_count": 1200,
                "line_ids": [
                    Command.create(
                        {
                            "kind": kind,
                            "currency_id": kind != "customer" and currency,
                            "provider_count": 400,
                            "applied_count": 400 - missing,
                            "odoo_count": 400 - missing,
                            "provider_amount": 1234567.89,
                            "odoo_amount": 1234567.89 - 120 * missing,
                        }
                    )
                    for kind, missing in (
                        ("customer", 0),
                        ("invoice", ITEMS),
                        ("balance_transaction", 0),
                    )
                ],
                "difference_ids": [
                    Command.create(
                        {
                            "kind": "invoice",
                            "external_id": f"in_1PqLbD2eZvKYlo2C0Ab{number:04}",
                            "sort": "missing",
                            "currency_id": currency,
                            "provider_amount": 120,
                            "message": f"Invoice in_1PqLbD2eZvKYlo2C0Ab{number:04} "
                            "never came in: no event told of it.",
                        }
                    )
                    for number in range(ITEMS)
                ],
            }
        )
        self.assertEqual(
            run._totals_by_currency(),
            [{"currency": self.company.currency_id, "amount": 120 * ITEMS}],
        )
        self.assertGreater(self.print("q2c_reconciliation_run_report", run), 2)
