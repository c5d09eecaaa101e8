# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether each document of Stripe's is in the books as it is there."""

from .calendar import date_at
from .compare import NOTHING, compared
from .sides import Sides, by_intent, is_kept
from .stripe_books import before_tax, figures, lines

FIGURES = ("currency", "date", "untaxed", "taxes", "total")


class Documents(Sides):
    """Each check returns what differs, a sentence each."""

    def documents(self):
        """Each invoice is one posted entry of the same figures, on the same day."""
        return _same_figures(self.invoices, self.odoo.invoices)

    def credit_notes(self):
        """So is each credit note."""
        return _same_figures(self.stripe.credit_notes, self.odoo.credit_notes)

    def invoice_lines(self):
        """Each line has the same net amount."""
        told = {
            key: lines(self.invoices[key], self.gifts)
            for key in self.odoo.invoices
            if key in self.invoices
        }
        booked = {
            key: self.odoo.lines.get(row["id"], NOTHING)
            for key, row in self.odoo.invoices.items()
        }
        return compared("has the lines", told, booked)

    def residuals(self):
        """What is still owed of each invoice."""
        told = {
            key: 0 if key in self.paid_in_odoo else self.owed(key)
            for key in self.odoo.invoices
            if key in self.invoices
        }
        booked = {key: row["residual"] for key, row in self.odoo.invoices.items()}
        return compared("owes", told, booked)

    def payments(self):
        """Each charge is one payment of the same amount and day."""
        told = {
            key: self._amount_and_day(charge)
            for key, charge in by_intent(self.charges).items()
        }
        booked = {k: _booked_amount(r) for k, r in self.odoo.payments.items()}
        return compared("is a payment of", told, booked)

    def allocations(self):
        """Each payment settled the invoices that it paid at Stripe, but for what was
        paid into the bank before and what was returned."""
        told = {}
        for charge in filter(is_kept, self.charges.values()):
            parts = {
                invoice: amount
                for invoice, amount in self.paid(charge).items()
                if invoice not in self.paid_in_odoo
            }
            if parts:
                told[charge["payment_intent"]] = parts
        return compared("settled", told, self.odoo.settled)

    def refunds(self):
        """Each refund is one outgoing payment of the same amount and day."""
        told = {k: self._amount_and_day(r) for k, r in self.stripe.refunds.items()}
        booked = {k: _booked_amount(r) for k, r in self.odoo.refunds.items()}
        return compared("is a refund of", told, booked)

    def _amount_and_day(self, row):
        """Of a charge or refund, which counts from the day on which its money moved: a
        bank debit is days on its way."""
        moved = self.stripe.transactions[row["balance_transaction"]]
        return row["currency"].upper(), row["amount"], date_at(moved["created"])

    def disputes(self):
        """Each is known with its amount and status."""
        told = {
            key: (row["currency"].upper(), row["amount"], row["status"])
            for key, row in self.stripe.disputes.items()
        }
        booked = {
            key: (row["currency"], row["amount"], row["status"])
            for key, row in self.odoo.disputes.items()
        }
        return compared("is a dispute of", told, booked)

    def payouts(self):
        """Each is on its way to the bank, unless the bank returned it."""
        told = {
            key: (
                row["currency"].upper(),
                row["status"],
                row["amount"],
                0 if row["status"] == "failed" else row["amount"],
            )
            for key, row in self.stripe.payouts.items()
            if ("payout", key) not in self.odoo.failed
        }
        booked = {
            key: (row["currency"], row["status"], row["amount"], row["in_transit"])
            for key, row in self.odoo.payouts.items()
        }
        return compared("is (currency, status, amount, in transit)", told, booked)

    def subscriptions(self):
        """Status and seats of each."""
        told = {
            key: (row["status"], sum(map(_seats, row["items"]["data"])))
            for key, row in self.stripe.subscriptions.items()
            if ("subscription", key) not in self.odoo.failed
        }
        booked = {
            key: (row["status"], int(row["quantity"]))
            for key, row in self.odoo.subscriptions.items()
        }
        return compared("is", told, booked)

    def recurring(self):
        """What each costs every period is what its last renewal billed, where nothing
        was changed since and nothing else was on it."""
        told, booked = {}, {}
        for key, row in self.stripe.subscriptions.items():
            renewal = self.stripe.invoices.get(row["latest_invoice"])
            if renewal and self._is_as_renewed(row, renewal):
                billed = renewal["lines"]["data"]
                told[key] = sum(map(before_tax, billed))
                found = self.odoo.subscriptions[key]["recurring"]
                # Stripe rounds each line, and tiers are lines of their own.
                near = abs(found - told[key]) <= len(billed)
                booked[key] = told[key] if near else found
        return compared("costs every period", told, booked)

    def _is_as_renewed(self, subscription, renewal):
        [item] = subscription["items"]["data"]
        lines = renewal["lines"]["data"]
        return (
            ("subscription", subscription["id"]) not in self.odoo.failed
            and subscription["status"] == "active"
            and renewal["billing_reason"] == "subscription_cycle"
            and sum(line["quantity"] for line in lines) == _seats(item)
            and all(_is_of(line, item) for line in lines)
        )


def _is_of(line, item):
    """Whether a line is what the item costs as it is now, and is not for its use."""
    details = line["parent"]["subscription_item_details"]
    price = line["pricing"]["price_details"]["price"] if details else None
    return price == item["price"]["id"] and _seats(item) > 0


def _same_figures(stripe, odoo):
    told = {key: figures(document) for key, document in stripe.items()}
    booked = {key: {name: row[name] for name in FIGURES} for key, row in odoo.items()}
    for key in set(told) - set(booked):
        if stripe[key]["status"] == "void":
            # Void before it came here: nothing to book.
            del told[key]
    states = {key: row["state"] for key, row in odoo.items()}
    return [
        *compared("is", told, booked),
        *compared("is", dict.fromkeys(booked, "posted"), states),
    ]


def _seats(item):
    """None of what is billed by its use."""
    return item.get("quantity") or 0


def _booked_amount(row):
    return row["currency"], row["amount"], row["date"]
