# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether the accounts come to what Stripe says, customer by customer and currency by
currency."""

from collections import Counter

from .compare import compared, without_zeros
from .sides import Sides
from .stripe_books import credits_used, figures

RECEIVABLE = "account.account_type = 'asset_receivable'"
# Disputes that are over, or in which no money moved.
ENDED = ("won", "lost", "warning_closed")


class Balances(Sides):
    """Each check returns what differs, a sentence each."""

    def clearing(self):
        """The clearing account of each currency is Stripe's balance, but for payments
        that are held."""
        held = self.stripe.charges.keys() - self.charges.keys()
        balance = Counter()
        for key, row in self.stripe.transactions.items():
            if ("balance_transaction", key) not in self.odoo.failed:
                moved = -row["fee"] if row["source"] in held else row["net"]
                balance[row["currency"].upper()] += moved
        booked = self.odoo.balances(self.accounts["clearing"])
        return compared("clears", without_zeros(balance), booked)

    def in_transit(self):
        """What was paid out and did not come back, and what was topped up, waits for
        the bank statement."""
        told = Counter()
        for key, row in self.stripe.payouts.items():
            if row["status"] != "failed" and ("payout", key) not in self.odoo.failed:
                told[row["currency"].upper()] += row["amount"]
        for row in self.stripe.transactions.values():
            if row["reporting_category"] == "topup":
                told[row["currency"].upper()] -= row["amount"]
        booked = self.odoo.balances(self.accounts["transit"])
        return compared("in transit", without_zeros(told), booked)

    def disputed(self):
        """Funds that were withdrawn wait apart until the dispute is decided."""
        told = self._withdrawn(lambda dispute: dispute["status"] not in ENDED)
        booked = self.odoo.balances(self.accounts["disputed"])
        return compared("disputed", told, booked)

    def chargebacks(self):
        """What was lost is an expense."""
        told = self._withdrawn(lambda dispute: dispute["status"] == "lost")
        booked = self.odoo.balances(self.accounts["chargebacks"])
        return compared("charged back", told, booked)

    def _withdrawn(self, chosen):
        """{currency: what the chosen disputes have taken from the balance}"""
        found = Counter()
        for dispute in self.stripe.disputes.values():
            for row in dispute["balance_transactions"] if chosen(dispute) else ():
                found[row["currency"].upper()] -= row["amount"]
        return without_zeros(found)

    def bad_debts(self):
        """What was given up is written off."""
        told = Counter()
        for invoice in self.invoices.values():
            if invoice["status"] == "uncollectible":
                told[invoice["currency"].upper()] += invoice["amount_remaining"]
        booked = self.odoo.balances(self.accounts["bad_debts"])
        return compared("bad debts", without_zeros(told), booked)

    def fees(self):
        """What Stripe kept is an expense, currency by currency."""
        fees = Counter()
        for key, row in self.stripe.transactions.items():
            if ("balance_transaction", key) not in self.odoo.failed:
                own = -row["amount"] if row["reporting_category"] == "fee" else 0
                fees[row["currency"].upper()] += row["fee"] + own
        booked = self.odoo.balances(self.accounts["fees"])
        return compared("fees", without_zeros(fees), booked)

    def receivables(self):
        """Each customer owes what Stripe says is owed. Who paid twice has it on
        account."""
        owing = Counter()
        for key, invoice in self.invoices.items():
            owing[_account(invoice)] += self.owed(key)
            if key in self.paid_in_odoo:
                owing[_account(invoice)] -= invoice["amount_due"]
        return compared("owes", without_zeros(owing), self.odoo.customers(RECEIVABLE))

    def credits(self):
        """Each customer is owed the credit that Stripe keeps."""
        told = {
            _account({**row, "customer": key}): row["balance"]
            for key, row in self.stripe.customers.items()
            if row["balance"]
        }
        condition = f"line.account_id = {int(self.accounts['credit'])}"
        return compared("is owed", told, self.odoo.customers(condition))

    def sold_credits(self):
        """Billing credits that were sold are owed until an invoice that is not void
        uses them."""
        told = Counter()
        for grant in self.stripe.sold_credits.values():
            monetary = grant["amount"]["monetary"]
            told[monetary["currency"].upper()] -= monetary["value"]
        for invoice in self.invoices.values():
            if invoice["status"] != "void":
                told[invoice["currency"].upper()] += self._sold_and_used(invoice)
        booked = self.odoo.balances(self.accounts["sold_credit"])
        return compared("owes sold credits of", without_zeros(told), booked)

    def _sold_and_used(self, invoice):
        used = credits_used(invoice).items()
        return sum(amount for use, amount in used if use not in self.gifts)

    def months(self):
        """Untaxed and total of each month and currency, whenever it came here."""
        told = _by_month(
            figures(invoice)
            for key, invoice in self.invoices.items()
            if key in self.odoo.invoices
        )
        booked = _by_month(
            {**row, "date": row["booked_on"]} for row in self.odoo.invoices.values()
        )
        return compared("has (untaxed, total)", told, booked)


def _account(row):
    return row["customer"], row["currency"].upper()


def _by_month(rows):
    sums = {}
    for row in rows:
        key = (row["date"].strftime("%Y-%m"), row["currency"])
        untaxed, total = sums.get(key, (0, 0))
        sums[key] = (untaxed + row["untaxed"], total + row["total"])
    return sums
