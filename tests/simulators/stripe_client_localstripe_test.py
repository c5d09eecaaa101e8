# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 4: a server that others wrote, in the shapes of old versions (plans, invoices
that name their PaymentIntent, charges listed on it)."""

import importlib.util
import socket
import subprocess
import sys
import time

import pytest
import requests
from quote_to_cash.canonical import Money, Ref
from quote_to_cash.providers.stripe import envelope, webhook
from quote_to_cash.providers.stripe.client import Client
from quote_to_cash.providers.stripe.translate import translate

from tests.simulators.stripe_story import wait_until

pytest_plugins = ["tests.simulators.stripe_fixtures"]

if importlib.util.find_spec("localstripe") is None:
    pytest.skip("localstripe is not installed.", allow_module_level=True)

# Its own command would listen on all addresses of the machine.
_SERVE = """
import sys
from aiohttp import web
from localstripe.server import app
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None)
"""
_SECRET = "whsec_local"


class Server:
    def __init__(self, url):
        self.url = url
        self._http = requests.Session()
        self._http.trust_env = False

    def post(self, path, data=None, **given):
        answer = self._http.post(
            self.url + path, data=data, auth=("sk_test_x", ""), timeout=10, **given
        )
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.text else None

    def forget(self):
        self._http.delete(self.url + "/_config/data", timeout=10)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    port = _free_port()
    command = [sys.executable, "-c", _SERVE, str(port)]
    folder = tmp_path_factory.mktemp("localstripe")
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(port) or process.poll() is not None, 20)
        assert process.poll() is None, "localstripe did not start."
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def server(process):
    server = Server(process)
    server.forget()
    return server


@pytest.fixture
def client(server):
    client = Client("sk_test_x", api_base=server.url)
    yield client
    client.close()


@pytest.fixture
def sub(server):
    """A monthly subscription with 20 % tax, paid by card."""
    customer = server.post("/v1/customers", {"name": "Ada", "email": "a@x.example"})
    method = server.post(
        "/v1/payment_methods",
        {
            "type": "card",
            "card[number]": "4242424242424242",
            "card[exp_month]": "12",
            "card[exp_year]": "2030",
            "card[cvc]": "123",
        },
    )
    server.post(
        f"/v1/payment_methods/{method['id']}/attach", {"customer": customer["id"]}
    )
    server.post(
        f"/v1/customers/{customer['id']}",
        {"invoice_settings[default_payment_method]": method["id"]},
    )
    rate = server.post(
        "/v1/tax_rates",
        {"display_name": "VAT", "percentage": "20", "inclusive": "false"},
    )
    server.post(
        "/v1/plans",
        {
            "id": "monthly",
            "product[name]": "Seat",
            "amount": "4900",
            "currency": "eur",
            "interval": "month",
        },
    )
    return server.post(
        "/v1/subscriptions",
        {
            "customer": customer["id"],
            "items[0][plan]": "monthly",
            "items[0][quantity]": "3",
            "items[0][tax_rates][0]": rate["id"],
            "metadata[salesforce_opportunity_id]": "006x",
        },
    )


def fetched(client, kind, identifier):
    ref = Ref(kind, identifier)
    content = client.fetch([ref])[ref]
    assert isinstance(content, dict), content
    return translate(kind, content)


def test_rule_4_plans_and_old_subscriptions_are_understood(client, sub):
    document = fetched(client, "subscription", sub["id"])
    [item] = document.items
    assert (item.price_id, item.quantity, item.interval) == ("monthly", 3, "month")
    assert (item.unit_amount.major, document.currency) == (49, "EUR")
    assert item.period_start < item.period_end
    assert (document.status, document.trace) == ("active", "006x")
    assert item.tax_rates


def test_rule_4_an_old_invoice_and_its_payment_agree_to_the_cent(client, sub):
    invoice = fetched(client, "invoice", sub["latest_invoice"])
    assert invoice.subscription_id == sub["id"]
    assert (invoice.status, invoice.untaxed) == ("paid", Money(14700, "EUR"))
    assert (invoice.tax, invoice.total) == (Money(2940, "EUR"), Money(17640, "EUR"))
    [content] = client.fetch([Ref("invoice", invoice.id)]).values()
    payment = fetched(client, "payment", content["payment_intent"])
    [part] = payment.allocations
    assert (part.invoice_id, part.amount) == (invoice.id, invoice.total)
    assert (payment.status, payment.amount) == ("succeeded", invoice.total)
    assert payment.charge_id.startswith("ch_")
    charge = fetched(client, "payment", payment.charge_id)
    assert (charge.id, charge.status) == (payment.id, "succeeded")


def test_rule_1_its_webhooks_are_verified(server, client, stripe_listener):
    server.post(
        "/_config/webhooks/q2c",
        json={"url": stripe_listener.url, "secret": _SECRET, "events": None},
    )
    customer = server.post("/v1/customers", {"name": "Ada"})

    def ours():
        # It tells of things a second late, and of what another test left behind.
        heard = [each for each in stripe_listener.received if customer["id"] in each[0]]
        return heard and heard[0]

    body, headers = wait_until(ours)
    webhook.verify(body.encode(), headers[webhook.HEADER], [_SECRET], time.time())
    [found] = webhook.parse(body.encode())
    assert (found.kind, found.object_id) == ("customer", customer["id"])
    assert not envelope.open_payload(found.payload, "customer").complete
