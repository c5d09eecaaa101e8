# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Custom fields through the Tooling API, and who sees them."""

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]

FIELD = "Account.Region__c"
TEXT = {"label": "Region", "type": "Text", "length": 40}


def create(rest, full_name=FIELD, **metadata):
    body = {"FullName": full_name, "Metadata": {**TEXT, **metadata}}
    return rest("POST", "tooling/sobjects/CustomField", json=body)


def describe(rest, name="Account"):
    answer = rest("GET", f"sobjects/{name}/describe")
    if answer.status_code != 200:
        return None
    return {field["name"]: field for field in answer.json()["fields"]}


def refusal(answer):
    assert answer.status_code >= 400
    return answer.json()[0]["errorCode"]


def insert(rest, name, **values):
    answer = rest("POST", f"sobjects/{name}", json=values)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def permission_set(sim, rest):
    """A new one, assigned to the user."""
    made = insert(rest, "PermissionSet", Name="Test", Label="Test")
    user = sim.control("permissions")["user_id"]
    insert(rest, "PermissionSetAssignment", AssigneeId=user, PermissionSetId=made)
    return made


def grant(rest, parent, field, edit=False):
    return insert(
        rest,
        "FieldPermissions",
        ParentId=parent,
        SobjectType=field.partition(".")[0],
        Field=field,
        PermissionsRead=True,
        PermissionsEdit=edit,
    )


def test_a_new_field_is_seen_by_nobody_until_it_is_opened(sim, rest):
    answer = create(rest)
    assert answer.status_code == 201
    assert answer.json()["success"] and answer.json()["id"].startswith("00N")
    assert "Region__c" not in describe(rest)
    parent = permission_set(sim, rest)
    given = grant(rest, parent, FIELD)
    assert not describe(rest)["Region__c"]["updateable"]
    path = f"sobjects/FieldPermissions/{given}"
    assert rest("PATCH", path, json={"PermissionsEdit": True}).status_code == 204
    field = describe(rest)["Region__c"]
    assert (field["updateable"], field["custom"], field["length"]) == (True, True, 40)


def test_a_closed_field_is_neither_read_nor_written(sim, rest):
    create(rest)
    soql = {"q": "SELECT Region__c FROM Account"}
    assert refusal(rest("GET", "query", params=soql)) == "INVALID_FIELD"
    values = {"Name": "Acme", "Region__c": "EU"}
    answer = rest("POST", "sobjects/Account", json=values)
    assert refusal(answer) == "INVALID_FIELD"
    grant(rest, permission_set(sim, rest), FIELD, edit=True)
    record = insert(rest, "Account", **values)
    answer = rest("GET", f"sobjects/Account/{record}")
    assert answer.json()["Region__c"] == "EU"


def test_what_may_only_be_read_is_not_written(sim, rest):
    create(rest)
    grant(rest, permission_set(sim, rest), FIELD)
    answer = rest("POST", "sobjects/Account", json={"Name": "A", "Region__c": "EU"})
    assert refusal(answer) == "INVALID_FIELD_FOR_INSERT_UPDATE"


@pytest.mark.parametrize(
    ("metadata", "kind", "more"),
    [
        ({"type": "Date", "length": None}, "date", {}),
        (
            {"type": "Currency", "precision": 18, "scale": 2},
            "currency",
            {"precision": 18, "scale": 2},
        ),
        (
            {"type": "Number", "precision": 10, "scale": 0},
            "double",
            {"precision": 10},
        ),
        (
            {"externalId": True, "unique": True},
            "string",
            {"externalId": True, "unique": True, "idLookup": True},
        ),
    ],
)
def test_each_type_is_described(sim, rest, metadata, kind, more):
    create(rest, **metadata)
    grant(rest, permission_set(sim, rest), FIELD)
    field = describe(rest)["Region__c"]
    assert field["type"] == kind
    assert {name: field[name] for name in more} == more


def test_a_picklist_has_its_values(sim, rest):
    values = [{"valueName": v, "label": v, "default": False} for v in ("EU", "US")]
    definition = {"sorted": False, "value": values}
    value_set = {"restricted": True, "valueSetDefinition": definition}
    assert create(rest, type="Picklist", valueSet=value_set).status_code == 201
    grant(rest, permission_set(sim, rest), FIELD)
    field = describe(rest)["Region__c"]
    assert [value["value"] for value in field["picklistValues"]] == ["EU", "US"]
    assert field["restrictedPicklist"]


@pytest.mark.parametrize(
    ("full_name", "metadata", "code"),
    [
        ("Nothing.Region__c", {}, "FIELD_INTEGRITY_EXCEPTION"),
        ("Account.Region", {}, "FIELD_INTEGRITY_EXCEPTION"),
        ("Account.Two__Parts__c", {}, "FIELD_INTEGRITY_EXCEPTION"),
        (FIELD, {"length": 0}, "FIELD_INTEGRITY_EXCEPTION"),
        (FIELD, {"type": "Magic"}, "FIELD_INTEGRITY_EXCEPTION"),
        (FIELD, {"type": "Currency"}, "FIELD_INTEGRITY_EXCEPTION"),
        (FIELD, {"type": "Picklist"}, "FIELD_INTEGRITY_EXCEPTION"),
        (FIELD, {"label": ""}, "REQUIRED_FIELD_MISSING"),
        ("Account.Q2C_Odoo_Id__c", {}, "DUPLICATE_DEVELOPER_NAME"),
    ],
)
def test_wrong_definitions_are_refused(rest, full_name, metadata, code):
    assert refusal(create(rest, full_name, **metadata)) == code


