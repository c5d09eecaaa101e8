# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What customers agree with the merchant at Stripe."""

from . import catalogue
from .calendar import DAY_SECONDS
from .shop import Shop

GOOD_CARD, BAD_CARD = "visa", "chargeCustomerFail"
DAYS_UNTIL_DUE = 14


class Contracts:
    """Acts on a ``SimulatedAccount``; a method a verb of the plan."""

    def __init__(self, account):
        self.account = account
        self.api = account.api
        self.shop = Shop(account.api)
        # {contract number: id at Stripe}
        self.customers = {}
        self.subscriptions = {}
        self._items = {}

    def subscribe(self, contract, _day):
        """A new customer, mostly with a card, and the subscription."""
        customer = self.api.customers.create(
            {
                "name": contract.name,
                "email": f"customer{contract.number}@example.com",
                "tax_exempt": contract.exempt,
                **_card(contract),
            }
        )
        self.customers[contract.number] = customer.id
        made = self.api.subscriptions.create(
            {
                "customer": customer.id,
                "items": [self._item(contract)],
                **self._terms(contract),
            }
        )
        self.subscriptions[contract.number] = made.id
        self._items[contract.number] = made["items"].data[0].id

    def _item(self, contract):
        item = {"price": self.shop.price_of(contract, contract.tier)}
        model = catalogue.MODELS.get(contract.tier)
        # Of what is used nobody knows beforehand how much.
        if not (model and model.is_used):
            item["quantity"] = contract.quantity
        return item

    def _terms(self, contract):
        terms = {"collection_method": "charge_automatically"}
        if contract.sent:
            terms = {
                "collection_method": "send_invoice",
                "days_until_due": DAYS_UNTIL_DUE,
            }
        if contract.tax:
            terms["default_tax_rates"] = [self.shop.rate_of(contract)]
        if contract.coupon:
            terms["discounts"] = [self.shop.discount_of(contract)]
        if contract.trial:
            terms["trial_period_days"] = contract.trial
        if contract.without_card:
            end = {"missing_payment_method": contract.without_card}
            terms["trial_settings"] = {"end_behavior": end}
        return terms

    def use(self, contract, _day, value):
        """Something of what is billed by its use."""
        self.api.billing.meter_events.create(
            {
                "event_name": catalogue.USED,
                "payload": {
                    "stripe_customer_id": self.customers[contract.number],
                    "value": str(value),
                },
            }
        )

    def change(self, contract, _day, tier="", quantity=0, more=0, at_once=False):
        """Another plan or number of seats, invoiced at once or with the renewal."""
        item = self._items[contract.number]
        wanted = {"id": item}
        if tier:
            wanted["price"] = self.shop.price_of(contract, tier)
        if more:
            quantity = self.api.subscription_items.retrieve(item).quantity + more
        if quantity:
            wanted["quantity"] = quantity
        behavior = "always_invoice" if at_once else "create_prorations"
        self.api.subscriptions.update(
            self.subscriptions[contract.number],
            {"items": [wanted], "proration_behavior": behavior},
        )

    def cancel(self, contract, _day, at_end):
        """At the end of the period, or at once with what is left as a credit."""
        subscription = self.subscriptions[contract.number]
        if at_end:
            self.api.subscriptions.update(subscription, {"cancel_at_period_end": True})
        else:
            self.api.subscriptions.cancel(
                subscription, {"prorate": True, "invoice_now": True}
            )

    def pause(self, contract, day, days):
        """Invoices are made and voided for some days."""
        resumes_at = self._now() + days * DAY_SECONDS
        self.api.subscriptions.update(
            self.subscriptions[contract.number],
            {"pause_collection": {"behavior": "void", "resumes_at": resumes_at}},
        )

    def buy(self, contract, _day, share):
        """Something once, of ``share`` of the monthly price, on an invoice of its
        own."""
        price = catalogue.PRICES[contract.currency][contract.tier]
        terms = {
            "currency": contract.currency,
            "amount": int(price * share),
            "description": "Training",
        }
        self._invoice(contract, terms)

    def _invoice(self, contract, item):
        """Invoice one thing by itself. ``item``: what it is, as Stripe takes it."""
        customer = self.customers[contract.number]
        self.api.invoice_items.create({"customer": customer, **item})
        terms = {
            "customer": customer,
            "currency": contract.currency,
            "auto_advance": True,
            "pending_invoice_items_behavior": "include",
        }
        if contract.tax:
            terms["default_tax_rates"] = [self.shop.rate_of(contract)]
        self.api.invoices.create(terms)

    def _latest(self, contract):
        subscription = self.api.subscriptions.retrieve(
            self.subscriptions[contract.number]
        )
        return self.account.invoice(subscription.latest_invoice)

    def _latest_charge(self, contract):
        """Of those that paid an invoice."""
        charges = self.api.charges.list({"customer": self.customers[contract.number]})
        return next(charge for charge in charges.data if charge.paid)

    def _paid_by(self, charge):
        """The invoice that a charge paid."""
        paid = self.api.invoice_payments.list(
            {
                "payment": {
                    "type": "payment_intent",
                    "payment_intent": charge.payment_intent,
                }
            }
        )
        return self.account.invoice(paid.data[0].invoice)

    def _now(self):
        return self.account.control("clock", method="GET")["now"]


def _card(contract):
    """What gives a new customer a card."""
    if not contract.has_card:
        return {}
    card = f"pm_card_{GOOD_CARD}"
    return {
        "payment_method": card,
        "invoice_settings": {"default_payment_method": card},
    }
