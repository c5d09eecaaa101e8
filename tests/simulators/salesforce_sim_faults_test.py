# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What goes wrong on demand: locks, rules, limits, outages, lost answers."""

import pytest
import requests

pytest_plugins = ["tests.simulators.salesforce_fixtures"]


def code(answer):
    return answer.json()[0]["errorCode"]


def create(rest, name="A", **options):
    return rest("POST", "sobjects/Account", json={"Name": name}, **options)


def test_locked_row_for_the_next_writes_only(sim, rest):
    sim.control("faults", fault="UNABLE_TO_LOCK_ROW", object="Account", times=2)
    assert rest("POST", "sobjects/Contact", json={"LastName": "X"}).ok
    assert [code(create(rest)) for _ in range(2)] == ["UNABLE_TO_LOCK_ROW"] * 2
    assert create(rest).status_code == 201


def test_locked_row_within_a_collection(sim, rest):
    sim.control("faults", fault="UNABLE_TO_LOCK_ROW", object="Account")
    record = {"attributes": {"type": "Account"}, "Name": "A"}
    body = {"allOrNone": False, "records": [record, record]}
    first, second = rest("POST", "composite/sobjects", json=body).json()
    assert first["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert second["success"]


def test_validation_rule_on_a_field(sim, rest):
    sim.control(
        "faults",
        fault="FIELD_CUSTOM_VALIDATION_EXCEPTION",
        object="Account",
        field="Phone",
        value="13",
        message="Phone numbers are not that unlucky.",
        times=None,
    )
    account = create(rest).json()["id"]
    path = f"sobjects/Account/{account}"
    assert rest("PATCH", path, json={"Phone": "12"}).ok
    refused = rest("PATCH", path, json={"Phone": "13"}).json()[0]
    assert refused == {
        "message": "Phone numbers are not that unlucky.",
        "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "fields": ["Phone"],
    }
    sim.control("faults", "DELETE")
    assert rest("PATCH", path, json={"Phone": "13"}).ok


def test_duplicate_rule_can_be_overruled_by_the_header(sim, rest):
    sim.control("faults", fault="DUPLICATES_DETECTED", object="Account", times=None)
    refused = create(rest)
    assert code(refused) == "DUPLICATES_DETECTED"
    assert refused.json()[0]["duplicateResult"]["allowSave"] is True
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    assert create(rest, headers=header).status_code == 201


def test_usage_is_told_and_the_daily_limit_refuses(sim, rest):
    sim.control("org", daily_limit=2)
    used = [rest("GET", "limits") for _ in range(3)]
    told = [answer.headers["Sforce-Limit-Info"] for answer in used]
    assert told == ["api-usage=1/2", "api-usage=2/2", "api-usage=2/2"]
    assert used[1].json()["DailyApiRequests"] == {"Max": 2, "Remaining": 0}
    assert (used[2].status_code, code(used[2])) == (403, "REQUEST_LIMIT_EXCEEDED")


def test_the_allocation_begins_anew_after_a_day(sim, rest):
    sim.control("org", daily_limit=1)
    rest("GET", "limits")
    assert rest("GET", "limits").status_code == 403
    sim.control("clock", advance=25 * 3600)
    assert rest("GET", "limits").status_code == 200


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("SERVER_UNAVAILABLE", 503),
        ("INVALID_SESSION_ID", 401),
        ("REQUEST_LIMIT_EXCEEDED", 403),
    ],
)
def test_a_refusal_strikes_where_it_was_told_to(sim, rest, fault, status):
    sim.control("faults", fault=fault, path="/sobjects", method="POST", retry_after=7)
    assert rest("GET", "limits").status_code == 200
    refused = create(rest)
    assert (refused.status_code, code(refused)) == (status, fault)
    assert refused.headers["Retry-After"] == "7"
    assert sim.control("state", "GET")["records"]["Account"] == 0
    assert create(rest).status_code == 201


def test_a_dropped_answer_hides_work_that_was_done(sim, rest):
    sim.control("faults", fault="drop_response", path="/sobjects/Account")
    with pytest.raises(requests.ConnectionError):
        create(rest)
    assert sim.control("state", "GET")["records"]["Account"] == 1


def test_a_slow_answer_outlasts_the_patience_of_its_caller(sim, rest):
    sim.control("faults", fault="slow", seconds=1.5)
    with pytest.raises(requests.ReadTimeout):
        rest("GET", "limits", timeout=0.3)
    assert rest("GET", "limits").status_code == 200


def test_a_fault_with_no_such_name_is_refused(sim):
    assert "unknown fault" in sim.control("faults", status=400, fault="x")["error"]


def test_state_counts_requests_without_ids(sim, rest):
    account = create(rest).json()["id"]
    for _ in range(2):
        rest("GET", f"sobjects/Account/{account}")
    requests_seen = sim.control("state", "GET")["requests"]
    assert requests_seen["GET /services/data/v66.0/sobjects/Account/{id}"] == 2
