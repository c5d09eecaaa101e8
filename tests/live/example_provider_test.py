# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Another addon connects another system by one selection value and one model
(``addons/q2c_example``); the engine does the rest."""

import datetime
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from machine import database
from story import connect, sql
from story.stage import Stage
from story.trials import sign
from story.waiting import until

ADDONS = Path(__file__).with_name("addons")
SECRET = "the secret of the desk"


class Desk:
    """The support desk: a small API that keeps customers."""

    def __init__(self):
        self.customers = {}
        self.calls = []
        self._by_key = {}

    def answer(self, method, path, headers, body):
        """(status, content) of a request."""
        self.calls.append((method, path, headers.get("Idempotency-Key"), body))
        if headers.get("Authorization") != f"Bearer {SECRET}":
            return 401, {}
        if path == "/desk":
            return 200, {"id": "desk-1", "name": "Support"}
        if method == "POST":
            return 201, self._create(headers["Idempotency-Key"], body)
        customer = self.customers[path.rsplit("/", 1)[-1]]
        customer.update(body or {})
        return 200, customer

    def _create(self, key, body):
        if key not in self._by_key:
            identifier = f"D-{uuid.uuid4().hex[:6]}"
            self.customers[identifier] = {"id": identifier, **body}
            self._by_key[key] = identifier
        return self.customers[self._by_key[key]]


class Handler(BaseHTTPRequestHandler):
    def _serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        status, content = self.server.desk.answer(
            self.command, self.path, self.headers, body
        )
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = _serve

    def log_message(self, format, *arguments):
        """Silence: pytest shows what matters."""


@pytest.fixture(scope="module")
def desk():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.desk = Desk()
    server.desk.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.desk
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def stage():
    """Odoo with the example addon."""
    name = database.unique()
    with Stage(name, (), modules=["q2c_example"], extra_addons=[ADDONS]) as stage:
        yield stage


@pytest.fixture(scope="module")
def connection(odoo, company, desk):
    connection = odoo.create(
        "q2c.connection",
        name="Support",
        provider="example",
        api_base=desk.url,
        example_secret=SECRET,
    )
    odoo.call("q2c.connection", "action_test", [connection])
    odoo.call("q2c.connection", "action_activate", [connection])
    return connection


def message(identifier, name):
    return json.dumps(
        {
            "id": identifier,
            "type": "customer.updated",
            "time": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "customer": {"id": "D-77", "name": name, "email": "d@desk.example"},
        }
    ).encode()


def post(odoo, connection, body, secret=SECRET):
    return requests.post(
        connect.webhook_url(odoo, connection),
        data=body,
        headers={"X-Desk-Signature": sign(body, secret)},
        timeout=60,
    )


def test_its_health_is_asked(odoo, connection):
    row = odoo.read("q2c.connection", connection, "state", "account_ref", "health")
    assert (row["state"], row["account_ref"], row["health"]) == (
        "active",
        "desk-1",
        "ok",
    )


def test_its_secret_is_not_readable(odoo, stage, connection):
    row = odoo.read(
        "q2c.connection", connection, "example_secret", "example_secret_hint"
    )
    assert not row["example_secret"]
    assert "desk" in row["example_secret_hint"]
    stored = sql.rows(stage.database, "SELECT token FROM q2c_secret")
    assert stored and SECRET not in str(stored)


def test_a_webhook_becomes_a_partner(odoo, connection):
    assert post(odoo, connection, message("m1", "Desk Customer")).status_code == 200
    partners = until(
        lambda: odoo.find("res.partner", [("name", "=", "Desk Customer")], "email"),
        "The partner of the desk's customer",
    )
    assert [partner["email"] for partner in partners] == ["d@desk.example"]


def test_a_forged_webhook_is_refused(odoo, connection):
    answer = post(odoo, connection, message("m2", "Forged"), secret="guessed")
    assert answer.status_code == 400
    assert not odoo.count("q2c.event", [("external_id", "=", "m2")])


def test_a_command_creates_a_customer_there_once(odoo, desk, connection):
    partner = odoo.create("res.partner", name="From Odoo", email="o@odoo.example")
    for _twice in range(2):
        odoo.call("res.partner", "action_q2c_example_create", [partner])
    domain = [("res_model", "=", "res.partner"), ("res_id", "=", partner)]
    [binding] = until(
        lambda: odoo.find("q2c.binding", domain, "external_id", "kind"),
        "The link to the desk's customer",
    )
    assert binding["kind"] == "customer"
    assert desk.customers[binding["external_id"]]["name"] == "From Odoo"
    posts = [call for call in desk.calls if call[0] == "POST"]
    assert len(posts) == 1
    assert posts[0][2], "no idempotency key"


def test_a_change_is_brought_there(odoo, desk, connection):
    [partner] = odoo.find("res.partner", [("name", "=", "From Odoo")], "id")
    odoo.write("res.partner", [partner["id"]], name="Renamed in Odoo")
    until(
        lambda: "Renamed in Odoo" in [c["name"] for c in desk.customers.values()],
        "The new name at the desk",
    )
