# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Person Accounts: one account and the contact behind it."""

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]


@pytest.fixture
def person(sim, salesforce):
    sim.control("org", person_accounts=True)
    values = {"FirstName": "Ada", "LastName": "Byron", "PersonEmail": "ada@x.example"}
    return salesforce.Account.create(values)["id"]


def test_a_last_name_makes_a_person_with_a_contact(salesforce, person):
    account = salesforce.Account.get(person)
    assert (account["IsPersonAccount"], account["Name"]) == (True, "Ada Byron")
    contact = salesforce.Contact.get(account["PersonContactId"])
    assert contact["AccountId"] == person
    assert (contact["Name"], contact["Email"]) == ("Ada Byron", "ada@x.example")
    assert contact["IsPersonAccount"] is True


def test_the_contact_follows_the_account(salesforce, person):
    salesforce.Account.update(
        person, {"LastName": "King", "PersonEmail": "k@x.example"}
    )
    contacts = salesforce.query("SELECT Name, Email FROM Contact")["records"]
    assert [(c["Name"], c["Email"]) for c in contacts] == [("Ada King", "k@x.example")]


def test_a_persons_name_cannot_be_written(rest, person):
    answer = rest("PATCH", f"sobjects/Account/{person}", json={"Name": "Other"})
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_company_still_needs_its_name(rest, salesforce, person):
    company = salesforce.Account.create({"Name": "Alpha"})["id"]
    assert salesforce.Account.get(company)["IsPersonAccount"] is False
    answer = rest("POST", "sobjects/Account", json={"Phone": "1"})
    assert answer.json()[0]["errorCode"] == "REQUIRED_FIELD_MISSING"


def test_without_person_accounts_there_is_no_such_field(rest, sim):
    query = {"q": "SELECT IsPersonAccount FROM Account"}
    assert rest("GET", "query", params=query).json()[0]["errorCode"] == "INVALID_FIELD"
    sim.control("org", person_accounts=True)
    assert rest("GET", "query", params=query).status_code == 200
