# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One record at a time: create, read, change, delete, upsert, and what is refused."""

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]


@pytest.fixture
def account(salesforce):
    return salesforce.Account.create({"Name": "Alpha", "Phone": "1"})["id"]


def error(answer, status=400):
    assert answer.status_code == status, answer.text
    return answer.json()[0]


def test_create_and_read(rest):
    answer = rest("POST", "sobjects/Account", json={"Name": "Alpha"})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["success"], made["errors"]) == (True, [])
    record = rest("GET", f"sobjects/Account/{made['id']}").json()
    assert record["attributes"] == {
        "type": "Account",
        "url": f"/services/data/v66.0/sobjects/Account/{made['id']}",
    }
    assert record["IsDeleted"] is False
    assert record["SystemModstamp"].endswith(".000+0000")


def test_read_chosen_fields_only(rest, account):
    path = f"sobjects/Account/{account}"
    record = rest("GET", path, params={"fields": "Name,phone"}).json()
    assert set(record) == {"attributes", "Name", "Phone"}
    unknown = rest("GET", path, params={"fields": "Nope"})
    assert error(unknown)["errorCode"] == "INVALID_FIELD"


def test_ids_have_18_characters_and_the_prefix_of_their_object(salesforce, account):
    contact = salesforce.Contact.create({"LastName": "X", "AccountId": account})["id"]
    assert (len(account), account[:3], contact[:3]) == (18, "001", "003")