def test_who_may_not_customize_creates_nothing(sim, rest):
    sim.control("permissions", CustomizeApplication=False)
    assert refusal(create(rest)) == "INSUFFICIENT_ACCESS"
    sim.control("permissions", CustomizeApplication=True)
    assert create(rest).status_code == 201


def test_the_tooling_api_knows_fields_that_the_user_does_not_see(sim, rest):
    create(rest)
    query = (
        "SELECT DeveloperName, NamespacePrefix, TableEnumOrId FROM CustomField"
        " WHERE DeveloperName IN ('Region', 'Q2C_Odoo_Id', 'Nowhere')"
    )
    answer = rest("GET", "tooling/query", params={"q": query}).json()
    found = {(r["TableEnumOrId"], r["DeveloperName"]) for r in answer["records"]}
    assert found == {("Account", "Region"), ("Account", "Q2C_Odoo_Id")}
    # It is no object of the data API.
    assert refusal(rest("GET", "query", params={"q": query})) == "INVALID_TYPE"
    sim.control("permissions", ViewSetup=False)
    answer = rest("GET", "tooling/query", params={"q": query})
    assert refusal(answer) == "INVALID_TYPE"


def test_permissions_are_found_by_the_users_assignments(sim, rest):
    user = sim.control("permissions", ViewAllData=False)["user_id"]
    query = (
        "SELECT PermissionSet.PermissionsViewAllData,"
        " PermissionSet.PermissionsCustomizeApplication"
        f" FROM PermissionSetAssignment WHERE AssigneeId = '{user}'"
    )
    (record,) = rest("GET", "query", params={"q": query}).json()["records"]
    assert record["PermissionSet"]["PermissionsViewAllData"] is False
    assert record["PermissionSet"]["PermissionsCustomizeApplication"] is True


def test_an_object_may_be_closed_and_opened(sim, rest):
    account = insert(rest, "Account", Name="Acme")
    sim.control("close", object="Account")
    assert describe(rest) is None
    query = {"q": "SELECT Id FROM Account"}
    assert refusal(rest("GET", "query", params=query)) == "INVALID_TYPE"
    query = {"q": "SELECT Account.Name FROM Contact"}
    assert refusal(rest("GET", "query", params=query)) == "INVALID_FIELD"
    parent = permission_set(sim, rest)
    rights = {"ParentId": parent, "SobjectType": "Account", "PermissionsRead": True}
    opened = insert(rest, "ObjectPermissions", **rights)
    assert describe(rest)
    answer = rest("GET", "sobjects/Account/describe").json()
    assert not answer["updateable"]
    change = {"Name": "Other"}
    answer = rest("PATCH", f"sobjects/Account/{account}", json=change)
    assert refusal(answer) == "INSUFFICIENT_ACCESS_OR_READONLY"
    path = f"sobjects/ObjectPermissions/{opened}"
    assert rest("PATCH", path, json={"PermissionsEdit": True}).status_code == 204
    assert rest("PATCH", f"sobjects/Account/{account}", json=change).status_code == 204


@pytest.mark.parametrize(
    ("table", "values", "code"),
    [
        (
            "FieldPermissions",
            {"SobjectType": "Account", "Field": "Account.Nowhere__c"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        ),
        (
            "ObjectPermissions",
            {"SobjectType": "OpportunityLineItem"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        ),
        (
            "ObjectPermissions",
            {"SobjectType": "Account", "PermissionsRead": False},
            "FIELD_INTEGRITY_EXCEPTION",
        ),
    ],
)
def test_rights_that_cannot_be(sim, rest, table, values, code):
    given = {"PermissionsRead": True, "PermissionsEdit": True, **values}
    body = {"ParentId": permission_set(sim, rest), **given}
    assert refusal(rest("POST", f"sobjects/{table}", json=body)) == code


def test_a_right_is_given_once(sim, rest):
    parent = permission_set(sim, rest)
    create(rest)
    grant(rest, parent, FIELD)
    body = {
        "ParentId": parent,
        "SobjectType": "Account",
        "Field": FIELD,
        "PermissionsRead": True,
    }
    answer = rest("POST", "sobjects/FieldPermissions", json=body)
    assert refusal(answer) == "DUPLICATE_VALUE"


def test_only_who_manages_permission_sets_fills_them(sim, rest):
    sim.control("permissions", ManageProfilesPermissionsets=False)
    body = {"Name": "Test", "Label": "Test"}
    answer = rest("POST", "sobjects/PermissionSet", json=body)
    assert refusal(answer) == "INSUFFICIENT_ACCESS_OR_READONLY"
