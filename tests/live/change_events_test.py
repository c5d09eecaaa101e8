# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Changes in Salesforce are in Odoo without a poll, while Odoo is killed, told of
nothing but a gap, and stopped."""

import signal

import pytest
from story import queues, sql
from story.waiting import until

OBJECTS = ["Account", "Contact", "Opportunity", "Product2"]
KILLS, ACCOUNTS_EACH = 3, 4
STOP_SECONDS = 15
NO_POLL = """
    UPDATE q2c_stream SET next_run = '2100-01-01', interval = 100000;
    UPDATE q2c_stream SET last_run = NULL
"""
LOCK = "SELECT 1 FROM ir_cron WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED"


@pytest.fixture(scope="module")
def listening(stage, odoo, org, salesforce):
    """Id of a connection that polls nothing by itself, and listens."""
    sources = [("connection_id", "=", salesforce), ("last_run", "=", False)]
    until(lambda: not odoo.count("q2c.stream", sources), "The first polls")
    sql.rows(stage.database, NO_POLL)
    org.control("bus/capture", objects=OBJECTS)
    values = {"salesforce_bus_url": org.control("bus", "GET")["url"], "listens": True}
    odoo.write("q2c.connection", [salesforce], **values)
    until_listening(odoo, salesforce)
    return salesforce


def until_listening(odoo, connection):
    until(
        lambda: (
            odoo.read("q2c.connection", connection, "listening")["listening"]
            == "listening"
        ),
        "Listening",
    )


def until_there(odoo, *names):
    """Until each is the name of one partner."""
    until(
        lambda: odoo.count("res.partner", [("name", "in", names)]) >= len(names),
        f"{', '.join(names)} in Odoo",
    )
    assert odoo.count("res.partner", [("name", "in", names)]) == len(names)


def polled(odoo, connection):
    domain = [("connection_id", "=", connection), ("last_run", "!=", False)]
    return [row["code"] for row in odoo.find("q2c.stream", domain, "code")]


def test_a_change_comes_in_without_a_poll(listening, odoo, org):
    account = org.create("Account", Name="Halden Robotics")
    until_there(odoo, "Halden Robotics")
    org.update("Account", account, Name="Halden Robots")
    until_there(odoo, "Halden Robots")
    assert not polled(odoo, listening)
    events = odoo.find("q2c.event", [("object_id", "=", account)], "source", "state")
    assert [row["source"] for row in events] == ["listen", "listen"]


def test_what_is_told_while_odoo_is_dead_comes_in_afterwards(
    listening, stage, odoo, org
):
    names = []
    for kill in range(KILLS):
        for number in range(ACCOUNTS_EACH):
            names.append(f"Killed {kill}.{number}")
            org.create("Account", Name=names[-1])
        stage.server.kill()
        names.append(f"Dead {kill}")
        org.create("Account", Name=names[-1])
        stage.server.restart()
    until_there(odoo, *names)
    assert not polled(odoo, listening)
    assert not queues.failed(odoo)


def test_a_gap_event_is_healed_by_reading_the_record(listening, odoo, org):
    account = org.create("Account", Name="Before the Gap")
    until_there(odoo, "Before the Gap")
    org.control("bus", mode="gap")
    org.update("Account", account, Name="After the Gap")
    until_there(odoo, "After the Gap")
    org.control("bus", mode="normal")
    assert not polled(odoo, listening)


def test_an_overflow_is_healed_by_a_poll_of_that_stream(listening, odoo, org):
    org.control("bus", mode="silent")
    org.create("Account", Name="Never Told")
    org.control("bus", mode="normal")
    org.control("bus/overflow", object="Account")
    until_there(odoo, "Never Told")
    assert polled(odoo, listening) == ["account"]


def test_streams_that_are_cut_off_are_begun_anew(listening, odoo, org):
    org.control("bus/interrupt")
    org.create("Account", Name="After the Cut")
    until_there(odoo, "After the Cut")
    org.control("sessions/expire")
    # A session of this test's own has ended as well.
    fresh = org.control("sessions")["access_token"]
    org.http.headers["Authorization"] = f"Bearer {fresh}"
    org.create("Account", Name="After the Session")
    until_there(odoo, "After the Session")


def test_who_pauses_it_need_not_wait_for_it(listening, stage, odoo):
    """The scheduled action ends, so that its row is free."""
    cron = odoo.read("q2c.connection", listening, "listen_cron_id")["listen_cron_id"]
    assert not sql.rows(stage.database, LOCK, (cron[0],)), "it is not at work"
    odoo.call("q2c.connection", "action_pause", [listening])
    until(lambda: sql.rows(stage.database, LOCK, (cron[0],)), "The end of it", 20)
    odoo.call("q2c.connection", "action_activate", [listening])
    until(lambda: not sql.rows(stage.database, LOCK, (cron[0],)), "It, again")


def test_the_server_can_be_stopped_while_it_listens(listening, stage):
    process = stage.server.process
    process.send_signal(signal.SIGTERM)
    assert process.wait(STOP_SECONDS) == 0
    stage.server.restart()
    assert not stage.faults()