def test_case_suffix_is_the_published_algorithm(sim, rest):
    """Bits of each five characters, upper case set, lowest first, in A-Z0-5."""
    account = rest("POST", "sobjects/Account", json={"Name": "A"}).json()["id"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    bits = [account[n : n + 5] for n in (0, 5, 10)]
    expected = "".join(
        alphabet[int("".join(str(int(c.isupper())) for c in reversed(five)), 2)]
        for five in bits
    )
    assert account[15:] == expected


def test_an_id_of_15_characters_is_enough(salesforce, account):
    assert salesforce.Account.get(account[:15])["Id"] == account


def test_an_id_in_the_wrong_case_is_another_record(rest, account):
    wrong = account[:5] + account[5:15].swapcase()
    assert error(rest("GET", f"sobjects/Account/{wrong}"), 404) == {
        "message": "The requested resource does not exist",
        "errorCode": "NOT_FOUND",
    }


def test_change_moves_the_stamps(sim, salesforce, account):
    before = salesforce.Account.get(account)
    sim.control("clock", advance=3600)
    assert salesforce.Account.update(account, {"Phone": "2", "name": "Beta"}) == 204
    after = salesforce.Account.get(account)
    assert (after["Phone"], after["Name"]) == ("2", "Beta")
    assert after["SystemModstamp"] > before["SystemModstamp"]
    assert after["CreatedDate"] == before["CreatedDate"]


def test_null_empties_a_field_and_text_is_trimmed(salesforce, account):
    salesforce.Account.update(account, {"Phone": None, "Name": " Beta "})
    record = salesforce.Account.get(account)
    assert (record["Phone"], record["Name"]) == (None, "Beta")


@pytest.mark.parametrize(
    ("values", "code", "words", "fields"),
    [
        ({"Nope": 1}, "INVALID_FIELD", "No such column 'Nope' on sobject of", None),
        (
            {"CreatedDate": "2026-01-01T00:00:00Z"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: CreatedDate",
            ["CreatedDate"],
        ),
        (
            {"Name": None},
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [Name]",
            ["Name"],
        ),
        (
            {"AnnualRevenue": "plenty"},
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of currency from VALUE_STRING value plenty",
            None,
        ),
        (
            {"Name": {"first": "A"}},
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of string from START_OBJECT",
            None,
        ),
        (
            {"AccountNumber": "9" * 41},
            "STRING_TOO_LONG",
            "(max length=40)",
            ["AccountNumber"],
        ),
        (
            {"ParentId": "nonsense"},
            "MALFORMED_ID",
            "id value of incorrect type: nonsense",
            ["ParentId"],
        ),
        (
            {"ParentId": "003Qy000010000BIAQ"},
            "MALFORMED_ID",
            "id value of incorrect type",
            ["ParentId"],
        ),
        (
            {"ParentId": "001Qy0000ZZZZZZ"},
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
            [],
        ),
        (
            {"AnnualRevenue": 1e18},
            "NUMBER_OUTSIDE_VALID_RANGE",
            "value outside of valid range",
            ["AnnualRevenue"],
        ),
        (
            {"CurrencyIsoCode": "XXX"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "bad value for restricted picklist field: XXX",
            ["CurrencyIsoCode"],
        ),
    ],
)
def test_refused_values(rest, account, values, code, words, fields):
    found = error(rest("PATCH", f"sobjects/Account/{account}", json=values))
    assert found["errorCode"] == code
    assert words in found["message"]
    assert found.get("fields") == fields


def test_required_fields_are_named_together(rest):
    found = error(rest("POST", "sobjects/Opportunity", json={"Name": "Deal"}))
    assert found["fields"] == ["StageName", "CloseDate"]


def test_an_invalid_email_is_refused(rest):
    values = {"LastName": "X", "Email": "no address"}
    found = error(rest("POST", "sobjects/Contact", json=values))
    assert found["errorCode"] == "INVALID_EMAIL_ADDRESS"


@pytest.mark.parametrize("body", [None, "{", "[]"])
def test_a_body_that_is_no_object(rest, body):
    found = error(rest("POST", "sobjects/Account", data=body))
    assert found["errorCode"] == "JSON_PARSER_ERROR"


def test_nothing_is_kept_of_a_refused_record(sim, rest):
    rest("POST", "sobjects/Account", json={"Name": "A", "ParentId": "bad"})
    assert sim.control("state", "GET")["records"]["Account"] == 0


@pytest.mark.parametrize(
    "path",
    ["sobjects/Nope", "sobjects/Account/001", "sobjects/Nope/describe", "nope"],
)
def test_unknown_resources(rest, path):
    assert error(rest("GET", path), 404)["errorCode"] == "NOT_FOUND"


def test_wrong_method(rest):
    found = error(rest("PUT", "sobjects/Account"), 405)
    assert found["errorCode"] == "METHOD_NOT_ALLOWED"


def test_versions(sim, rest):
    offered = sim.http.get(f"{sim.url}/services/data").json()
    numbers = [item["version"] for item in offered]
    assert (numbers[0], numbers[-1]) == ("60.0", "66.0")
    headers = {"Authorization": f"Bearer {sim.token()}"}
    for version, status in (("60.0", 200), ("59.0", 404), ("67.0", 404)):
        url = f"{sim.url}/services/data/v{version}/limits"
        assert sim.http.get(url, headers=headers).status_code == status


def test_upsert_creates_then_changes(rest):
    path = "sobjects/Account/Q2C_Odoo_Id__c/res.partner%2C7"
    first = rest("PATCH", path, json={"Name": "Alpha"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    second = rest("PATCH", path, json={"Phone": "5"})
    assert (second.status_code, second.json()["created"]) == (200, False)
    record = rest("GET", path).json()
    assert record["Id"] == first.json()["id"] == second.json()["id"]
    assert record["Q2C_Odoo_Id__c"] == "res.partner,7"


def test_upsert_refuses_the_external_id_in_the_body(rest):
    body = {"Name": "A", "Q2C_Odoo_Id__c": "7"}
    found = error(rest("PATCH", "sobjects/Account/Q2C_Odoo_Id__c/7", json=body))
    assert "should not be specified in the sobject data" in found["message"]


def test_upsert_needs_an_external_id_field(rest):
    answer = rest("PATCH", "sobjects/Account/Phone/7", json={"Name": "A"})
    assert "external ID field does not exist" in error(answer, 404)["message"]


def test_an_external_id_is_unique_in_any_case(salesforce, rest):
    first = salesforce.Account.create({"Name": "A", "Q2C_Odoo_Id__c": "ab"})["id"]
    again = {"Name": "B", "Q2C_Odoo_Id__c": "AB"}
    found = error(rest("POST", "sobjects/Account", json=again))
    assert found["errorCode"] == "DUPLICATE_VALUE"
    assert first in found["message"]


def test_a_parent_may_be_named_by_its_external_id(salesforce, rest):
    parent = salesforce.Account.create({"Name": "A", "Q2C_Odoo_Id__c": "7"})["id"]
    body = {"LastName": "X", "Account": {"Q2C_Odoo_Id__c": "7"}}
    contact = rest("POST", "sobjects/Contact", json=body).json()["id"]
    assert salesforce.Contact.get(contact)["AccountId"] == parent
    body["Account"]["Q2C_Odoo_Id__c"] = "8"
    found = error(rest("POST", "sobjects/Contact", json=body))
    assert "Foreign key external ID: 8 not found" in found["message"]


def test_describe_lists_objects_and_fields(salesforce):
    objects = {item["name"]: item for item in salesforce.describe()["sobjects"]}
    assert objects["OpportunityLineItem"]["keyPrefix"] == "00k"
    described = salesforce.Opportunity.describe()
    fields = {field["name"]: field for field in described["fields"]}
    assert fields["Amount"]["soapType"] == "xsd:double"
    assert fields["IsWon"]["updateable"] is False
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["AccountId"]["relationshipName"] == "Account"
    stages = [value["value"] for value in fields["StageName"]["picklistValues"]]
    assert "Closed Won" in stages
    children = {item["relationshipName"] for item in described["childRelationships"]}
    assert "OpportunityLineItems" in children


def test_custom_fields_come_and_go(sim, salesforce, rest, account):
    field = {"name": "Region__c", "type": "string", "length": 10}
    sim.control("fields", object="Account", field=field)
    salesforce.Account.update(account, {"Region__c": "north"})
    assert salesforce.Account.get(account)["Region__c"] == "north"
    sim.control("fields/Account/Region__c", "DELETE")
    path = f"sobjects/Account/{account}"
    found = error(rest("PATCH", path, json={"Region__c": "south"}))
    assert found["errorCode"] == "INVALID_FIELD"


def test_one_currency_or_several(sim, rest, salesforce):
    sim.control("org", multi_currency=False)
    names = {field["name"] for field in salesforce.Account.describe()["fields"]}
    assert "CurrencyIsoCode" not in names
    sim.control("org", multi_currency=True)
    names = {field["name"] for field in salesforce.Account.describe()["fields"]}
    assert "CurrencyIsoCode" in names


def test_the_organisation_tells_whether_it_is_a_sandbox(sim, salesforce):
    assert salesforce.is_sandbox() is True
    sim.control("org", is_sandbox=False)
    assert salesforce.is_sandbox() is False


def test_an_id_has_no_place_in_the_body(rest, account):
    body = {"Id": account, "Name": "B"}
    created = error(rest("POST", "sobjects/Account", json=body))
    assert created["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    changed = error(rest("PATCH", f"sobjects/Account/{account}", json=body))
    assert "The Id field should not be specified" in changed["message"]


def test_a_query_longer_than_a_uri_may_be(rest):
    ids = ", ".join(f"'001Qy{number:010d}'" for number in range(1000))
    query = f"SELECT Id FROM Account WHERE Id IN ({ids})"
    assert rest("GET", "query", params={"q": query}).status_code == 414


def test_a_year_that_salesforce_does_not_keep(rest):
    body = {"Name": "A", "StageName": "Prospecting", "CloseDate": "0208-01-01"}
    found = error(rest("POST", "sobjects/Opportunity", json=body))
    assert found["errorCode"] == "INVALID_TYPE_ON_FIELD_IN_RECORD"
    body["CloseDate"] = "01.12.2026"
    found = error(rest("POST", "sobjects/Opportunity", json=body))
    assert found["errorCode"] == "JSON_PARSER_ERROR"


def test_another_organisation_has_other_ids(sim):
    first = sim.control("org", "GET")["organization_id"], sim.control("seed")
    sim.control("reset", organization_number=2)
    second = sim.control("org", "GET")["organization_id"], sim.control("seed")
    assert first[0] != second[0]
    assert not set(first[1]["accounts"]) & set(second[1]["accounts"])


def test_the_default_currency_is_the_organisations(sim, salesforce, account):
    assert salesforce.Account.get(account)["CurrencyIsoCode"] == "EUR"
    sim.control("org", default_currency="USD")
    other = salesforce.Account.create({"Name": "B"})["id"]
    assert salesforce.Account.get(other)["CurrencyIsoCode"] == "USD"
