# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether Stripe and Odoo's books say the same. Each check returns what differs, one
sentence each: the object, Stripe's figure, Odoo's figure."""

from .balances import Balances
from .compare import compared
from .documents import Documents
from .happened import happened
from .sides import by_intent, is_kept

COUNTED = ("invoices", "charges", "refunds", "credit_notes", "disputes", "payouts")


class Audit(Documents, Balances):
    """All checks, and those of the list of exceptions."""

    def checks(self):
        """Every comparison, as methods without arguments."""
        return (
            self.exceptions,
            self.events,
            self.on_account,
            self.documents,
            self.credit_notes,
            self.invoice_lines,
            self.residuals,
            self.payments,
            self.allocations,
            self.refunds,
            self.disputes,
            self.payouts,
            self.subscriptions,
            self.recurring,
            self.clearing,
            self.in_transit,
            self.disputed,
            self.chargebacks,
            self.bad_debts,
            self.fees,
            self.receivables,
            self.credits,
            self.sold_credits,
            self.months,
            self.unbalanced,
            self.twice,
        )

    def documents_count(self):
        """How many documents of Stripe's that money hangs on."""
        stripe = self.stripe
        return sum(len(getattr(stripe, kind)) for kind in COUNTED)

    def currencies(self):
        """Codes of what is in the books."""
        return {row["currency"] for row in self.odoo.invoices.values()}

    def happened(self):
        """{what: how often} at Stripe."""
        return happened(self.stripe)

    # ------------------------------------------------------------------
    # EXCEPTIONS
    # ------------------------------------------------------------------

    def exceptions(self):
        """The list of exceptions holds what was planted, and nothing else."""
        told = {**self.planted(), **self.planted_payments()}
        return compared("is held because of", told, self.odoo.exceptions)

    def events(self):
        """The events that failed are those of the exceptions."""
        return compared("failed because of", self.planted(), self.odoo.failed)

    def exceptions_left(self):
        """What is still held, beside money that nobody has decided about."""
        held = {**self.odoo.failed, **self.odoo.exceptions}
        return compared("is held because of", self.planted_payments(), held)

    def on_account(self):
        """Payments of what was paid into the bank before settle nothing."""
        returned = {k for k, c in by_intent(self.charges).items() if not is_kept(c)}
        booked = {
            key: row["amount"]
            for key, row in self.odoo.payments.items()
            if key not in self.odoo.settled and key not in returned
        }
        return compared("is on account with", self.paid_twice(), booked)

    # ------------------------------------------------------------------
    # SOUNDNESS
    # ------------------------------------------------------------------

    def unbalanced(self):
        """Every posted entry adds up to nothing."""
        return [str(row) for row in self.odoo.unbalanced()]

    def twice(self):
        """Nothing is posted twice."""
        return [str(row) for row in self.odoo.twice()]
