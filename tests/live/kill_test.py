# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo is killed again and again while deals are under way, and Stripe misbehaves."""

import datetime
import random
from collections import Counter
from decimal import Decimal

import pytest
from story import books, queues, sql
from story.herd import PRODUCTS, Herd
from story.stripe_account import major
from story.waiting import StoryError, until

SEED = 20
ACCOUNTS, SALES_EACH = 10, 3
SALES = ACCOUNTS * SALES_EACH
KILLS = 5
# How much is settled between two kills; all in all some 600 events and commands are.
FEWEST, MOST = 5, 60
SECONDS = 240
# What may go wrong on the way to Stripe, or, worse, on the way back.
FAULTS = [
    {"kind": "drop_response", "method": "POST", "path": "/v1/customers", "times": 2},
    {"kind": "drop_response", "method": "POST", "path": "/v1/products"},
    {"kind": "drop_response", "method": "POST", "path": "/v1/prices"},
    {"kind": "drop_response", "method": "POST", "path": "/v1/coupons"},
    {"kind": "drop_response", "method": "POST", "path": "/v1/tax_rates"},
    {
        "kind": "drop_response",
        "method": "POST",
        "path": "/v1/subscriptions",
        "times": 3,
    },
    {"kind": "500", "method": "POST", "path": "/v1/subscriptions", "times": 2},
    {"kind": "429", "method": "POST", "path": "/v1/subscriptions", "retry_after": 1},
    {"kind": "500", "method": "GET", "path": "/v1/customers", "times": 2},
    {
        "kind": "slow",
        "method": "POST",
        "path": "/v1/subscriptions",
        "times": 20,
        "seconds": 0.3,
    },
]
UNPAID = [("move_type", "=", "out_invoice"), ("payment_state", "!=", "paid")]
SETTLED = """
    SELECT (SELECT count(*) FROM q2c_event WHERE state IN ('done', 'skipped'))
         + (SELECT count(*) FROM q2c_command WHERE state IN ('done', 'skipped'))
"""


class Run:
    """The herd on its way, and the hand that kills and restarts Odoo."""

    def __init__(self, stage, odoo, org, account):
        self.stage = stage
        self.odoo = odoo
        self.account = account
        in_two_weeks = datetime.date.today() + datetime.timedelta(days=14)
        self.herd = Herd(org, ACCOUNTS, SALES_EACH, in_two_weeks.isoformat())
        self.random = random.Random(SEED)
        self.kills = []

    def play(self):
        """Win all deals, kill Odoo at seeded moments, let it finish."""
        # Stripe goes on for three days; the pauses stand for that.
        pauses = {"mode": "shuffle", "seed": SEED, "backoff": [0.5] * 400}
        self.account.control("webhooks", pauses)
        self.account.control("faults", FAULTS)
        self.herd.win()
        for _kill in range(KILLS):
            self._kill_after(self.random.randint(FEWEST, MOST))
        try:
            until(self._is_finished, "The end of all deals", SECONDS)
        except StoryError as error:
            facts = [f"at the end: {self._standing()}", *self._loose_ends()]
            pytest.fail("\n".join([str(error), *facts, *queues.unsettled(self.odoo)]))

    def _kill_after(self, more):
        """Kill once ``more`` has been settled, whatever is going on then."""
        goal = self._settled() + more
        until(lambda: self._advance() >= goal, f"{more} settled", SECONDS)
        self.kills.append(queues_of(self.stage.database))
        self.stage.server.kill()
        self.stage.server.restart()

    def _settled(self):
        return sql.value(self.stage.database, SETTLED)

    def _advance(self):
        self._pay_what_is_open()
        sql.let_time_pass(self.stage.database)
        return self._settled()

    def _pay_what_is_open(self):
        for invoice in self.account.all_of("invoices", status="open"):
            self.account.pay(invoice)

    def _is_finished(self):
        self._advance()
        return self._standing() == {
            "paid at Stripe": SALES,
            "webhooks are idle": True,
            "open events and commands": 0,
            "unpaid in Odoo": 0,
        }

    def events(self, state):
        """{event id: its type} of the webhooks that are ``state`` at Stripe."""
        return {
            delivery["event"]: delivery["type"]
            for delivery in self.account.deliveries()
            if delivery["state"] == state
        }

    def kept(self):
        """Ids of the events in the inbox."""
        rows = sql.rows(self.stage.database, "SELECT external_id FROM q2c_event")
        return {identifier for (identifier,) in rows}

    def _loose_ends(self):
        """Invoices and payments that did not find each other, and webhooks that did not
        come."""
        invoices = self.odoo.find(
            "account.move", UNPAID, "ref", "state", "payment_state", "amount_residual"
        )
        unmatched = [("is_reconciled", "=", False)]
        payments = self.odoo.find(
            "account.payment", unmatched, "payment_reference", "state", "memo"
        )
        given_up, kept = self.events("failed"), self.kept()
        lost = {e: t for e, t in self.events("delivered").items() if e not in kept}
        return [
            *(str(row) for row in (*invoices, *payments)),
            f"webhooks given up: {given_up}",
            f"webhooks acknowledged and not kept: {lost}",
        ]

    def _standing(self):
        return {
            "paid at Stripe": len(self.account.all_of("invoices", status="paid")),
            "webhooks are idle": self.account.is_idle(),
            "open events and commands": sum(queues_of(self.stage.database).values()),
            "unpaid in Odoo": self.odoo.count("account.move", UNPAID),
        }


