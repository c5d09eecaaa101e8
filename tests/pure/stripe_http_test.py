# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Transport and errors against a real HTTP server that follows a script. What needs
Stripe's behaviour is tested against its simulator."""

import json
import logging
import threading
from collections import deque
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest
import stripe
from quote_to_cash.canonical import Hold, Ref, Request, Retry
from quote_to_cash.providers.stripe import api_key
from quote_to_cash.providers.stripe.client import Client
from quote_to_cash.providers.stripe.transport import Transport
from quote_to_cash.providers.stripe.version import API_VERSION

KEY = "sk_test_51HsecretSECRET"
CREATE = Request(verb="create", resource="customers", params={"name": "Ada"})


class Server(ThreadingHTTPServer):
    """``script``: the answers to come, (status, headers, body). ``calls``: what was
    asked, (method, path, headers, body)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.script, self.calls = deque(), []

    def answer(self, status, body=None, **headers):
        self.script.append((status, headers, body))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.calls.append((self.command, self.path, self.headers, body))
        status, headers, answer = self.server.script.popleft()
        payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_POST = do_DELETE = do_GET

    def log_message(self, *args):
        """Quiet: what was asked is in ``calls``."""


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def client(server):
    client = Client(KEY, api_base=server.url, timeout=(2, 2))
    yield client
    client.close()


def refusal(code=None, message="It is refused.", kind="invalid_request_error", **more):
    return {"error": {"type": kind, "code": code, "message": message, **more}}


def failure(client):
    outcome = client.send("key", CREATE)
    assert outcome.failure is not None
    return outcome.failure


# ----------------------------------------------------------------------
# THE CALL
# ----------------------------------------------------------------------


def test_a_call_bears_version_and_key_and_is_made_once(server, client):
    server.answer(200, {"id": "cus_1"})
    outcome = client.send("key 1", CREATE)
    assert (outcome.id, outcome.failure) == ("cus_1", None)
    [(method, path, headers, body)] = server.calls
    assert (method, path, body) == ("POST", "/v1/customers", "name=Ada")
    assert headers["Idempotency-Key"] == "key 1"
    assert headers["Stripe-Version"] == API_VERSION
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert "X-Stripe-Client-Telemetry" not in headers


def test_nested_parameters_are_encoded(server, client):
    server.answer(200, {"id": "sub_1"})
    params = {"items": [{"price": "p", "quantity": 2}], "off_session": True}
    client.send("k", Request(verb="create", resource="subscriptions", params=params))
    assert parse_qsl(server.calls[0][3]) == [
        ("items[0][price]", "p"),
        ("items[0][quantity]", "2"),
        ("off_session", "true"),
    ]


def test_a_fault_is_not_repeated_by_the_library(server, client):
    server.answer(500, refusal(kind="api_error"))
    assert failure(client).code == "unavailable"
    assert len(server.calls) == 1


def test_fractions_are_read_without_floats(server, client):
    server.answer(200, b'{"id": "txr_1", "percentage": 19.1}')
    content = client.fetch([Ref("tax_rate", "txr_1")])[Ref("tax_rate", "txr_1")]
    assert str(content["percentage"]) == "19.1"
    assert type(content["percentage"]).__name__ == "Decimal"


def test_redirects_are_not_followed(server, client):
    server.answer(302, b"", Location=server.url + "/elsewhere")
    assert isinstance(failure(client), Hold)
    assert len(server.calls) == 1


def test_a_password_in_netrc_does_not_replace_the_key(
    server, client, tmp_path, monkeypatch
):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.answer(200, {"id": "cus_1"})
    client.send("key", CREATE)
    assert server.calls[0][2]["Authorization"] == f"Bearer {KEY}"


def test_nothing_of_a_call_is_logged(server, client, caplog):
    server.answer(400, refusal(message="No such thing"))
    with caplog.at_level(logging.DEBUG):
        failure(client)
    assert not [r for r in caplog.records if r.name == "stripe"]
    assert stripe.enable_telemetry is False


# ----------------------------------------------------------------------
# THE BARRIER
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "base", "code"),
    [
        ("", "", "invalid_key"),
        ("pk_test_x", "", "invalid_key"),
        ("whsec_x", "", "invalid_key"),
        ("sk_test_", "", "invalid_key"),
        ("sk_prod_x", "", "invalid_key"),
        ("sk_test_x\nHost: y", "", "invalid_key"),
        ("sk_live_x", "http://127.0.0.1:1", "live_key"),
        ("rk_live_x", "http://localhost:1", "live_key"),
        ("rk_live_x", "https://[::1]:1", "live_key"),
        ("sk_test_x", "http://stripe.example", "insecure_address"),
        ("sk_test_x", "ftp://127.0.0.1", "malformed_address"),
        ("sk_test_x", "nonsense", "malformed_address"),
    ],
)
def test_rule_29_a_key_goes_only_where_it_belongs(key, base, code):
    with pytest.raises(Hold) as caught:
        Client(key, api_base=base)
    assert caught.value.code == code
    assert caught.value.remedy
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize("key", ["sk_test_x", "sk_live_x", "rk_test_x", "rk_live_x"])
def test_proper_keys_are_taken(key):
    client = Client(key)
    assert client.connector.base == "https://api.stripe.com"
    assert client.live == ("live" in key)
    client.close()


def test_rule_29_the_barrier_stands_in_the_transport_too(server):
    transport = Transport()
    library = stripe.StripeClient(
        "sk_live_x", base_addresses={"api": server.url}, http_client=transport
    )
    with pytest.raises(Hold) as caught:
        library.v1.customers.list()
    assert caught.value.code == "live_key"
    assert not server.calls
    transport.close()


def test_keys_are_masked_wherever_they_stand():
    text = "Invalid: sk_live_51Habc, rk_test_x1 and whsec_y; not task_force"
    assert api_key.mask(text) == (
        "Invalid: sk_live_…, rk_test_… and whsec_…; not task_force"
    )


# ----------------------------------------------------------------------
# ERRORS
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (409, refusal("lock_timeout"), "record_locked"),
        (429, refusal("lock_timeout"), "record_locked"),
        (409, refusal("idempotency_key_in_use"), "record_locked"),
        (409, refusal(kind="idempotency_error"), "record_locked"),
        (429, refusal("rate_limit"), "rate_limited"),
        (400, refusal("rate_limit"), "rate_limited"),
        (424, refusal(kind="api_error"), "unavailable"),
        (500, refusal(kind="api_error"), "unavailable"),
        (503, b"<html>", "unavailable"),
        (429, b"slow down", "rate_limited"),
    ],
)
def test_rule_13_passing_faults_are_tried_again(server, client, status, body, code):
    server.answer(status, body, Retry_After="17")
    found = failure(client)
    assert isinstance(found, Retry)
    assert (found.code, found.after) == (code, timedelta(seconds=17))


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, refusal(message="Invalid API Key provided"), "invalid_key"),
        (401, refusal("api_key_expired"), "invalid_key"),
        (403, refusal(message="needs rak_customer_write"), "insufficient_access"),
        (404, refusal("resource_missing"), "missing"),
        (400, refusal("resource_missing", param="customer"), "missing"),
        (400, refusal("parameter_unknown", param="x"), "refused"),
        (400, refusal("tax_id_invalid"), "invalid_tax_id"),
        (400, refusal(kind="idempotency_error"), "key_reused"),
        (402, refusal("card_declined", kind="card_error"), "payment_declined"),
        (
            400,
            refusal(
                "resource_missing",
                "This customer has no attached payment source or default payment"
                " method.",
            ),
            "no_payment_method",
        ),
        (404, b"<html>not here</html>", "unexpected_answer"),
        (200, b"<html>sign in</html>", "unexpected_answer"),
        (200, [], "unexpected_answer"),
        (400, {"message": "other"}, "unexpected_answer"),
        (501, refusal(kind="api_error"), "refused"),
    ],
)
def test_rule_13_refusals_are_held_with_a_remedy(server, client, status, body, code):
    server.answer(status, body)
    found = failure(client)
    assert isinstance(found, Hold)
    assert found.code == code
    assert found.remedy
    assert "customers" in found.message
    assert "<html" not in found.message


def test_a_decline_names_its_reason_and_the_parameter(server, client):
    body = refusal(
        "card_declined", "Your card was declined.", "card_error", param="source"
    )
    body["error"]["decline_code"] = "insufficient_funds"
    server.answer(402, body)
    message = failure(client).message
    assert "Your card was declined. (insufficient_funds)" in message
    assert "Parameter: source." in message


def test_a_key_in_a_message_is_masked(server, client):
    server.answer(401, refusal(message=f"Invalid API Key provided: {KEY}"))
    found = failure(client)
    assert "SECRET" not in found.message
    assert found.__cause__ is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("soon", None),
        ("", None),
        (format_datetime(datetime(2000, 1, 1, tzinfo=timezone.utc)), 0),
    ],
)
def test_rule_13_retry_after_is_honoured(server, client, header, seconds):
    server.answer(429, refusal(), Retry_After=header)
    after = failure(client).after
    assert after == (None if seconds is None else timedelta(seconds=seconds))


def test_nobody_there_is_a_passing_fault(client, server):
    server.server_close()
    found = failure(client)
    assert isinstance(found, Retry)
    assert found.code == "unreachable"
    assert "ConnectionError" in found.message


def test_a_restricted_key_that_may_not_read_the_account_says_so(server, client):
    server.answer(403, refusal(message="The provided key 'rk_test_*b' may not."))
    with pytest.raises(Hold) as caught:
        client.health()
    assert caught.value.code == "insufficient_access"
    assert "read the account" in caught.value.remedy


def test_an_account_without_a_name_is_called_by_its_mail(server, client):
    server.answer(200, {"id": "acct_1", "email": "a@x.example", "settings": None})
    assert client.health().account_name == "a@x.example"


def test_where_there_is_no_search_objects_are_listed(server, client):
    wanted = {"id": "cus_1", "metadata": {"odoo_ref": "u:res.partner:1"}}
    server.answer(400, refusal(message="Search is not available in your country"))
    server.answer(200, {"data": [{"id": "cus_2"}], "has_more": True})
    server.answer(200, {"data": [wanted], "has_more": False})
    assert client.find("customer", "u:res.partner:1")["id"] == "cus_1"
    assert "starting_after=cus_2" in server.calls[2][1]


def test_an_empty_page_that_claims_more_ends_the_list(server, client):
    server.answer(200, {"data": [], "has_more": True})
    assert client.endpoints() == []
