# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The recycle bin, and merges."""

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]


@pytest.fixture
def all_rows(salesforce):
    """Rows of queryAll, deleted ones too."""

    def query(text):
        return salesforce.query(text, include_deleted=True)["records"]

    return query


def test_a_deleted_record_is_seen_by_query_all_only(sim, salesforce, rest, all_rows):
    account = salesforce.Account.create({"Name": "A"})["id"]
    stamp = salesforce.Account.get(account)["SystemModstamp"]
    sim.control("clock", advance=60)
    assert salesforce.Account.delete(account) == 204
    assert salesforce.query("SELECT Id FROM Account")["records"] == []
    row = all_rows("SELECT Id, IsDeleted, SystemModstamp FROM Account")[0]
    assert (row["Id"], row["IsDeleted"]) == (account, True)
    assert row["SystemModstamp"] > stamp


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_deleted_record_is_refused_by_its_id(salesforce, rest, method):
    account = salesforce.Account.create({"Name": "A"})["id"]
    salesforce.Account.delete(account)
    answer = rest(method, f"sobjects/Account/{account}", json={"Phone": "1"})
    assert answer.status_code == 404
    assert answer.json()[0]["errorCode"] == "ENTITY_IS_DELETED"


def test_a_deleted_parent_is_refused_as_reference(salesforce, rest):
    account = salesforce.Account.create({"Name": "A"})["id"]
    salesforce.Account.delete(account)
    body = {"LastName": "X", "AccountId": account}
    answer = rest("POST", "sobjects/Contact", json=body)
    assert answer.json()[0]["errorCode"] == "ENTITY_IS_DELETED"


def test_undelete_brings_back_what_went_along(sim, salesforce, seeded):
    account = seeded["accounts"][0]
    before = sim.control("state", "GET")["records"]
    salesforce.Account.delete(account)
    between = sim.control("state", "GET")["records"]
    assert (between["Contact"], between["Opportunity"]) == (1, 0)
    assert between["OpportunityLineItem"] == 0
    sim.control("undelete", object="Account", id=account)
    assert sim.control("state", "GET")["records"] == before


def test_what_the_bin_lost_is_gone(sim, salesforce, rest, all_rows):
    account = salesforce.Account.create({"Name": "A"})["id"]
    salesforce.Account.delete(account)
    assert sim.control("empty_bin")["removed"] == 1
    assert all_rows("SELECT Id FROM Account") == []
    answer = rest("GET", f"sobjects/Account/{account}")
    assert answer.json()[0]["errorCode"] == "NOT_FOUND"


def test_a_merge_names_the_master_and_moves_the_children(
    sim, salesforce, seeded, all_rows
):
    winner, loser = seeded["accounts"][1], seeded["accounts"][0]
    sim.control("clock", advance=60)
    sim.control("merge", object="Account", winner=winner, loser=loser)
    query = f"SELECT IsDeleted, MasterRecordId FROM Account WHERE Id = '{loser}'"
    row = all_rows(query)[0]
    assert (row["IsDeleted"], row["MasterRecordId"]) == (True, winner)
    deal = salesforce.Opportunity.get(seeded["opportunity"])
    assert deal["AccountId"] == winner
    contacts = salesforce.query("SELECT AccountId FROM Contact")["records"]
    assert {contact["AccountId"] for contact in contacts} == {winner}
    changed = salesforce.Account.get(winner)
    assert changed["SystemModstamp"] > changed["CreatedDate"]


def test_a_child_of_the_loser_that_wins_is_not_its_own_parent(sim, salesforce):
    loser = salesforce.Account.create({"Name": "Parent"})["id"]
    winner = salesforce.Account.create({"Name": "Child", "ParentId": loser})["id"]
    sim.control("merge", object="Account", winner=winner, loser=loser)
    assert salesforce.Account.get(winner)["ParentId"] is None


def test_not_everything_can_be_merged(sim, seeded):
    first, second = seeded["products"]["monthly"], seeded["products"]["yearly"]
    url = f"{sim.url}/_sim/merge"
    body = {"object": "Product2", "winner": first, "loser": second}
    assert sim.http.post(url, json=body).status_code == 400


def test_an_external_id_is_free_again_after_deletion(salesforce):
    values = {"Name": "A", "Q2C_Odoo_Id__c": "7"}
    salesforce.Account.delete(salesforce.Account.create(values)["id"])
    assert salesforce.Account.create(values)["success"]
