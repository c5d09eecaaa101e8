# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The simulator as a process of its own, clients for it, and a receiver of pushes.

A pytest plugin: test modules name it in ``pytest_plugins``.
"""

import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

DEV = Path(__file__).resolve().parents[2] / "dev"
VERSION = "66.0"
START_SECONDS = 20


class PlainHttp(HTTPAdapter):
    """simple-salesforce writes https:// before every host; on loopback it is http."""

    def send(self, request, **options):
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, **options)


class Simulator:
    """A running simulator: its control API and clients that are signed in."""

    def __init__(self, url):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False

    def control(self, path, method="POST", /, status=200, **body):
        """The answer of the control API; ``status`` is the one expected."""
        answer = self.http.request(method, f"{self.url}/_sim/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def token(self):
        return self.control("sessions")["access_token"]

    def salesforce(self):
        session = requests.Session()
        session.trust_env = False
        session.mount(self.url.replace("http://", "https://"), PlainHttp())
        return Salesforce(
            instance_url=self.url,
            session_id=self.token(),
            version=VERSION,
            session=session,
        )

    def rest(self):
        """Calls of the data API as (method, path, …) → response."""
        headers = {"Authorization": f"Bearer {self.token()}"}

        def call(method, path, **options):
            sent = {**headers, **options.pop("headers", {})}
            url = f"{self.url}/services/data/v{VERSION}/{path}"
            return self.http.request(method, url, headers=sent, **options)

        return call


@pytest.fixture(scope="session")
def salesforce_process(tmp_path_factory):
    port_file = tmp_path_factory.mktemp("salesforce") / "port"
    command = [sys.executable, "-m", "salesforce_sim", "--port", "0"]
    process = subprocess.Popen([*command, "--port-file", str(port_file)], cwd=DEV)
    deadline = time.monotonic() + START_SECONDS
    while not port_file.exists():
        assert process.poll() is None, "the simulator ended at once"
        assert time.monotonic() < deadline, "the simulator did not start"
        time.sleep(0.05)
    yield Simulator(f"http://127.0.0.1:{port_file.read_text()}")
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def sim(salesforce_process):
    """An empty organisation."""
    salesforce_process.control("reset")
    return salesforce_process


@pytest.fixture
def seeded(sim):
    """Ids of the small data set."""
    return sim.control("seed")


@pytest.fixture
def salesforce(sim):
    return sim.salesforce()


@pytest.fixture
def rest(sim):
    return sim.rest()


class Receiver:
    """Keeps what was posted to it; ``answers`` are (status, body) given in turn, the
    last one for ever."""

    def __init__(self, url):
        self.url = url
        self.answers = [(200, b"")]
        self.received = []

    def answer(self, headers, body):
        self.received.append((headers, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = self.server.receiver.answer(self.headers, body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format, *arguments):
        """Silence: pytest shows what matters."""


@pytest.fixture
def receiver():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    quick = {"poll_interval": 0.02}
    thread = threading.Thread(target=server.serve_forever, kwargs=quick, daemon=True)
    thread.start()
    yield server.receiver
    server.shutdown()
    server.server_close()
