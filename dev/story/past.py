# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Weeks of business at the Stripe simulator before anybody connects to it."""

import datetime

DAY = 86400
HOUR = 3600
DAYS = 19
CUSTOMERS = 6
PRICE = 4990
TAX = 20
CARD = "pm_card_visa"
ON_ACCOUNT = {"collection_method": "send_invoice", "days_until_due": 14}


class Past:
    """Customers who are billed every week on a ``SimulatedAccount``: most pay by card,
    one is sent invoices, of which one is voided and none paid; one gets its money back
    with a credit note and one without."""

    def __init__(self, account):
        self.account = account
        self.api = account.api
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.first = today - datetime.timedelta(days=DAYS)
        self.last = today - datetime.timedelta(days=1)
        self.customers = []

    def play(self):
        """All of it, up to this day."""
        self.account.control("reset", {"seed": 1, "clock": self._moment(0)})
        self.account.control("settings", {"payout_interval": "weekly"})
        terms = self._terms()
        for number in range(CUSTOMERS):
            self._advance(1, hours=number)
            self._subscribe(number, terms)
        self._advance(10)
        self._give_back(self.customers[1], self._credit)
        self._advance(12)
        self._give_back(self.customers[2])
        self._void(self.customers[0])
        # What the last days bring stays in the balance, and nothing happens today.
        self._advance(DAYS - 1)
        self.account.control("settings", {"payout_interval": "manual"})
        self._advance(DAYS, hours=1)

    def _moment(self, day, hours=0):
        start = datetime.datetime.combine(self.first, datetime.time())
        since = start.replace(tzinfo=datetime.timezone.utc).timestamp()
        return int(since) + day * DAY + hours * HOUR

    def _advance(self, day, hours=0):
        self.account.control("clock", {"to": self._moment(day, hours)})

    # ------------------------------------------------------------------
    # SELLING
    # ------------------------------------------------------------------

    def _terms(self):
        """What all of them subscribe to."""
        product = self.api.products.create({"name": "Weekly box"})
        price = self.api.prices.create(
            {
                "product": product.id,
                "currency": "usd",
                "unit_amount": PRICE,
                "recurring": {"interval": "week"},
            }
        )
        rate = self.api.tax_rates.create(
            {"display_name": "VAT", "percentage": TAX, "inclusive": False}
        )
        return {"items": [{"price": price.id}], "default_tax_rates": [rate.id]}

    def _subscribe(self, number, terms):
        customer = self.api.customers.create(
            {
                "name": f"Customer {number}",
                "email": f"customer{number}@example.com",
                "payment_method": CARD,
                "invoice_settings": {"default_payment_method": CARD},
            }
        )
        self.customers.append(customer.id)
        [item] = terms["items"]
        own = {"items": [{**item, "quantity": number + 1}], "customer": customer.id}
        payment = {} if number else ON_ACCOUNT
        self.api.subscriptions.create({**terms, **own, **payment})

    # ------------------------------------------------------------------
    # GIVING BACK
    # ------------------------------------------------------------------

    def _give_back(self, customer, credit=None):
        """Refund the latest payment of a customer.

        :param credit: issues the credit note, given the charge and the refund.
        """
        charge = self.api.charges.list({"customer": customer, "limit": 1}).data[0]
        refund = self.api.refunds.create({"charge": charge.id})
        if credit:
            credit(charge, refund)

    def _credit(self, charge, refund):
        paid = self.api.invoice_payments.list(
            {
                "payment": {
                    "type": "payment_intent",
                    "payment_intent": charge.payment_intent,
                }
            }
        )
        invoice = self.account.invoice(paid.data[0].invoice)
        self.api.credit_notes.create(
            {
                "invoice": invoice["id"],
                "lines": [
                    {
                        "type": "invoice_line_item",
                        "invoice_line_item": line["id"],
                        "amount": line["amount"],
                    }
                    for line in invoice["lines"]["data"]
                ],
                "refunds": [{"refund": refund.id}],
            }
        )

    def _void(self, customer):
        """The latest invoice of a customer was a mistake."""
        found = self.api.invoices.list({"customer": customer, "limit": 1})
        self.api.invoices.void_invoice(found.data[0].id)
