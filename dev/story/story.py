# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The steps of a deal, each of which waits until its effect is there and checks it."""

import datetime
import time
from decimal import Decimal

from . import books, connect, queues
from .salesforce_org import sow
from .screen import Silence, amount
from .waiting import SECONDS, StoryError, check, check_equal, until

NUDGE_SECONDS = 5
CURRENCY = "USD"


class Story:
    """One deal in one Odoo, one Salesforce organisation and one Stripe account.

    What the steps find is kept: ``ids`` (Salesforce), ``partner``, ``lead``, ``order``,
    ``subscription``, ``stripe`` (ids there), ``move``, ``payment``.
    """

    def __init__(self, odoo, org, account, deal, screen=None):
        self.odoo = odoo
        self.org = org
        self.account = account
        self.deal = deal
        self.screen = screen or Silence()
        self.salesforce_connection = self.stripe_connection = None
        self.stripe = {}
        self._nudged = 0

    def steps(self):
        """(title, method) in order."""
        return [
            ("Odoo: company, 20 % tax, connection to Salesforce", self.connect_crm),
            ("Odoo: connection to Stripe, journals, webhook", self.connect_billing),
            ("Salesforce: a customer, products, an open opportunity", self.sow),
            ("Salesforce: the opportunity is won", self.win),
            ("Stripe: customer, products, prices, subscription", self.subscribe),
            ("Stripe: the invoice arrives in Odoo and is posted", self.invoice),
            ("Salesforce: is told of the open invoice", self.tell_open),
            ("Stripe: the customer pays", self.pay),
            ("Salesforce: is told of the payment", self.tell_paid),
        ]

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def connect_crm(self):
        """Company, tax and the connection to Salesforce."""
        connect.set_up_company(self.odoo, self.deal.tax_percent)
        connection = connect.connect_salesforce(self.odoo, self.org)
        self.salesforce_connection = connection
        self._show_connection(connection)

    def connect_billing(self):
        """The connection to Stripe."""
        connection = connect.connect_stripe(self.odoo, self.account)
        self.stripe_connection = connection
        self._show_connection(connection)
        if not self.account.is_simulated:
            self.screen.fact(
                "Stripe's webhooks cannot reach this machine: the sweep of missed"
                " events, run every few seconds, brings them instead."
            )

    def _show_connection(self, connection):
        row = self.odoo.read("q2c.connection", connection, "health_message")
        self.screen.fact(row["health_message"])

    # ------------------------------------------------------------------
    # FROM SALESFORCE
    # ------------------------------------------------------------------

    def sow(self):
        """Create the deal in Salesforce and have Odoo read it."""
        in_two_weeks = datetime.date.today() + datetime.timedelta(days=14)
        self.ids = sow(self.org, self.deal, in_two_weeks.isoformat())
        self._poll(self.salesforce_connection)
        self.partner = self._record("customer", self.ids["account"], "res.partner")
        self._show("Account", self.ids["account"], "res.partner", self.partner)
        contact = self._record("contact", self.ids["contact"], "res.partner")
        self._show("Contact", self.ids["contact"], "res.partner", contact)
        for product in self.ids["products"]:
            found = self._record("product", product, "product.product")
            self._show("Product2", product, "product.product", found)
        self.lead = self._record("opportunity", self.ids["opportunity"], "crm.lead")
        self._show("Opportunity", self.ids["opportunity"], "crm.lead", self.lead)
        self._bill_as_sold()

    def _bill_as_sold(self):
        """Where Salesforce has no field for the billing interval, Odoo's is set."""
        if "Q2C_Billing_Interval__c" in self.org.fields("Product2"):
            return
        for line, product in zip(self.deal.lines, self.ids["products"], strict=True):
            found = self._record("product", product, "product.product")
            values = {"q2c_interval": line.interval}
            self.odoo.write("product.product", [found["id"]], **values)

    def win(self):
        """Win the opportunity and await the confirmed order."""
        self.org.win(self.ids["opportunity"])
        domain = [("opportunity_id", "=", self.lead["id"]), ("state", "=", "sale")]
        fields = ("name", "amount_untaxed", "amount_tax", "amount_total")
        self.order = self._await("sale.order", domain, "The order", *fields)
        for what, expected in (
            ("untaxed", self.deal.untaxed),
            ("tax", self.deal.ordered_tax),
            ("total", self.deal.ordered_total),
        ):
            ordered = books.money(self.order[f"amount_{what}"])
            check_equal(ordered, expected, f"{self.order['name']}: {what}")
        self.screen.fact(
            f"Salesforce Opportunity {self.ids['opportunity']} -> crm.lead"
            f" {self.lead['id']} -> sale.order {self.order['name']} ->"
            f" {amount(self.deal.ordered_total, CURRENCY)},"
            f" {self.deal.ordered_tax} of it tax"
        )

    # ------------------------------------------------------------------
    # TO STRIPE AND BACK
    # ------------------------------------------------------------------

    def subscribe(self):
        """Await the subscription in Stripe and what it needs there."""
        domain = [("order_id", "=", self.order["id"])]
        self.subscription = self._await("q2c.subscription", domain, "The subscription")
        self.stripe["subscription"] = self._external(
            "subscription", "q2c.subscription", self.subscription
        )
        self.stripe["customer"] = self._external(
            "customer", "res.partner", self.partner
        )
        self._show_stripe("customer", "res.partner", self.partner)
        for product in self.ids["products"]:
            found = self._record("product", product, "product.product")
            self.stripe[product] = self._external("product", "product.product", found)
            self._show_stripe(product, "product.product", found)
        self._show_stripe("subscription", "q2c.subscription", self.subscription)

    def invoice(self):
        """Await the posted invoice and compare it with Stripe's."""
        subscription = self.stripe["subscription"]
        found = until(
            lambda: self.account.invoices_of(subscription),
            f"The first invoice of {subscription}",
        )
        self.stripe_invoice = self.account.finalized(found[0])
        self.stripe["invoice"] = self.stripe_invoice["id"]
        check_equal(
            books.major(self.stripe_invoice["total"]), self.deal.total, "Stripe's total"
        )
        self.move = self._posted(self.stripe["invoice"])
        books.check_invoice(self.odoo, self.move, self.stripe_invoice)
        self._show_invoice()

    def _show_invoice(self):
        invoice, move = self.stripe_invoice, self.move
        off = sum(item["amount"] for item in invoice["total_discount_amounts"] or [])
        gross = sum(line["amount"] for line in invoice["lines"]["data"])
        self.screen.fact(
            f"Stripe {invoice['id']} -> account.move {move['name']}, posted:"
            f" {amount(books.major(gross), CURRENCY)}"
            f" - {books.major(off)} discount + {books.money(move['amount_tax'])} tax"
            f" = {amount(books.money(move['amount_total']), CURRENCY)}"
        )
        self.screen.fact("untaxed, tax, total and every line equal Stripe's")

    def pay(self):
        """The customer pays; await the reconciled payment.

        On the simulator the webhooks about it come late, in the wrong order and twice.
        """
        self.held = self.account.out_of_order(self._pay)
        if self.held:
            self.screen.fact(f"{self.held} webhooks were sent last first, each twice")
        self._poll(self.stripe_connection)
        identifier = until(
            lambda: self.account.payments_of(self.stripe["invoice"]), "The payment"
        )[0]
        self.stripe["payment"] = identifier
        self.move = self._await(
            "account.move",
            [("id", "=", self.move["id"]), ("payment_state", "=", "paid")],
            f"The reconciliation of {self.move['name']}",
            *books.MOVE_FIELDS,
        )
        check_equal(books.money(self.move["amount_residual"]), Decimal(0), "Open")
        payment = self._record("payment", identifier, "account.payment")
        self.payment = self.odoo.read(
            "account.payment", payment["id"], "name", "amount", "state"
        )
        check_equal(books.money(self.payment["amount"]), self.deal.total, "Paid")
        net = self.account.net_of(identifier)
        self._await_clearing(net)
        self._show_payment(net)

    def _await_clearing(self, expected):
        """The fee is booked from an object of its own, a little later."""
        until(
            lambda: self._clearing_balance() == expected,
            f"A balance of {expected} on the Stripe clearing account",
            meanwhile=self._meanwhile("Stripe's fee is being booked"),
        )

    def _clearing_balance(self):
        return books.clearing_balance(self.odoo, self.stripe_connection)

    def _pay(self):
        self.account.pay(self.stripe_invoice)

    def _show_payment(self, balance):
        self.screen.fact(
            f"Stripe {self.stripe['payment']} -> account.payment"
            f" {self.payment['name']}: {amount(self.deal.total, CURRENCY)}, reconciled;"
            f" {self.move['name']} is {self.move['payment_state']}"
        )
        self.screen.fact(
            f"clearing account: {amount(balance, CURRENCY)}, as in Stripe after its fee"
        )

    # ------------------------------------------------------------------
    # BACK TO SALESFORCE
    # ------------------------------------------------------------------

    def tell_open(self):
        """Salesforce shows the posted invoice."""
        self._told(self._status("Open", due=self.deal.total, paid=Decimal(0)))

    def tell_paid(self):
        """Salesforce shows the payment."""
        self._told(self._status("Paid", due=Decimal(0), paid=self.deal.total))

    def _status(self, payment_status, due, paid):
        """{object: {field: value}} as Salesforce must show it."""
        both = {
            "Q2C_Invoice_Status__c": "Posted",
            "Q2C_Payment_Status__c": payment_status,
            "Q2C_Amount_Due__c": due,
            "Q2C_Amount_Paid__c": paid,
        }
        deal = {
            "Q2C_Order_Number__c": self.order["name"],
            "Q2C_Invoice_Number__c": self.move["name"],
            "Q2C_Subscription_Status__c": "Active",
        }
        return {
            "Account": {"Q2C_Account_Status__c": "Active", **both},
            "Opportunity": {**deal, **both},
        }

    def _told(self, expected):
        for sobject, values in expected.items():
            known = self.org.fields(sobject)
            values = {name: value for name, value in values.items() if name in known}
            identifier = self.ids[sobject.lower()]
            until(
                lambda o=sobject, i=identifier, v=values: self._shows(o, i, v),
                f"{sobject} {identifier} showing {values}",
                meanwhile=self._meanwhile("Salesforce is being told"),
            )
            told = ", ".join(
                f"{_label(name)} {value}" for name, value in values.items()
            )
            self.screen.fact(
                f"{sobject} {identifier}: {told or 'has no fields for it'}"
            )

    def _shows(self, sobject, identifier, values):
        record = self.org.read(sobject, identifier) if values else {}
        return all(_same(record[name], value) for name, value in values.items())

    # ------------------------------------------------------------------
    # FINDING RECORDS
    # ------------------------------------------------------------------

    def _record(self, kind, external_id, model):
        """The record that an outside object became; {"id", "display_name"}."""
        domain = [("kind", "=", kind), ("external_id", "=", external_id)]
        binding = self._await(
            "q2c.binding",
            domain,
            f"{kind} {external_id} in Odoo",
            "res_model",
            "res_id",
        )
        check_equal(binding["res_model"], model, f"{kind} {external_id} became a")
        return self.odoo.read(model, binding["res_id"], "display_name")

    def _external(self, kind, model, record):
        """Stripe's id of a record."""
        domain = [
            ("connection_id", "=", self.stripe_connection),
            ("kind", "=", kind),
            ("res_model", "=", model),
            ("res_id", "=", record["id"]),
        ]
        what = f"The {kind} of {record['display_name']} in Stripe"
        return self._await("q2c.binding", domain, what, "external_id")["external_id"]

    def _posted(self, invoice):
        record = self._record("invoice", invoice, "account.move")
        domain = [("id", "=", record["id"]), ("state", "=", "posted")]
        return self._await(
            "account.move", domain, f"{invoice} posted", *books.MOVE_FIELDS
        )

    def _await(self, model, domain, what, *fields, seconds=SECONDS):
        """The one record that matches, as soon as there is one."""
        names = ("display_name", *fields)
        found = until(
            lambda: self.odoo.find(model, domain, *names),
            what,
            seconds,
            self._meanwhile(what),
        )
        check(len(found) == 1, f"{what}: {len(found)} instead of one ({model})")
        return found[0]

    # ------------------------------------------------------------------
    # WAITING
    # ------------------------------------------------------------------

    def _meanwhile(self, what):
        def show():
            self.screen.waiting(what)
            self._nudge()
            self._look_for_failures()

        return show

    def _nudge(self):
        """Poll what does not knock by itself."""
        if time.monotonic() - self._nudged < NUDGE_SECONDS:
            return
        self._nudged = time.monotonic()
        services = (
            (self.org, self.salesforce_connection),
            (self.account, self.stripe_connection),
        )
        for service, connection in services:
            if connection and not service.is_simulated:
                self._poll(connection)

    def _poll(self, connection):
        self.odoo.call("q2c.connection", "action_poll_now", [connection])

    def _look_for_failures(self):
        """A failed event is the end, where nobody else uses the services."""
        if self.org.is_simulated and self.account.is_simulated:
            found = queues.failed(self.odoo)
            if found:
                raise StoryError(f"{len(found)} events or commands failed in Odoo")

    def _show(self, sobject, external_id, model, record):
        self.screen.fact(
            f"Salesforce {sobject} {external_id} -> {model} {record['id']}"
            f" ({record['display_name']})"
        )

    def _show_stripe(self, key, model, record):
        self.screen.fact(
            f"{model} {record['id']} ({record['display_name']}) ->"
            f" Stripe {self.stripe[key]}"
        )


def _same(found, expected):
    if isinstance(expected, Decimal):
        return found is not None and Decimal(str(found)) == expected
    return found == expected


def _label(name):
    return name.removeprefix("Q2C_").removesuffix("__c").replace("_", " ").lower()
