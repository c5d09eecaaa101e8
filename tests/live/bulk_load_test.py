# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 11: thousands of accounts and contacts come in by bulk jobs, while Odoo is
killed again and again."""

import pytest
from story import queues, sql
from story.waiting import until

ACCOUNTS, PEOPLE = 2100, 1
RECORDS = ACCOUNTS * (1 + PEOPLE)
SECONDS = 400
# How many events are kept, and how many done, when Odoo is killed.
KEPT_AT, DONE_AT = (1, 2500), (300,)
# The org has a price book as well.
LOADED = "kind IN ('customer', 'contact')"
KEPT = f"SELECT count(*) FROM q2c_event WHERE {LOADED}"
DONE = f"{KEPT} AND state = 'done'"
WAKE = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT poll_cron_id, date_trunc('second', now() AT TIME ZONE 'UTC')
      FROM q2c_connection
"""


class Load:
    def __init__(self, stage, odoo, org, connection):
        self.stage = stage
        self.kept_at_kills = []
        org.control("org", bulk_looks=0)
        org.control("crowd", accounts=ACCOUNTS, people=PEOPLE)
        odoo.call("q2c.connection", "action_load_everything", [connection])

    def play(self):
        for query, goals in ((KEPT, KEPT_AT), (DONE, DONE_AT)):
            for goal in goals:
                self._until(query, goal)
                self.kept_at_kills.append(self._count(KEPT))
                self.stage.server.kill()
                self.stage.server.restart()
        self._until(DONE, RECORDS)

    def _count(self, query):
        return sql.value(self.stage.database, query)

    def _until(self, query, goal):
        until(
            lambda: self._count(query) >= goal, f"{goal} of {query}", SECONDS, self._go
        )

    def _go(self):
        sql.rows(self.stage.database, WAKE)
        sql.let_time_pass(self.stage.database)


@pytest.fixture(scope="module")
def load(stage, odoo, org, salesforce):
    load = Load(stage, odoo, org, salesforce)
    load.play()
    return load


def test_rule_11_it_was_killed_within_the_load(load):
    assert min(load.kept_at_kills) < RECORDS


def test_rule_11_every_record_came_in_once(load, stage, odoo):
    assert sql.value(stage.database, KEPT) == RECORDS
    assert not queues.failed(odoo)
    sources = sql.rows(
        stage.database, f"SELECT DISTINCT source FROM q2c_event WHERE {LOADED}"
    )
    assert sources == [("load",)]


def test_rule_11_every_record_is_one_partner(load, stage):
    rows = sql.rows(
        stage.database,
        "SELECT kind, count(*), count(DISTINCT res_id) FROM q2c_binding"
        f" WHERE {LOADED} GROUP BY kind",
    )
    assert sorted(rows) == [
        ("contact", ACCOUNTS * PEOPLE, ACCOUNTS * PEOPLE),
        ("customer", ACCOUNTS, ACCOUNTS),
    ]
    lone = sql.value(
        stage.database,
        "SELECT count(*) FROM res_partner p JOIN q2c_binding b ON b.res_id = p.id"
        " WHERE b.kind = 'contact' AND p.parent_id IS NULL",
    )
    assert lone == 0


def test_rule_11_jobs_were_gone_on_with_and_removed(load, org):
    """One for accounts and one for contacts; a process that is killed between the call
    and its commit may have begun another."""
    state = org.control("state", "GET")
    begun = state["requests"]["POST /services/data/v66.0/jobs/query"]
    assert 2 <= begun <= 3
    assert state["requests"]["DELETE /services/data/v66.0/jobs/query/{id}"] >= 2


def test_rule_11_polls_go_on_from_the_watermark(load, stage, odoo, org, salesforce):
    until(
        lambda: (
            not odoo.find(
                "q2c.stream", [("connection_id", "=", salesforce)], "is_loading"
            )[2]["is_loading"]
        ),
        "The end of the load",
        meanwhile=load._go,
    )
    identifier = org.create("Account", Name="Came in later")
    odoo.call("q2c.connection", "action_poll_now", [salesforce])
    until(
        lambda: odoo.count("res.partner", [("name", "=", "Came in later")]),
        "The account that was made after the load",
        meanwhile=load._go,
    )
    assert identifier


def test_rule_13_every_call_is_counted(load, stage, odoo, org, salesforce):
    """But those of a process that was killed before it had written them down."""
    shown = odoo.read("q2c.connection", salesforce, "api_calls", "api_used")
    assert 0 < shown["api_calls"] <= org.control("state", "GET")["api_calls"]
    assert shown["api_used"] > 0
