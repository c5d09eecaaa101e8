# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 29: what becomes of a copy of the database, neutralized or not."""

import pytest
from machine import database
from machine import odoo as odoo_machine
from story import sql
from story.stage import Stage

# All that the scheduled actions do, one after the other.
WORK = """
connections = env["q2c.connection"].search([])
connections._run_poll()
for number in range(env["q2c.lane"]._count()):
    env["q2c.lane"]._run(number)
connections._run_send()
"""
ENQUEUE = """
stripe = env["q2c.connection"].search([("provider", "=", "stripe")])
partner = env["res.partner"].create({"name": "Waits to be sent"})
env["q2c.command"]._enqueue(stripe, "create", "customer", partner)
"""


@pytest.fixture(scope="module")
def stage():
    """Without scheduled actions: what is to be done stays undone."""
    with Stage(database.unique(), ("stripe_sim", "salesforce_sim"), crons=0) as stage:
        yield stage


@pytest.fixture(scope="module")
def original(stage, org, salesforce, stripe):
    """A database with active connections and work to do, and nobody connected."""
    org.create("Account", Name="Waits to be read")
    odoo_machine.shell(stage.database, ENQUEUE, log=f"{stage.database}-enqueue")
    stage.server.stop()
    return stage.database


@pytest.fixture
def copy(original):
    name = database.create(database.unique(), original)
    yield name
    database.drop(name)


@pytest.fixture
def calls(account, org):
    """How often the providers were asked anything, as a function."""

    def count():
        asked = sum(account.state()["requests"].values())
        return asked + org.control("state", "GET")["api_calls"]

    return count


def work(name):
    odoo_machine.shell(name, WORK, log=f"{name}-work")


def states(name):
    rows = sql.rows(name, "SELECT DISTINCT state FROM q2c_connection")
    return {state for (state,) in rows}


def test_a_neutralized_copy_has_no_secret_and_calls_nobody(copy, calls):
    run = odoo_machine.run("-d", copy, subcommand="neutralize", log=f"{copy}-neutral")
    odoo_machine.checked(run)
    assert sql.value(copy, "SELECT count(*) FROM q2c_secret") == 0
    assert states(copy) == {"paused"}
    before = calls()
    work(copy)
    assert calls() == before


def test_a_plain_copy_pauses_itself_and_calls_nobody(copy, calls):
    before = calls()
    work(copy)
    assert calls() == before
    assert states(copy) == {"paused"}
    query = "SELECT count(*) FROM mail_message WHERE body LIKE '%is a copy%'"
    assert sql.value(copy, query) == 2


def test_a_neutralized_copy_has_another_webhook_address(copy, original):
    odoo_machine.run("-d", copy, subcommand="neutralize", log=f"{copy}-neutral")
    query = "SELECT webhook_token FROM q2c_connection"
    assert not set(sql.rows(copy, query)) & set(sql.rows(original, query))


def test_the_original_does_its_work(original, calls):
    """Last, so that the copies had something to do."""
    before = calls()
    work(original)
    assert calls() > before
    done = "SELECT count(*) FROM q2c_command WHERE state = 'done'"
    assert sql.value(original, done) == 1
