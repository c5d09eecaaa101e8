# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The Stripe simulator as a process of its own, and a listener for its webhooks.

A pytest plugin: test modules name it in ``pytest_plugins``.
"""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
import stripe

from tests.simulators.stripe_story import START, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Simulator:
    """The control addresses of a running simulator."""

    def __init__(self, url):
        self.url = url
        self._http = requests.Session()
        self._http.trust_env = False

    def call(self, method, name, body=None):
        answer = self._http.request(method, f"{self.url}/_sim/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, name, body=None):
        return self.call("POST", name, {} if body is None else body)

    def get(self, name):
        return self.call("GET", name)

    def advance(self, seconds):
        return self.post("clock", {"advance": seconds})["now"]

    def fault(self, kind, **given):
        return self.post("faults", [{"kind": kind, **given}])

    def give_card(self, customer, card="visa"):
        return self.post(f"customers/{customer}/payment_method", {"card": card})

    def raw(self, method, path, data=None, key="sk_test_x", headers=None):
        """A request as any HTTP client would send it, in Stripe's encoding."""
        authorization = {"Authorization": f"Bearer {key}"} if key else {}
        return self._http.request(
            method,
            self.url + path,
            data=data,
            headers={**authorization, **(headers or {})},
            timeout=20,
        )


@pytest.fixture(scope="session")
def stripe_process(tmp_path_factory):
    port_file = tmp_path_factory.mktemp("stripe_sim") / "port"
    command = [sys.executable, "-m", "stripe_sim", "--port-file", str(port_file)]
    process = subprocess.Popen(command, cwd=ROOT / "dev", env=dict(os.environ))
    try:
        wait_until(lambda: port_file.exists() or process.poll() is not None, 20)
        assert process.poll() is None, "The simulator did not start."
        yield f"http://127.0.0.1:{port_file.read_text()}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def stripe_sim(stripe_process):
    """A simulator without objects, its clock standing at START."""
    simulator = Simulator(stripe_process)
    simulator.post("reset", {"clock": START})
    simulator.post("webhooks", {"mode": "normal", "backoff": [0.05] * 6})
    return simulator


@pytest.fixture
def stripe_client(stripe_sim):
    return stripe.StripeClient(
        "sk_test_x", base_addresses={"api": stripe_sim.url}, max_network_retries=0
    )


class Listener:
    """Collects webhook calls; `answers` are given in turn, then 200."""

    def __init__(self, server):
        self.url = f"http://127.0.0.1:{server.server_port}/hook"
        self.received = []
        self.answers = []

    def wait_for(self, count):
        wait_until(lambda: len(self.received) >= count)
        return self.received

    @property
    def types(self):
        return [json.loads(body)["type"] for body, _headers in self.received]


@pytest.fixture
def stripe_listener():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.received.append((body.decode(), dict(self.headers)))
            self.send_response(heard.answers.pop(0) if heard.answers else 200)
            self.end_headers()

        def log_message(self, *_args):
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard = Listener(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield heard
    server.shutdown()
    server.server_close()
