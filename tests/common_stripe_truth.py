# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the books must say of a ``StripeAccount``, from its objects alone. All amounts
are integers in minor units; sums are {(what, currency): amount}, without zeros."""

from collections import Counter


class StripeTruth:
    """``reopens``: what is refunded without a credit note is owed again. ``claims``:
    what a dispute lost is owed again. Else finance decides about both."""

    def __init__(self, account, reopens=False, claims=False):
        self.account = account
        self.reopens = reopens
        self.claims = claims
        self.invoices = [
            invoice for invoice in account.all("invoice") if invoice["status"] != "void"
        ]
        self.intents = account.all("payment_intent")
        self.notes = [
            note for note in account.all("credit_note") if note["status"] == "issued"
        ]
        self.refunds = account.all("refund")
        self.disputes = account.all("dispute")
        self.payouts = account.all("payout")

    def books(self):
        sums = Counter()
        for place, rows in (
            ("clearing", self._clearing()),
            ("fees", self._fees()),
            ("transit", self._transit()),
            ("disputed", self._taken_by("needs_response")),
            ("lost", () if self.claims else self._taken_by("lost")),
            ("credit", self.account.customer_balance.items()),
            ("receivable", self._receivable()),
        ):
            for currency, amount in rows:
                sums[place, currency.upper()] += amount
        return {key: amount for key, amount in sums.items() if amount}

    # ------------------------------------------------------------------
    # STRIPE'S BALANCE
    # ------------------------------------------------------------------

    def _clearing(self):
        """A payout is not booked before Stripe tells what it is made of."""
        awaited = {
            payout["balance_transaction"]["id"]
            for payout in self.payouts
            if payout["reconciliation_status"] == "in_progress"
        }
        for moved in self.account.all("balance_transaction"):
            if moved["id"] not in awaited:
                yield moved["currency"], moved["net"]

    def _fees(self):
        for moved in self.account.all("balance_transaction"):
            yield moved["currency"], moved["fee"]

    def _transit(self):
        for payout in self.payouts:
            if payout["status"] == "paid":
                yield payout["currency"], payout["amount"]

    def _taken_by(self, status):
        """What disputes of ``status`` have taken out of the balance."""
        for dispute in self.disputes:
            if dispute["status"] == status:
                for moved in dispute["balance_transactions"]:
                    yield moved["currency"], -moved["amount"]

    def paid_out(self):
        """Ids of the balance transactions of payouts that Stripe can explain."""
        return {
            moved["id"]
            for payout in self.payouts
            for moved in payout.get("balance_transactions", ())
        }

    # ------------------------------------------------------------------
    # WHAT CUSTOMERS OWE
    # ------------------------------------------------------------------

    def _receivable(self):
        for invoice in self.invoices:
            yield invoice["currency"], self.owed(invoice)
        for intent in self.intents:
            yield intent["currency"], -self.on_account(intent)
        for note in self.notes:
            yield note["currency"], -self.owing(note)
        for refund in self.refunds:
            yield refund["currency"], self.unexplained(refund)
        for dispute in self.disputes:
            if self.claims and dispute["status"] == "lost":
                yield dispute["currency"], dispute["amount"]

    def owed(self, invoice):
        """Stripe keeps an invoice paid whose debit was returned."""
        returned = sum(
            paid["amount_paid"]
            for intent in self.intents
            if is_returned(intent)
            for paid in intent["invoice_payments"]
            if paid["invoice"] == invoice["id"]
        )
        return invoice["amount_remaining"] + returned

    def on_account(self, intent):
        """What of a payment pays no invoice."""
        paid = sum(part["amount_paid"] for part in intent["invoice_payments"])
        return 0 if is_returned(intent) else intent["amount"] - paid

    def owing(self, note):
        """What of a credit note the customer did not get: it is given outside of
        Stripe, or its refund failed."""
        failed = {each["id"] for each in self.refunds if each["status"] == "failed"}
        return note["out_of_band_amount"] + sum(
            part["amount_refunded"]
            for part in note["refunds"]
            if part["refund"] in failed
        )

    def unexplained(self, refund):
        """What of a refund that was made no credit note accounts for."""
        if refund["status"] == "failed":
            return 0
        return refund["amount"] - sum(
            part["amount_refunded"]
            for note in self.notes
            for part in note["refunds"]
            if part["refund"] == refund["id"]
        )


def is_returned(intent):
    return intent["status"] != "succeeded"


def figures(document):
    """(untaxed, {rate: tax}, total) of an invoice or a credit note."""
    taxes = {
        tax["tax_rate_details"]["tax_rate"]: tax["amount"]
        for tax in document["total_taxes"]
        if tax["amount"]
    }
    return document["total_excluding_tax"], taxes, document["total"]
