# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Query jobs of the Bulk API 2.0 at the simulator, as its guide describes them."""

import csv
import gzip
import io

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]
ACCOUNTS = "SELECT Id, Name, IsDeleted FROM Account"


def create(rest, query=ACCOUNTS, operation="query", **more):
    return rest(
        "POST", "jobs/query", json={"operation": operation, "query": query, **more}
    )


def completed(rest, query=ACCOUNTS, operation="query", **more):
    """The id of a job that is complete."""
    job_id = create(rest, query, operation, **more).json()["id"]
    while rest("GET", f"jobs/query/{job_id}").json()["state"] != "JobComplete":
        pass
    return job_id


def results(rest, job_id, **params):
    return rest("GET", f"jobs/query/{job_id}/results", params=params)


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def make_accounts(rest, *names):
    for name in names:
        assert rest("POST", "sobjects/Account", json={"Name": name}).ok


def test_a_job_goes_from_upload_complete_to_job_complete(sim, rest, seeded):
    sim.control("org", bulk_looks=2)
    made = create(rest).json()
    assert (made["state"], made["object"]) == ("UploadComplete", "Account")
    assert (made["operation"], made["columnDelimiter"]) == ("query", "COMMA")
    assert results(rest, made["id"]).status_code == 204
    states = [rest("GET", f"jobs/query/{made['id']}").json()["state"] for _ in range(3)]
    assert states == ["InProgress", "InProgress", "JobComplete"]
    listed = rest("GET", "jobs/query").json()["records"]
    assert [job["id"] for job in listed] == [made["id"]]


def test_results_come_in_sets_by_locator_until_it_is_null(sim, rest):
    make_accounts(rest, *(f"Account {n}" for n in range(5)))
    job_id = completed(rest)
    seen, locator, sizes = [], "", []
    while locator != "null":
        answer = results(rest, job_id, maxRecords=2, locator=locator)
        locator = answer.headers["Sforce-Locator"]
        sizes.append(int(answer.headers["Sforce-NumberOfRecords"]))
        seen += [row["Name"] for row in rows(answer)]
    assert sizes == [2, 2, 1]
    assert seen == [f"Account {n}" for n in range(5)]
    again = results(rest, job_id, maxRecords=2)
    assert [row["Name"] for row in rows(again)] == seen[:2]


def test_csv_quotes_all_and_keeps_line_ends_within_a_value(rest):
    text = 'First "line"\nsecond, line'
    rest("POST", "sobjects/Account", json={"Name": "Quoted", "Description": text})
    job_id = completed(rest, "SELECT Name, Description, Phone, IsDeleted FROM Account")
    answer = results(rest, job_id)
    assert answer.headers["Content-Type"] == "text/csv; charset=UTF-8"
    assert answer.text.splitlines()[0] == '"Name","Description","Phone","IsDeleted"'
    (row,) = rows(answer)
    assert row == {
        "Name": "Quoted",
        "Description": text,
        "Phone": "",
        "IsDeleted": "false",
    }


def test_parents_are_columns_by_their_path(rest, seeded):
    job_id = completed(rest, "SELECT Name, Account.Name FROM Contact")
    answer = results(rest, job_id)
    assert answer.text.startswith('"Name","Account.Name"\n')
    assert all(row["Account.Name"] for row in rows(answer))


def test_other_delimiters_and_line_ends_are_kept_to(rest):
    make_accounts(rest, "One")
    more = {"columnDelimiter": "PIPE", "lineEnding": "CRLF"}
    job_id = completed(rest, "SELECT Name, Phone FROM Account", **more)
    assert results(rest, job_id).content == b'"Name"|"Phone"\r\n"One"|""\r\n'


def test_query_all_reads_deleted_records_as_well(rest):
    make_accounts(rest, "Stays", "Goes")
    found = rest("GET", "query", params={"q": ACCOUNTS}).json()["records"]
    gone = next(row["Id"] for row in found if row["Name"] == "Goes")
    rest("DELETE", f"sobjects/Account/{gone}")
    names = {row["Name"] for row in rows(results(rest, completed(rest)))}
    assert names == {"Stays"}
    every = rows(results(rest, completed(rest, operation="queryAll")))
    assert {row["Name"]: row["IsDeleted"] for row in every} == {
        "Stays": "false",
        "Goes": "true",
    }


def test_results_are_packed_for_who_takes_it(sim, rest, seeded):
    path = f"jobs/query/{completed(rest)}/results"
    packed = rest("GET", path, headers={"Accept-Encoding": "gzip"}, stream=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    plain = rest("GET", path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.raw.read()) == plain.content


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT() FROM Account",
        "SELECT Name FROM Account GROUP BY Name",
        "SELECT Id FROM Account OFFSET 5",
        "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
        "SELECT Id, BillingAddress FROM Account",
        "SELECT Id FROM Nothing",
        "SELECT Nothing FROM Account",
    ],
)
def test_what_bulk_queries_do_not_know_is_refused_at_once(rest, query):
    assert create(rest, query).status_code == 400


def test_a_job_can_be_aborted_and_deleted(rest, seeded):
    job_id = create(rest).json()["id"]
    path = f"jobs/query/{job_id}"
    assert rest("DELETE", path).status_code == 400
    assert rest("PATCH", path, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert rest("GET", path).json()["state"] == "Aborted"
    assert results(rest, job_id).status_code == 204
    assert rest("DELETE", path).status_code == 204
    assert rest("GET", path).status_code == 404


def test_a_job_can_be_made_to_fail_with_a_reason(sim, rest, seeded):
    sim.control("faults", fault="JOB_FAILED", object="Account", message="Timed out")
    sim.control("org", bulk_looks=0)
    job_id = create(rest).json()["id"]
    looked = rest("GET", f"jobs/query/{job_id}").json()
    assert (looked["state"], looked["errorMessage"]) == ("Failed", "Timed out")
    again = create(rest).json()["id"]
    assert rest("GET", f"jobs/query/{again}").json()["state"] == "JobComplete"


def test_results_are_gone_after_seven_days(sim, rest, seeded):
    job_id = completed(rest)
    sim.control("clock", advance=8 * 86400)
    assert results(rest, job_id).status_code == 404


def test_query_jobs_a_day_are_limited(sim, rest, seeded):
    sim.control("org", bulk_query_jobs=1)
    create(rest)
    refused = create(rest)
    assert refused.status_code == 400
    assert refused.json()[0]["errorCode"] == "LIMIT_EXCEEDED"
    left = rest("GET", "limits").json()["DailyBulkV2QueryJobs"]
    assert left == {"Max": 1, "Remaining": 0}
    sim.control("clock", advance=25 * 3600)
    assert create(rest).ok
