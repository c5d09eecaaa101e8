# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Many records in one call: sObject Collections, Composite, Batch."""

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]


def account(name="A", **values):
    return {"attributes": {"type": "Account"}, "Name": name, **values}


@pytest.fixture
def send(rest):
    """POST, PATCH records; the results."""

    def call(method, records, path="composite/sobjects", all_or_none=False):
        body = {"allOrNone": all_or_none, "records": records}
        answer = rest(method, path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return call


def codes(results):
    """Per record: its error code, or None for success."""
    return [
        None if result["success"] else result["errors"][0]["statusCode"]
        for result in results
    ]


def count(sim):
    return sim.control("state", "GET")["records"]["Account"]


def test_every_record_has_its_own_outcome(sim, send):
    results = send(
        "POST",
        [
            account("A"),
            account(None),
            account("B", Nope=1),
            account("C" * 256),
            {"attributes": {"type": "Nope"}},
            account("D"),
        ],
    )
    assert codes(results) == [
        None,
        "REQUIRED_FIELD_MISSING",
        "INVALID_FIELD",
        "STRING_TOO_LONG",
        "INVALID_TYPE",
        None,
    ]
    assert results[0]["id"].startswith("001")
    assert count(sim) == 2


def test_all_or_none_keeps_nothing(sim, send):
    results = send("POST", [account("A"), account(None)], all_or_none=True)
    assert codes(results) == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ]
    assert count(sim) == 0


def test_update_with_mixed_outcomes(send, salesforce, rest):
    ids = [result["id"] for result in send("POST", [account("A"), account("B")])]
    rest("DELETE", f"sobjects/Account/{ids[1]}")
    results = send(
        "PATCH",
        [
            account("A2", id=ids[0]),
            account("B2", Id=ids[1]),
            account("C2", id="001Qy0000ZZZZZZ"),
            account("D2"),
        ],
    )
    assert codes(results) == [
        None,
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
        "MISSING_ARGUMENT",
    ]
    assert salesforce.Account.get(ids[0])["Name"] == "A2"


def test_upsert_many(send):
    path = "composite/sobjects/Account/Q2C_Odoo_Id__c"
    send("POST", [account("A", Q2C_Odoo_Id__c="1")])
    records = [account("A2", Q2C_Odoo_Id__c="1"), account("B", Q2C_Odoo_Id__c="2")]
    results = send("PATCH", records, path)
    assert [result["created"] for result in results] == [False, True]


def test_two_records_of_one_call_may_not_share_an_external_id(send):
    twins = [account("A", Q2C_Odoo_Id__c="1"), account("B", Q2C_Odoo_Id__c="1")]
    assert codes(send("POST", twins)) == [None, "DUPLICATE_VALUE"]


def test_delete_many(sim, send, rest):
    ids = [result["id"] for result in send("POST", [account("A"), account("B")])]
    given = f"{ids[0]},{ids[0]},{ids[1]}"
    results = rest("DELETE", "composite/sobjects", params={"ids": given}).json()
    assert codes(results) == [None, "ENTITY_IS_DELETED", None]
    assert count(sim) == 0


def test_read_many_leaves_null_where_there_is_nothing(send, rest):
    made = send("POST", [account("A")])[0]["id"]
    path = "composite/sobjects/Account"
    ids = [made, "001Qy0000ZZZZZZ"]
    body = {"ids": ids, "fields": ["Id", "Name"]}
    for answer in (
        rest("POST", path, json=body),
        rest("GET", path, params={"ids": ",".join(ids), "fields": "Id,Name"}),
    ):
        found = answer.json()
        assert (found[0]["Name"], found[1]) == ("A", None)


def test_a_value_that_cannot_be_read_fails_the_whole_call(sim, rest):
    body = {"records": [account("A"), account("B", AnnualRevenue="plenty")]}
    answer = rest("POST", "composite/sobjects", json=body)
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "JSON_PARSER_ERROR"
    assert count(sim) == 0


def test_at_most_200_records(rest):
    records = [account()] * 201
    answer = rest("POST", "composite/sobjects", json={"records": records})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "EXCEEDED_ID_LIMIT"


def test_at_most_ten_changes_of_object_type(send, rest):
    contact = {"attributes": {"type": "Contact"}, "LastName": "X"}
    assert codes(send("POST", [account(), contact] * 5)) == [None] * 10
    body = {"records": [account(), contact] * 6}
    answer = rest("POST", "composite/sobjects", json=body)
    assert answer.status_code == 400
    assert "Cannot have more than 10 chunks" in answer.json()[0]["message"]


def test_a_collection_is_one_call(sim, send):
    before = sim.control("state", "GET")["api_calls"]
    send("POST", [account()] * 200)
    assert sim.control("state", "GET")["api_calls"] == before + 1


def part(reference, method, path, body=None):
    url = f"/services/data/v66.0/{path}"
    made = {"referenceId": reference, "method": method, "url": url}
    return {**made, "body": body} if body is not None else made


def composite(rest, parts, all_or_none=False):
    body = {"allOrNone": all_or_none, "compositeRequest": parts}
    return rest("POST", "composite", json=body).json()["compositeResponse"]


def test_composite_parts_refer_to_each_other(rest):
    parts = [
        part("account", "POST", "sobjects/Account", {"Name": "A"}),
        part(
            "contact",
            "POST",
            "sobjects/Contact",
            {"LastName": "X", "AccountId": "@{account.id}"},
        ),
        part("read", "GET", "sobjects/Contact/@{contact.id}"),
    ]
    answers = composite(rest, parts)
    assert [answer["httpStatusCode"] for answer in answers] == [201, 201, 200]
    assert answers[2]["body"]["AccountId"] == answers[0]["body"]["id"]


@pytest.mark.parametrize("all_or_none", [False, True])
def test_composite_with_a_failure(sim, rest, all_or_none):
    parts = [
        part("good", "POST", "sobjects/Account", {"Name": "A"}),
        part("bad", "POST", "sobjects/Account", {"Name": None}),
        part("after", "GET", "sobjects/Account/@{bad.id}"),
    ]
    good, bad, after = composite(rest, parts, all_or_none)
    assert bad["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert after["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert good["httpStatusCode"] == (400 if all_or_none else 201)
    assert count(sim) == (0 if all_or_none else 1)


def test_composite_counts_as_one_call(sim, rest):
    before = sim.control("state", "GET")["api_calls"]
    composite(rest, [part(f"r{n}", "GET", "limits") for n in range(5)])
    assert sim.control("state", "GET")["api_calls"] == before + 1


def test_each_part_of_a_batch_counts(sim, rest):
    before = sim.control("state", "GET")["api_calls"]
    body = {"batchRequests": [{"method": "GET", "url": "v66.0/limits"}] * 3}
    rest("POST", "composite/batch", json=body)
    assert sim.control("state", "GET")["api_calls"] == before + 4


def test_batch_halts_on_error_if_asked(rest):
    requests = [
        {"method": "GET", "url": "v66.0/limits"},
        {"method": "GET", "url": "v66.0/nope"},
        {"method": "GET", "url": "v66.0/limits"},
    ]
    for halt, expected in ((False, [200, 404, 200]), (True, [200, 404, 412])):
        body = {"haltOnError": halt, "batchRequests": requests}
        answer = rest("POST", "composite/batch", json=body).json()
        assert answer["hasErrors"]
        assert [result["statusCode"] for result in answer["results"]] == expected
