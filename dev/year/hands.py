# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What customers and the merchant do at Stripe, one method a verb of the plan."""

from dataclasses import dataclass

from . import catalogue
from .calendar import DAY_SECONDS, date_of

GOOD_CARD, BAD_CARD = "visa", "chargeCustomerFail"
DAYS_UNTIL_DUE = 14


@dataclass(frozen=True)
class Transfer:
    """Money that reached the bank account for an invoice, for Odoo's accountant."""

    invoice: str
    date: object


class Hands:
    """Acts on a ``SimulatedAccount``. ``transfers`` and ``seen`` are what others have
    to know: what reached the bank, and the Stripe ids of what is planted."""

    def __init__(self, account, plan):
        self.account = account
        self.api = account.api
        self.contracts = {contract.number: contract for contract in plan.contracts}
        self.customers = {}
        self.subscriptions = {}
        self.transfers = []
        # {contract number: id of the invoice that its transfer was for}
        self.paid_in_odoo = {}
        self._items = {}
        self._disputes = {}

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def open_shop(self):
        """Products, prices, tax rates and coupons."""
        self.products = {
            tier: self.api.products.create({"name": name}).id
            for tier, name in catalogue.TIERS.items()
        }
        self.prices = {
            (tier, code, interval): self._price(tier, code, interval, amount * times)
            for code, tiers in catalogue.PRICES.items()
            for tier, amount in tiers.items()
            for interval, times in catalogue.INTERVALS.items()
        }
        self.rates = {
            key: self._tax_rate(tax)
            for key, tax in catalogue.TAXES.items()
            if key != catalogue.UNKNOWN
        }
        for key, terms in catalogue.COUPONS.items():
            self.api.coupons.create({"id": key, "name": key.capitalize(), **terms})

    def _price(self, tier, code, interval, amount):
        terms = {
            "product": self.products[tier],
            "currency": code,
            "unit_amount": amount,
            "recurring": {"interval": interval},
        }
        return self.api.prices.create(terms).id

    def _tax_rate(self, tax):
        terms = {
            "display_name": tax.name,
            "percentage": tax.percent,
            "inclusive": tax.inclusive,
        }
        return self.api.tax_rates.create(terms).id

    def perform(self, act):
        """Carry an ``Act`` out."""
        contract = self.contracts[act.contract]
        getattr(self, act.verb)(contract, act.day, **act.details)

    # ------------------------------------------------------------------
    # SUBSCRIBING AND CHANGING
    # ------------------------------------------------------------------

    def subscribe(self, contract, _day):
        """A new customer with a card, and the subscription."""
        card = f"pm_card_{GOOD_CARD}"
        customer = self.api.customers.create(
            {
                "name": contract.name,
                "email": f"customer{contract.number}@example.com",
                "tax_exempt": contract.exempt,
                "payment_method": card,
                "invoice_settings": {"default_payment_method": card},
            }
        )
        self.customers[contract.number] = customer.id
        made = self.api.subscriptions.create(
            {
                "customer": customer.id,
                "items": [
                    {
                        "price": self._price_of(contract, contract.tier),
                        "quantity": contract.quantity,
                    }
                ],
                **self._terms(contract),
            }
        )
        self.subscriptions[contract.number] = made.id
        self._items[contract.number] = made["items"].data[0].id

    def _terms(self, contract):
        terms = {"collection_method": "charge_automatically"}
        if contract.sent:
            terms = {
                "collection_method": "send_invoice",
                "days_until_due": DAYS_UNTIL_DUE,
            }
        if contract.tax:
            terms["default_tax_rates"] = [self._rate_of(contract)]
        if contract.coupon:
            terms["discounts"] = [{"coupon": contract.coupon}]
        return terms

    def _price_of(self, contract, tier):
        return self.prices[tier, contract.currency, contract.interval]

    def _rate_of(self, contract):
        if contract.tax not in self.rates:
            self.rates[contract.tax] = self._tax_rate(catalogue.TAXES[contract.tax])
        return self.rates[contract.tax]

    def change(self, contract, _day, tier="", quantity=0, more=0, at_once=False):
        """Another plan or number of seats, invoiced at once or with the renewal."""
        item = self._items[contract.number]
        wanted = {"id": item}
        if tier:
            wanted["price"] = self._price_of(contract, tier)
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
        customer = self.customers[contract.number]
        self.api.invoice_items.create(
            {
                "customer": customer,
                "currency": contract.currency,
                "amount": int(price * share),
                "description": "Training",
            }
        )
        terms = {
            "customer": customer,
            "currency": contract.currency,
            "auto_advance": True,
            "pending_invoice_items_behavior": "include",
        }
        if contract.tax:
            terms["default_tax_rates"] = [self._rate_of(contract)]
        self.api.invoices.create(terms)

    # ------------------------------------------------------------------
    # PAYING
    # ------------------------------------------------------------------

    def break_card(self, contract, _day):
        """The card declines from now on."""
        self._give_card(contract, BAD_CARD)

    def mend_card(self, contract, _day):
        """A new card, which works."""
        self._give_card(contract, GOOD_CARD)

    def _give_card(self, contract, card):
        customer = self.customers[contract.number]
        self.account.control(f"customers/{customer}/payment_method", {"card": card})

    def pay(self, contract, _day):
        """Pay the latest invoice by card, where it is open."""
        invoice = self._latest(contract)
        if invoice["status"] == "open":
            self.account.pay(invoice)

    def transfer(self, contract, day):
        """Pay it by bank transfer, which is recorded at Stripe."""
        invoice = self._latest(contract)
        if invoice["status"] == "open":
            self.api.invoices.pay(invoice["id"], {"paid_out_of_band": True})
            self.transfers.append(Transfer(invoice["id"], date_of(day)))

    def transfer_to_odoo_only(self, contract, day):
        """Pay it by bank transfer, which nobody tells Stripe of."""
        invoice = self._latest(contract)
        self.paid_in_odoo[contract.number] = invoice["id"]
        self.transfers.append(Transfer(invoice["id"], date_of(day)))

    def pay_after_all(self, contract, _day):
        """Pay by card what was paid by transfer."""
        invoice = self.account.invoice(self.paid_in_odoo[contract.number])
        self.account.pay(invoice)

    def void(self, contract, _day):
        """Void the latest invoice."""
        invoice = self._latest(contract)
        if invoice["status"] == "open":
            self.api.invoices.void_invoice(invoice["id"])

    def write_off(self, contract, _day):
        """Give the latest invoice up."""
        invoice = self._latest(contract)
        if invoice["status"] == "open":
            self.api.invoices.mark_uncollectible(invoice["id"])

    def refund(self, contract, _day, share):
        """Give a share of the latest payment back."""
        charge = self._latest_charge(contract)
        amount = round(charge.amount * share)
        self.api.refunds.create({"charge": charge.id, "amount": amount})

    # ------------------------------------------------------------------
    # DISPUTING
    # ------------------------------------------------------------------

    def dispute(self, contract, _day, inquiry=False):
        """The customer contests the latest payment at the bank, or has the bank ask."""
        charge = self._latest_charge(contract)
        made = self.account.control(
            f"charges/{charge.id}/dispute", {"inquiry": inquiry}
        )
        self._disputes[contract.number] = made["id"]

    def win(self, contract, _day):
        """The bank finds for the merchant."""
        self._end_dispute(contract, "win")

    def lose(self, contract, _day):
        """The bank finds for the customer."""
        self._end_dispute(contract, "lose")

    def close_inquiry(self, contract, _day):
        """Nothing comes of it."""
        self._end_dispute(contract, "close_inquiry")

    def escalate(self, contract, _day):
        """The inquiry becomes a dispute, which stays open."""
        self._end_dispute(contract, "escalate")

    def _end_dispute(self, contract, how):
        self.account.control(f"disputes/{self._disputes[contract.number]}/{how}", {})

    # ------------------------------------------------------------------
    # READING
    # ------------------------------------------------------------------

    def _latest(self, contract):
        subscription = self.api.subscriptions.retrieve(
            self.subscriptions[contract.number]
        )
        return self.account.invoice(subscription.latest_invoice)

    def _latest_charge(self, contract):
        """Of those that paid an invoice."""
        charges = self.api.charges.list({"customer": self.customers[contract.number]})
        return next(charge for charge in charges.data if charge.paid)

    def _now(self):
        return self.account.control("clock", method="GET")["now"]
