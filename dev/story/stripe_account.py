# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A Stripe account as its owner and the customer who pays use it."""

from decimal import Decimal
from operator import attrgetter

import requests
import stripe

from .waiting import StoryError

SIMULATED_KEY = "sk_test_simulated"
TIMEOUT = 60


class Account:
    """The account, through Stripe's own library."""

    is_simulated = False
    api_base = ""

    def __init__(self, key):
        if "_live_" in key[:8]:
            raise StoryError(
                "STRIPE_API_KEY is a live key. The demonstration creates customers and"
                " charges cards: set a test key (sk_test_…)."
            )
        self.key = key
        self.api = self._client(key).v1

    def _client(self, key):
        return stripe.StripeClient(key)

    def invoice(self, identifier):
        """An invoice with its lines, as a dict."""
        return self.api.invoices.retrieve(identifier).to_dict()

    def invoices_of(self, subscription):
        """A subscription's invoices, oldest first, as dicts."""
        found = self.api.invoices.list({"subscription": subscription, "limit": 100})
        return [invoice.to_dict() for invoice in reversed(found.data)]

    def all_of(self, resource, **filters):
        """Everything that a list returns, as dicts: ``all_of("customers")``, or
        ``all_of("billing.meters")``."""
        service = attrgetter(resource)(self.api)
        pages = service.list({"limit": 100, **filters})
        return [item.to_dict() for item in pages.auto_paging_iter()]

    def finalized(self, invoice):
        """The invoice, finalized where Stripe would take its hour for that."""
        if invoice["status"] == "draft":
            return self.api.invoices.finalize_invoice(invoice["id"]).to_dict()
        return invoice

    def pay(self, invoice):
        """The customer pays an invoice by card.

        :param invoice: as ``invoice`` returns it.
        """
        card = self.api.payment_methods.attach(
            "pm_card_visa", {"customer": invoice["customer"]}
        )
        self.api.invoices.pay(invoice["id"], {"payment_method": card.id})

    def payments_of(self, invoice):
        """Ids of the PaymentIntents that paid an invoice."""
        found = self.api.invoice_payments.list({"invoice": invoice})
        return [item.payment.payment_intent for item in found.data]

    def net_of(self, payment):
        """What a PaymentIntent brought after Stripe's fee, as a Decimal."""
        expand = ["latest_charge.balance_transaction"]
        intent = self.api.payment_intents.retrieve(payment, {"expand": expand})
        return major(intent.latest_charge.balance_transaction.net)

    def out_of_order(self, act):
        """Call ``act``; no account lets its owner disturb the webhooks about it.

        :returns: how many webhooks were disturbed.
        """
        act()
        return 0

    def events(self, limit=100):
        """The latest events, newest first, as dicts."""
        return [e.to_dict() for e in self.api.events.list({"limit": limit}).data]


class SimulatedAccount(Account):
    """The simulator, with what no account lets its owner do."""

    is_simulated = True

    def __init__(self, url):
        self.api_base = url
        self._http = requests.Session()
        self._http.trust_env = False
        super().__init__(SIMULATED_KEY)

    def _client(self, key):
        return stripe.StripeClient(key, base_addresses={"api": self.api_base})

    def control(self, path, body=None, method="POST"):
        """Call the simulator's control API."""
        answer = self._http.request(
            method, f"{self.api_base}/_sim/{path}", json=body, timeout=TIMEOUT
        )
        if not answer.ok:
            raise StoryError(f"The Stripe simulator refused {path}: {answer.text}")
        return answer.json()

    def out_of_order(self, act):
        """Call ``act``, and send the webhooks about it last first, each twice."""
        self.control("webhooks", {"mode": "hold"})
        act()
        sent = self.control("webhooks/release", {"order": "reverse", "times": 2})
        self.control("webhooks", {"mode": "normal"})
        return sent["released"] // 2

    def resend(self, event):
        """Send an event again."""
        self.control("webhooks/resend", {"event": event})

    def state(self):
        """Objects per type, requests received and executed per method and path."""
        return self.control("state", method="GET")

    def deliveries(self):
        """Every webhook delivery with its attempts."""
        return self.control("deliveries", method="GET")["deliveries"]

    def is_idle(self):
        """Whether no webhook is under way."""
        return self.control("deliveries", method="GET")["idle"]


def major(minor):
    """An amount of a two-decimal currency as a Decimal."""
    return Decimal(minor).scaleb(-2)