def queues_of(name):
    """How many events and commands are open, by table."""
    return {
        table: sql.value(
            name, f"SELECT count(*) FROM {table} WHERE state IN ('queued', 'waiting')"
        )
        for table in ("q2c_event", "q2c_command")
    }


@pytest.fixture(scope="module")
def run(stage, odoo, org, account, salesforce, stripe):
    run = Run(stage, odoo, org, account)
    run.play()
    return run


def bound(odoo, connection, kind):
    """{external id: record id} of everything of a kind that is linked."""
    domain = [("connection_id", "=", connection), ("kind", "=", kind)]
    rows = odoo.find("q2c.binding", domain, "external_id", "res_id")
    assert len({row["res_id"] for row in rows}) == len(rows), f"{kind} linked twice"
    return {row["external_id"]: row["res_id"] for row in rows}


def test_it_was_killed_with_events_and_commands_in_flight(run):
    assert sum(kill["q2c_event"] for kill in run.kills)
    assert sum(kill["q2c_command"] for kill in run.kills)


def test_rule_2_whatever_was_acknowledged_is_kept(run):
    assert run.events("delivered")
    assert set(run.events("delivered")) <= run.kept()
    assert not run.events("failed")


def test_no_event_and_no_command_failed(run, odoo):
    assert not queues.failed(odoo)


def test_each_opportunity_became_one_order_with_one_subscription(run, odoo, salesforce):
    leads = bound(odoo, salesforce, "opportunity")
    assert set(leads) == {sale.opportunity for sale in run.herd.sales}
    orders = odoo.find(
        "sale.order", [], "opportunity_id", "state", "amount_total", limit=None
    )
    by_lead = {order["opportunity_id"][0]: order for order in orders}
    assert len(orders) == len(by_lead) == SALES
    assert {order["state"] for order in orders} == {"sale"}
    for sale in run.herd.sales:
        order = by_lead[leads[sale.opportunity]]
        assert books.money(order["amount_total"]) == sale.total
    subscriptions = odoo.find("q2c.subscription", [], "order_id")
    assert len({row["order_id"][0] for row in subscriptions}) == SALES
    assert len(subscriptions) == SALES


def test_rule_28_nothing_was_created_twice_in_stripe(run, odoo, stripe, account):
    state = account.state()
    executed, received = state["executed"], state["requests"]
    created = {
        "customers": ACCOUNTS,
        "products": len(PRODUCTS),
        "prices": len(PRODUCTS),
        "coupons": 1,
        "tax_rates": 1,
        "subscriptions": SALES,
    }
    assert {name: executed[f"POST /v1/{name}"] for name in created} == created
    for name in created:
        assert received[f"POST /v1/{name}"] > created[name], f"no {name} sent again"
    subscriptions = account.all_of("subscriptions", status="all")
    opportunities = Counter(
        item["metadata"]["salesforce_opportunity_id"] for item in subscriptions
    )
    assert opportunities == Counter(sale.opportunity for sale in run.herd.sales)
    here = bound(odoo, stripe, "subscription")
    assert set(here) == {item["id"] for item in subscriptions}


def test_each_invoice_is_one_posted_move(run, odoo, stripe, account):
    invoices = {item["id"]: item for item in account.all_of("invoices")}
    moves = bound(odoo, stripe, "invoice")
    assert set(moves) == set(invoices)
    assert odoo.count("account.move", [("move_type", "=", "out_invoice")]) == SALES
    for identifier, move in moves.items():
        move = odoo.read("account.move", move, *books.MOVE_FIELDS)
        books.check_invoice(odoo, move, invoices[identifier])
        assert move["payment_state"] == "paid"


def test_each_payment_is_booked_once(run, odoo, stripe):
    payments = bound(odoo, stripe, "payment")
    rows = odoo.find("account.payment", [], "amount")
    assert len(payments) == len(rows) == SALES
    paid = sum((books.money(row["amount"]) for row in rows), Decimal(0))
    assert paid == sum((sale.total for sale in run.herd.sales), Decimal(0))


def test_the_clearing_account_holds_what_stripe_does(run, odoo, stripe, account):
    movements = account.all_of("balance_transactions")
    assert len(movements) == SALES
    balance = sum(major(movement["net"]) for movement in movements)
    assert books.clearing_balance(odoo, stripe) == balance


def test_salesforce_was_told_of_every_payment(run, org):
    rows = org.query("SELECT Q2C_Payment_Status__c FROM Opportunity")
    assert [row["Q2C_Payment_Status__c"] for row in rows] == ["Paid"] * SALES
