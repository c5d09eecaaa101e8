# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Weeks of history are imported into a new connection: looked at first, then for real,
with Odoo killed in the middle of both."""

import time
from collections import Counter

import pytest
from machine import database
from story import books, connect, queues, sql
from story.past import TAX, Past
from story.stage import Stage
from story.stripe_account import SimulatedAccount
from story.waiting import StoryError, until

IMPORT = "q2c.history.import"
PROOF = "q2c.clearing.proof"
SHOWN = ("state", "progress", "message", "notes", "new_count", "entry_count")
# A dry run is killed once it has foreseen something, an import once so many events came
# in.
SOME = 20
SECONDS = 300
PAUSE = 2
FORESEEN = """
    SELECT month, journal_id, account_id, move_state,
           debit::numeric, credit::numeric, entry_count
      FROM q2c_history_import_total ORDER BY 1, 2, 3, 4
"""
BOOKED = """
    SELECT date_trunc('month', date)::date, journal_id, account_id, parent_state,
           sum(debit), sum(credit), count(DISTINCT move_id)
      FROM account_move_line
     WHERE account_id IS NOT NULL AND parent_state != 'cancel'
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
COUNTED = "SELECT count(*) FROM q2c_history_import_object WHERE is_counted"
BROUGHT_IN = "SELECT count(*) FROM q2c_event WHERE import_id IS NOT NULL"


class Bringing:
    """The import on its way, as a person who presses the buttons sees it."""

    def __init__(self, stage):
        self.stage = stage
        self.odoo = stage.client()
        self.account = SimulatedAccount(stage.simulators.url("stripe_sim"))
        self.past = Past(self.account)
        self.connection = None
        self.id = None
        # {which run: (progress when it was killed, progress right after)}
        self.kills = {}

    def play(self):
        self.past.play()
        connect.set_up_company(self.odoo, TAX)
        self.connection = connect.connect_stripe(
            self.odoo, self.account, subscription_owner="provider"
        )
        # As a night would do it: what Stripe holds is told before the history is here.
        self.odoo.call("q2c.connection", "action_prove_clearing", [self.connection])
        self.id = self.odoo.create(
            IMPORT,
            connection_id=self.connection,
            date_from=self.past.first.isoformat(),
            date_to=self.past.last.isoformat(),
        )
        self.check()
        self.bring_in()

    def check(self):
        """The dry run."""
        self.odoo.call(IMPORT, "action_check", [self.id])
        self._await(lambda: self._value(COUNTED), "Something foreseen")
        self._kill("dry run")
        self._await(self._is("checked"), "The end of the dry run")
        self.foreseen = sql.rows(self.stage.database, FORESEEN)
        self.found = self.shown()
        self.moves_then = self.odoo.count("account.move")
        self.events_then = self.odoo.count("q2c.event", [("import_id", "!=", False)])

    def bring_in(self):
        """For real."""
        self.odoo.call(IMPORT, "action_start", [self.id])
        self._await(lambda: self._value(BROUGHT_IN) >= SOME, f"{SOME} events")
        self._kill("import")
        self._await(self._is("done"), "The end of the import")
        self._await(self._is_settled, "The end of all events", self._hurry)

    def shown(self):
        return self.odoo.read(IMPORT, self.id, *SHOWN)

    def _kill(self, which):
        before = self.shown()
        self.stage.server.kill()
        self.stage.server.restart()
        self.kills[which] = (before, self.shown())

    def _await(self, probe, what, meanwhile=None):
        try:
            until(probe, what, SECONDS, meanwhile)
        except StoryError as error:
            facts = [str(self.shown()), *queues.unsettled(self.odoo)]
            pytest.fail("\n".join([str(error), *facts]))

    def _is(self, state):
        return lambda: self.shown()["state"] == state

    def _value(self, statement):
        return sql.value(self.stage.database, statement)

    def _is_settled(self):
        return not queues.open_count(self.odoo)

    def _hurry(self):
        sql.let_time_pass(self.stage.database)
        # Waking the lanes all the time would keep them from their work.
        time.sleep(PAUSE)


@pytest.fixture(scope="module")
def bringing():
    with Stage(database.unique(), ("stripe_sim",)) as stage:
        bringing = Bringing(stage)
        bringing.play()
        yield bringing


def test_it_was_killed_in_the_middle_of_both(bringing):
    for which, state in (("dry run", "checking"), ("import", "running")):
        before, after = bringing.kills[which]
        assert before["state"] == after["state"] == state
        assert 0 < before["progress"] <= after["progress"] < 100, which


def test_the_dry_run_wrote_nothing(bringing):
    assert bringing.found["new_count"] > SOME
    assert (bringing.moves_then, bringing.events_then) == (0, 0)
    rest = "SELECT count(*) FROM q2c_history_import_object"
    assert sql.value(bringing.stage.database, rest) == 0


def test_nothing_was_left_out(bringing):
    shown = bringing.shown()
    assert (shown["message"], shown["notes"]) == (False, False)
    assert not queues.failed(bringing.odoo)


def test_what_was_foreseen_was_booked(bringing):
    booked = sql.rows(bringing.stage.database, BOOKED)
    assert bringing.foreseen == booked
    assert bringing.found["entry_count"] == bringing.odoo.count("account.move")
    # The refund without a credit note has one proposed.
    states = Counter(state for _month, _journal, _account, state, *_rest in booked)
    assert set(states) == {"posted", "draft"}


def test_each_invoice_is_one_posted_move(bringing):
    odoo = bringing.odoo
    issued = bringing.account.all_of("invoices")
    assert {item["status"] for item in issued} == {"open", "paid", "void"}
    # What was void before it came in is nothing in the books.
    invoices = {item["id"]: item for item in issued if item["status"] != "void"}
    domain = [("connection_id", "=", bringing.connection), ("kind", "=", "invoice")]
    links = odoo.find("q2c.binding", domain, "external_id", "res_id")
    assert {link["external_id"] for link in links} == set(invoices)
    assert odoo.count("account.move", [("move_type", "=", "out_invoice")]) == len(links)
    for link in links:
        invoice = invoices[link["external_id"]]
        move = odoo.read("account.move", link["res_id"], *books.MOVE_FIELDS)
        books.check_invoice(odoo, move, invoice)


def test_the_clearing_account_holds_what_stripe_does(bringing):
    odoo, connection = bringing.odoo, bringing.connection
    movements = bringing.account.all_of("balance_transactions")
    balance = sum(books.major(movement["net"]) for movement in movements)
    assert {row["type"] for row in movements} >= {"charge", "refund", "payout"}
    assert books.clearing_balance(odoo, connection) == balance > 0
    odoo.call("q2c.connection", "action_prove_clearing", [connection])
    [proof] = odoo.find(
        PROOF, [], "state", "opening_balance", "line_count", order="id desc", limit=1
    )
    assert (proof["state"], proof["opening_balance"]) == ("proven", 0)
    assert proof["line_count"] == 0


def test_another_dry_run_finds_nothing_new(bringing):
    odoo = bringing.odoo
    again = odoo.create(
        IMPORT,
        connection_id=bringing.connection,
        date_from=bringing.past.first.isoformat(),
        date_to=bringing.past.last.isoformat(),
    )
    odoo.call(IMPORT, "action_check", [again])
    until(
        lambda: odoo.read(IMPORT, again, "state")["state"] == "checked",
        "The end of the second dry run",
    )
    shown = odoo.read(IMPORT, again, *SHOWN)
    assert (shown["new_count"], shown["entry_count"]) == (0, 0)


def test_odoo_logged_no_error(bringing):
    assert not bringing.stage.faults()
