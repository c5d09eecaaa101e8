# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is compared of each kind of object: ``q2c.comparison.<kind>``."""

from datetime import datetime, time, timedelta

from odoo import models
from odoo.fields import Domain

from ...canonical import Money
from ..applier.payment import BOOKED, TAKEN_BACK
from ..sync.tie_out import minor_units
from .figure import Figure

DRAFT = "draft"


class Comparison(models.AbstractModel):
    """Base of the comparisons. An addon that brings a provider or a kind adds its own;
    what has none is not compared."""

    _name = "q2c.comparison"
    _description = "Comparison"

    # Name of the model whose records are linked to the objects.
    _target = None

    def _told(self, connection, document):
        """What ``document`` counts for by the provider: a Figure, or None."""
        return None if document.deleted else Figure()

    def _booked(self, connection, record):
        """What ``record`` counts for in Odoo: a Figure, or None."""
        return Figure()

    def _dated(self, document):
        """The UTC date that ``document`` belongs to, None where it has none."""
        return None

    def _period_domain(self, since, until):
        """The records that count in a period of UTC dates, both included. None: it is
        not asked which of them the provider does not know."""
        return None


class CustomerComparison(models.AbstractModel):
    _name = "q2c.comparison.customer"
    _inherit = "q2c.comparison"
    _description = "Comparison of Customers"

    _target = "res.partner"


class SubscriptionComparison(models.AbstractModel):
    _name = "q2c.comparison.subscription"
    _inherit = "q2c.comparison"
    _description = "Comparison of Subscriptions"

    _target = "q2c.subscription"

    def _dated(self, document):
        return document.started_at and document.started_at.date()


class InvoiceComparison(models.AbstractModel):
    _name = "q2c.comparison.invoice"
    _inherit = "q2c.comparison"
    _description = "Comparison of Invoices"

    _target = "account.move"

    def _told(self, connection, document):
        """A draft may still change; what is void is taken back in the books."""
        nothing = document.status in ("draft", "void") or not document.lines
        return None if nothing or document.deleted else Figure(document.total)

    def _booked(self, connection, record):
        if record.state == "cancel" or record.q2c_status == "void":
            return None
        code = record.currency_id.name
        sign = -1 if self._is_negative(record) else 1
        amount = Money(sign * minor_units(record.amount_total, code), code)
        is_late = record.state == "draft" and connection.invoice_posting == "post"
        return Figure(amount, note=DRAFT if is_late else "")

    def _is_negative(self, record):
        return record.move_type == "out_refund"

    def _dated(self, document):
        return document.issued_on

    def _period_domain(self, since, until):
        return Domain("invoice_date", ">=", since) & Domain("invoice_date", "<=", until)


class CreditNoteComparison(models.AbstractModel):
    _name = "q2c.comparison.credit_note"
    _inherit = "q2c.comparison.invoice"
    _description = "Comparison of Credit Notes"

    def _is_negative(self, record):
        return record.move_type != "out_refund"


class PaymentComparison(models.AbstractModel):
    _name = "q2c.comparison.payment"
    _inherit = "q2c.comparison"
    _description = "Comparison of Payments"

    _target = "account.payment"

    def _told(self, connection, document):
        elsewhere = document.out_of_band and not connection.out_of_band_journal_id
        nothing = document.status != "succeeded" or not document.amount or elsewhere
        return None if nothing else Figure(document.amount)

    def _booked(self, connection, record):
        """What the bank returned stays a payment, with an entry against it."""
        if record.state not in BOOKED or record.q2c_return_move_id:
            return None
        code = record.currency_id.name
        return Figure(Money(minor_units(record.amount, code), code))

    def _dated(self, document):
        return document.paid_at and document.paid_at.date()

    def _period_domain(self, since, until):
        return Domain("date", ">=", since) & Domain("date", "<=", until)


class RefundComparison(models.AbstractModel):
    _name = "q2c.comparison.refund"
    _inherit = "q2c.comparison.payment"
    _description = "Comparison of Refunds"

    def _told(self, connection, document):
        """Rule 21: without a balance transaction no money has moved."""
        failed = document.status in ("failed", "canceled")
        if failed or not document.balance_transaction_id or not document.amount:
            return None
        return Figure(document.amount)

    def _dated(self, document):
        return document.created and document.created.date()


class BalanceTransactionComparison(models.AbstractModel):
    """By what the balance changes: the fee is a part of it."""

    _name = "q2c.comparison.balance_transaction"
    _inherit = "q2c.comparison"
    _description = "Comparison of Balance Transactions"

    _target = "q2c.balance.transaction"

    def _told(self, connection, document):
        return Figure(document.net)

    def _booked(self, connection, record):
        code = record.currency_id.name
        return Figure(Money(minor_units(record.net, code), code))

    def _dated(self, document):
        return document.created and document.created.date()

    def _period_domain(self, since, until):
        begin = Domain("created", ">=", datetime.combine(since, time.min))
        return begin & Domain(
            "created", "<", datetime.combine(until, time.min) + timedelta(days=1)
        )


class DisputeComparison(models.AbstractModel):
    _name = "q2c.comparison.dispute"
    _inherit = "q2c.comparison"
    _description = "Comparison of Disputes"

    _target = "q2c.dispute"

    def _told(self, connection, document):
        return Figure(document.amount)

    def _booked(self, connection, record):
        code = record.currency_id.name
        return Figure(Money(minor_units(record.amount, code), code))

    def _dated(self, document):
        return document.created and document.created.date()


class PayoutComparison(models.AbstractModel):
    """What failed came back to the balance."""

    _name = "q2c.comparison.payout"
    _inherit = "q2c.comparison"
    _description = "Comparison of Payouts"

    _target = "q2c.payout"

    def _told(self, connection, document):
        gone = document.status in TAKEN_BACK
        return None if gone else Figure(document.amount)

    def _booked(self, connection, record):
        if record.status in TAKEN_BACK:
            return None
        code = record.currency_id.name
        return Figure(Money(minor_units(record.amount, code), code))

    def _dated(self, document):
        return document.created and document.created.date()
