# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Transport, session and writing against a real HTTP server that follows a script.
What needs Salesforce's behaviour is tested against its simulator."""

import json
import threading
from collections import deque
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from quote_to_cash.canonical import Hold, Request, Retry
from quote_to_cash.providers.salesforce.client import Client
from quote_to_cash.providers.salesforce.description import Description, Field
from quote_to_cash.providers.salesforce.login import ClientCredentials
from quote_to_cash.providers.salesforce.streams import stream_of
from quote_to_cash.providers.salesforce.transport import Transport

ORG = "00D24000000LyqBEAS"
USER = "00530000003sDGtAAM"
UPDATE_PATH = "/services/data/v66.0/composite/sobjects"
EXPIRED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}]


class Server(ThreadingHTTPServer):
    """``script``: the answers to come, (status, headers, body). ``sign_ins``: the same
    for the token endpoint, which gives out a new token each where nothing is scripted.
    ``calls``: what was asked, (method, path, authorization, body)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.script, self.sign_ins = deque(), deque()
        self.calls, self.tokens = [], 0

    def answer(self, status, body=None, **headers):
        self.script.append((status, headers, body))

    def answer_sign_in(self, status, body=None, **headers):
        self.sign_ins.append((status, headers, body))

    def token(self):
        self.tokens += 1
        return {
            "access_token": f"token-{self.tokens}",
            "instance_url": self.url,
            "id": f"{self.url}/id/{ORG}/{USER}",
            "issued_at": "1795510800000",
            "token_type": "Bearer",
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, answer = self.scripted(body)
        payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_POST = do_PATCH = do_GET

    def scripted(self, body):
        server = self.server
        if self.path == "/services/oauth2/token":
            if server.sign_ins:
                return server.sign_ins.popleft()
            return 200, {}, server.token()
        authorization = self.headers.get("Authorization")
        parsed = json.loads(body or "null")
        server.calls.append((self.command, self.path, authorization, parsed))
        return server.script.popleft()

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


def credentials(server):
    return ClientCredentials(
        client_id="id", client_secret="secret", login_url=server.url
    )


@pytest.fixture
def client(server):
    names = ("Id", "Status__c", "Amount__c", "Locked__c")
    account = Description(
        "Account",
        {name: Field(name, "string", name != "Locked__c") for name in names},
    )
    client = Client(
        credentials(server),
        session=credentials(server).sign_in(),
        descriptions={"Account": account},
    )
    yield client
    client.close()


def update(number=1, **values):
    return Request(
        verb="update",
        resource="Account",
        id=f"001D{number:011d}AAA"[:15],
        params=values or {"Status__c": "paid"},
    )


def succeeded(count=1, start=1):
    return [
        {"id": update(number).id, "success": True, "errors": []}
        for number in range(start, start + count)
    ]


def records(call):
    return call[3]["records"]


# ----------------------------------------------------------------------
# SIGN-IN
# ----------------------------------------------------------------------


def test_a_sign_in_tells_org_and_user(server):
    session = credentials(server).sign_in()
    assert (session.organization_id, session.user_id) == (ORG, USER)
    assert session.instance_url == server.url
    assert session.issued_at.timestamp() == 1795510800
    assert "token-1" not in repr(session)


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (503, b"", Retry),
        (429, b"", Retry),
        (500, {"error": "server_error"}, Retry),
        (200, b"<html>proxy</html>", Hold),
        (302, b"", Hold),
        (200, {"access_token": "x"}, Hold),
        (400, {"error": "invalid_client", "error_description": "no"}, Hold),
    ],
)
def test_sign_ins_that_fail(server, status, body, failure):
    server.answer_sign_in(status, body, Location="https://elsewhere.example")
    with pytest.raises(failure):
        credentials(server).sign_in()


def test_a_host_that_does_not_answer_is_asked_again_later(server):
    lost = ClientCredentials(
        client_id="id", client_secret="s", login_url="http://127.0.0.1:9"
    )
    with pytest.raises(Retry) as caught:
        lost.sign_in(timeout=2)
    assert caught.value.code == "unreachable"


def test_a_session_that_ended_is_renewed_once(server, client):
    server.answer(401, EXPIRED)
    server.answer(200, {"records": [], "done": True})
    client.query_page("SELECT Id FROM Account")
    assert [call[2] for call in server.calls] == ["Bearer token-1", "Bearer token-2"]
    assert client.session.access_token == "token-2"


def test_a_session_that_is_refused_again_is_held(server, client):
    server.answer(401, EXPIRED)
    server.answer(401, EXPIRED)
    with pytest.raises(Hold) as caught:
        client.query_page("SELECT Id FROM Account")
    assert caught.value.code == "session_refused"
    assert len(server.calls) == 2


# ----------------------------------------------------------------------
# TRANSPORT
# ----------------------------------------------------------------------


def test_the_token_goes_to_no_other_host(server):
    with Transport(server.url) as transport, pytest.raises(ValueError):
        transport.get("https://elsewhere.example/x")


def test_redirects_are_not_followed(server):
    server.answer(302, b"", Location="https://elsewhere.example")
    with Transport(server.url) as transport:
        assert transport.get(f"{server.url}/x").status_code == 302


def test_a_password_of_the_machine_does_not_replace_the_token(
    server, client, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.answer(200, {"records": [], "done": True})
    client.query_page("SELECT Id FROM Account")
    assert server.calls[0][2] == "Bearer token-1"


@pytest.mark.parametrize(
    ("header", "after"),
    [("7", timedelta(seconds=7)), ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta(0))],
)
def test_retry_after_is_honoured(server, client, header, after):
    server.answer(429, b"", Retry_After=header)
    with pytest.raises(Retry) as caught:
        client.query_page("SELECT Id FROM Account")
    assert caught.value.after == after


def test_an_answer_that_never_comes_is_a_passing_fault(server, client):
    client.connector.timeout = 0.2
    client.connector.close()
    stuck = threading.Event()
    original = Handler.do_GET
    Handler.do_GET = lambda self: stuck.wait(5)
    try:
        with pytest.raises(Retry) as caught:
            client.query_page("SELECT Id FROM Account")
    finally:
        stuck.set()
        Handler.do_GET = original
    assert caught.value.code == "unreachable"


# ----------------------------------------------------------------------
# READING
# ----------------------------------------------------------------------


def test_rule_13_the_use_of_the_daily_allocation_is_known(server, client):
    assert client.api_usage is None
    server.answer(
        200, {"records": [], "done": True}, Sforce_Limit_Info="api-usage=18/5000"
    )
    client.query_page("SELECT Id FROM Account")
    assert client.api_usage == (18, 5000)


def test_all_pages_are_read_and_attributes_dropped(server, client):
    attributes = {"type": "Account", "url": "/x"}
    owner = {"attributes": attributes, "Email": "a@b.c"}
    server.answer(
        200,
        {
            "records": [{"attributes": attributes, "Id": "1", "Owner": owner}],
            "done": False,
            "nextRecordsUrl": "/services/data/v66.0/query/01g-2000",
        },
    )
    server.answer(200, {"records": [{"Id": "2", "Owner": None}], "done": True})
    found = client.query_all("SELECT Id FROM Account", include_deleted=True)
    assert found == [
        {"Id": "1", "Owner": {"Email": "a@b.c"}},
        {"Id": "2", "Owner": None},
    ]
    assert server.calls[0][1].startswith("/services/data/v66.0/queryAll/?q=SELECT")
    assert server.calls[1][1] == "/services/data/v66.0/query/01g-2000"


def test_an_object_that_the_org_does_not_have_is_held(server, client):
    server.answer(404, [{"errorCode": "NOT_FOUND", "message": "no such resource"}])
    with pytest.raises(Hold) as caught:
        client.changes(stream_of("order"), {}, client.session.issued_at)
    assert caught.value.code == "invalid_object"
    assert "Order" in caught.value.message
    assert "Enable the object" in caught.value.remedy


@pytest.mark.parametrize("body", [b"<html>log in</html>", ["no", "records"], {}])
def test_an_answer_that_is_not_salesforces_is_held(server, client, body):
    server.answer(200, body)
    with pytest.raises(Hold) as caught:
        client.query_page("SELECT Id FROM Account")
    assert caught.value.code == "unexpected_answer"


def test_an_organization_that_the_user_cannot_read_is_held(server, client):
    server.answer(200, {"records": [], "done": True})
    with pytest.raises(Hold) as caught:
        client.health()
    assert caught.value.code == "insufficient_access"


# ----------------------------------------------------------------------
# WRITING
# ----------------------------------------------------------------------


def test_rule_13_updates_go_200_a_call_with_an_outcome_each(server, client):
    server.answer(200, succeeded(200))
    server.answer(200, succeeded(5, 201))
    outcomes = client.update_many([update(number) for number in range(1, 206)])
    assert [call[:2] for call in server.calls] == [("PATCH", UPDATE_PATH)] * 2
    assert [len(records(call)) for call in server.calls] == [200, 5]
    assert not any(call[3]["allOrNone"] for call in server.calls)
    assert [outcome.failure for outcome in outcomes] == [None] * 205
    assert records(server.calls[0])[0] == {
        "attributes": {"type": "Account"},
        "id": outcomes[0].id,
        "Status__c": "paid",
    }


def test_each_record_has_its_own_failure(server, client):
    error = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": []}
    rule = {
        "statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "message": "Too late",
        "fields": ["Status__c"],
    }
    server.answer(
        200,
        [
            *succeeded(),
            {"success": False, "errors": [error]},
            {"success": False, "errors": [rule]},
        ],
    )
    good, locked, ruled = client.update_many([update(1), update(2), update(3)])
    assert good.failure is None
    assert isinstance(locked.failure, Retry)
    assert locked.failure.code == "record_locked"
    assert ruled.failure.code == "validation_rule"
    assert "Status__c" in ruled.failure.message
    assert ruled.id == update(3).id


def test_an_unknown_or_locked_field_stops_only_its_own_request(server, client):
    server.answer(200, succeeded())
    outcomes = client.update_many(
        [
            update(1),
            update(2, Nowhere__c=1),
            update(3, Locked__c=1),
            update(4, **{"'": 1}),
        ]
    )
    assert len(records(server.calls[0])) == 1
    codes = [o.failure and o.failure.code for o in outcomes]
    assert codes == [None, "invalid_field", "invalid_field", "invalid_field"]
    assert "Nowhere__c" in outcomes[1].failure.message


def test_a_poisoned_record_does_not_stop_its_neighbours(server, client):
    refusal = [{"errorCode": "JSON_PARSER_ERROR", "message": "Amount"}]
    server.answer(400, refusal)
    server.answer(200, succeeded(1))
    server.answer(400, refusal)
    server.answer(400, refusal)
    server.answer(200, succeeded(1, 3))
    outcomes = client.update_many([update(number) for number in (1, 2, 3)])
    assert [bool(outcome.failure) for outcome in outcomes] == [False, True, False]


def test_an_outage_leaves_the_rest_unsent(server, client):
    server.answer(200, succeeded(200))
    server.answer(503, b"", Retry_After="30")
    outcomes = client.update_many([update(number) for number in range(1, 602)])
    assert len(server.calls) == 2
    assert [outcome.failure for outcome in outcomes[:200]] == [None] * 200
    assert {type(outcome.failure) for outcome in outcomes[200:]} == {Retry}
    assert outcomes[-1].failure.after == timedelta(seconds=30)


def test_an_outage_while_the_culprit_is_looked_for_ends_the_search(server, client):
    server.answer(400, [{"errorCode": "JSON_PARSER_ERROR", "message": "Amount"}])
    server.answer(503, b"")
    outcomes = client.update_many([update(number) for number in (1, 2, 3)])
    assert len(server.calls) == 2
    assert [type(outcome.failure) for outcome in outcomes] == [Retry] * 3


def test_an_answer_for_fewer_records_than_sent_is_not_taken_for_success(server, client):
    server.answer(200, [])
    outcomes = client.update_many([update(1), update(2)])
    assert [outcome.failure.code for outcome in outcomes] == ["unexpected_answer"] * 2


@pytest.mark.parametrize(("status", "failure"), [(503, Retry), (404, Hold)])
def test_an_object_that_cannot_be_described_is_asked_for_once(
    server, client, status, failure
):
    client.descriptions.clear()
    server.answer(status, b"[]")
    outcomes = client.update_many([update(number) for number in (1, 2, 3)])
    assert len(server.calls) == 1
    assert [type(outcome.failure) for outcome in outcomes] == [failure] * 3


def test_a_refused_sign_in_is_not_tried_for_every_record(server, client):
    server.answer(401, EXPIRED)
    server.answer_sign_in(400, {"error": "inactive_user", "error_description": "x"})
    outcomes = client.update_many([update(number) for number in range(1, 300)])
    assert len(server.calls) == 1
    assert server.tokens == 1
    assert {outcome.failure.code for outcome in outcomes} == {"user_inactive"}


def test_the_same_record_is_not_sent_twice_in_one_call(server, client):
    server.answer(200, succeeded())
    server.answer(200, succeeded())
    client.update_many([update(1, Status__c="a"), update(1, Status__c="b")])
    assert [records(call)[0]["Status__c"] for call in server.calls] == ["a", "b"]


def test_upserts_go_by_external_id(server, client):
    server.answer(200, [{"id": update().id, "success": True, "created": True}])
    request = Request(
        verb="upsert",
        resource="Account/Q2C_Ref__c",
        id="P-7",
        params={"Status__c": "x"},
    )
    [outcome] = client.update_many([request])
    assert server.calls[0][1] == f"{UPDATE_PATH}/Account/Q2C_Ref__c"
    assert records(server.calls[0])[0]["Q2C_Ref__c"] == "P-7"
    assert outcome.id.startswith(update().id)


def test_other_verbs_are_not_sent(client):
    [outcome] = client.update_many(
        [Request(verb="delete", resource="Account", id=update().id, params={})]
    )
    assert outcome.failure.code == "unsupported_verb"
