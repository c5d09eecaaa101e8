# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""SOQL: filters, parents, children, order, paging, and its errors."""

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]


@pytest.fixture
def names(salesforce):
    """The names that a query's WHERE and what follows it choose among accounts."""

    def query(rest):
        found = salesforce.query(f"SELECT Name FROM Account {rest}")
        return [record["Name"] for record in found["records"]]

    return query


@pytest.fixture
def accounts(salesforce):
    made = (
        {"Name": "Alpha", "NumberOfEmployees": 5, "Industry": "Banking"},
        {"Name": "beta", "NumberOfEmployees": 50, "Industry": "Retail"},
        {"Name": "Gamma O'Neil", "Industry": "Banking"},
        {"Name": "100% Delta", "NumberOfEmployees": 500},
    )
    return [salesforce.Account.create(values)["id"] for values in made]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Name = 'ALPHA'", ["Alpha"]),
        ("Name != 'alpha' AND Industry != null", ["beta", "Gamma O'Neil"]),
        ("Industry != 'Banking'", ["beta", "100% Delta"]),
        ("NumberOfEmployees > 5", ["beta", "100% Delta"]),
        ("NumberOfEmployees <= 50", ["Alpha", "beta"]),
        ("NumberOfEmployees = null", ["Gamma O'Neil"]),
        ("Name IN ('beta', 'GAMMA O\\'NEIL')", ["beta", "Gamma O'Neil"]),
        ("Industry NOT IN ('Banking')", ["beta", "100% Delta"]),
        ("Name LIKE '%a'", ["Alpha", "beta", "100% Delta"]),
        ("Name LIKE '_eta'", ["beta"]),
        ("Name LIKE '100\\%%'", ["100% Delta"]),
        ("NOT Name LIKE '%a'", ["Gamma O'Neil"]),
        ("(Name = 'beta' OR Name = 'Alpha') AND NumberOfEmployees < 9", ["Alpha"]),
        ("NOT (Industry = 'Banking' OR Name = 'beta')", ["100% Delta"]),
        ("IsDeleted = true", []),
        ("CreatedDate = TODAY AND Name = 'beta'", ["beta"]),
        ("CreatedDate < 2001-01-01T00:00:00Z", []),
        ("CreatedDate > 2001-01-01T00:00:00.000+02:00 AND Name = 'beta'", ["beta"]),
    ],
)
def test_where(names, accounts, where, expected):
    assert names(f"WHERE {where}") == expected


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("ORDER BY Name DESC", ["Gamma O'Neil", "beta", "Alpha", "100% Delta"]),
        (
            "ORDER BY Industry NULLS LAST, Name DESC",
            ["Gamma O'Neil", "Alpha", "beta", "100% Delta"],
        ),
        ("ORDER BY Industry, Name", ["100% Delta", "Alpha", "Gamma O'Neil", "beta"]),
        (
            "ORDER BY Industry DESC, Name",
            ["beta", "Alpha", "Gamma O'Neil", "100% Delta"],
        ),
        ("ORDER BY Name LIMIT 2 OFFSET 1", ["Alpha", "beta"]),
    ],
)
def test_order_limit_offset(names, accounts, clause, expected):
    assert names(clause) == expected


def test_ids_are_compared_with_their_case_and_in_both_lengths(names, accounts):
    short = accounts[1][:15]
    assert names(f"WHERE Id = '{short}'") == ["beta"]
    assert names(f"WHERE Id = '{accounts[1]}'") == ["beta"]
    other_case = short[:3] + short[3:].swapcase()
    assert names(f"WHERE Id = '{other_case}'") == []


def test_cursor_of_stamp_and_id_misses_nothing(sim, names, salesforce, accounts):
    """Several records share a second; the id decides among them."""
    sim.control("clock", freeze=True)
    twins = [salesforce.Account.create({"Name": f"Twin {n}"})["id"] for n in "12"]
    stamp = sim.control("clock", "GET")["now"].replace(".000+0000", "Z")
    where = f"SystemModstamp > {stamp} OR (SystemModstamp = {stamp} AND Id > '{{}}')"
    order = "ORDER BY SystemModstamp, Id"
    assert names(f"WHERE {where.format(twins[0])} {order}") == ["Twin 2"]
    sim.control("clock", advance=1)
    salesforce.Account.update(twins[0], {"Phone": "1"})
    assert names(f"WHERE {where.format(twins[1])} {order}") == ["Twin 1"]


def test_parents_are_nested_and_null_where_there_is_none(salesforce, accounts):
    salesforce.Account.update(accounts[1], {"ParentId": accounts[0]})
    fields = "Name, Parent.Name, Parent.Owner.Username"
    found = salesforce.query(f"SELECT {fields} FROM Account ORDER BY Parent.Name")
    first, *_rest, last = found["records"]
    assert first["Parent"] is None
    assert last["Parent"]["attributes"]["type"] == "Account"
    assert last["Parent"]["Name"] == "Alpha"
    assert last["Parent"]["Owner"]["Username"] == "integration@simulated.example"


def test_filter_on_a_parent(names, salesforce, accounts):
    salesforce.Account.update(accounts[1], {"ParentId": accounts[0]})
    assert names("WHERE Parent.Name = 'Alpha'") == ["beta"]
    assert names("WHERE Parent.Industry = null AND Name = 'Alpha'") == ["Alpha"]


def test_children_come_as_a_result_of_their_own(salesforce, seeded):
    found = salesforce.query(
        "SELECT Id, (SELECT Product2.ProductCode, Quantity FROM OpportunityLineItems"
        " WHERE Discount != null ORDER BY Quantity), (SELECT Id FROM Quotes)"
        f" FROM Opportunity WHERE Id = '{seeded['opportunity']}'"
    )
    record = found["records"][0]
    lines = record["OpportunityLineItems"]
    assert (lines["totalSize"], lines["done"]) == (2, True)
    codes = [line["Product2"]["ProductCode"] for line in lines["records"]]
    assert codes == ["SETUP", "SEAT-M"]
    assert record["Quotes"] is None


def test_inner_select(salesforce, names, seeded):
    inner = "SELECT AccountId FROM Opportunity WHERE IsClosed = false"
    assert names(f"WHERE Id IN ({inner})") == ["Brasserie Saint-Gilles SA"]
    assert names(f"WHERE Id NOT IN ({inner})") == ["Nordhafen Logistik GmbH"]


def test_count_and_sums(salesforce, seeded):
    assert salesforce.query("SELECT COUNT() FROM OpportunityLineItem")["totalSize"] == 3
    summed = salesforce.query("SELECT COUNT(Id) n, SUM(Amount) FROM Opportunity")
    record = summed["records"][0]
    assert (record["n"], record["expr0"]) == (1, 2332.5)
    grouped = salesforce.query(
        "SELECT Family, COUNT(Id) n FROM Product2 GROUP BY Family ORDER BY Family"
    )
    assert [(r["Family"], r["n"]) for r in grouped["records"]] == [
        ("Hardware", 1),
        ("Service", 1),
        ("Subscription", 2),
    ]


def test_all_fields_need_a_small_limit(rest, salesforce, accounts):
    query = "SELECT FIELDS(ALL) FROM Account"
    assert rest("GET", "query", params={"q": query}).status_code == 400
    record = salesforce.query(f"{query} LIMIT 1")["records"][0]
    assert {"Name", "Q2C_Odoo_Id__c"} <= set(record)


def test_paging_reads_what_the_query_saw(sim, salesforce, accounts):
    sim.control("org", query_batch=3)
    first = salesforce.query("SELECT Name FROM Account ORDER BY Name")
    assert (first["totalSize"], first["done"], len(first["records"])) == (4, False, 3)
    salesforce.Account.delete(accounts[2])
    more = salesforce.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert more["done"] and "nextRecordsUrl" not in more
    assert [record["Name"] for record in more["records"]] == ["Gamma O'Neil"]


def test_query_all_pages_to_the_end(sim, salesforce, accounts):
    sim.control("org", query_batch=1)
    found = salesforce.query_all("SELECT Id FROM Account")
    assert [record["Id"] for record in found["records"]] == accounts


def test_batch_size_header_is_drawn_to_at_least_200(sim, rest):
    for start in (0, 200):
        records = [
            {"attributes": {"type": "Account"}, "Name": f"A{start + number}"}
            for number in range(200 - start // 2)
        ]
        rest("POST", "composite/sobjects", json={"records": records})
    header = {"Sforce-Query-Options": "batchSize=50"}
    params = {"q": "SELECT Id FROM Account"}
    page = rest("GET", "query", params=params, headers=header).json()
    assert (page["totalSize"], len(page["records"])) == (300, 200)
    assert rest("GET", "query", params=params).json()["done"]


def test_locators_are_checked_and_expire(sim, rest, salesforce, accounts):
    sim.control("org", query_batch=2)
    url = salesforce.query("SELECT Id FROM Account")["nextRecordsUrl"]
    path = url.partition("v66.0/")[2]
    assert rest("GET", path).status_code == 200
    sim.control("cursors/expire")
    assert rest("GET", path).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("SELECT Id, Nope FROM Account", "INVALID_FIELD", "No such column 'Nope' on"),
        ("SELECT Id FROM Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported"),
        ("SELECT No.Id FROM Account", "INVALID_FIELD", "understand relationship 'No'"),
        (
            "SELECT (SELECT Id FROM Nopes) FROM Account",
            "INVALID_TYPE",
            "Didn't understand relationship 'Nopes' in FROM part of query call",
        ),
        ("SELECT Id FROM", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT Id Account", "MALFORMED_QUERY", "unexpected token: 'Account'"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id FROM Account LIMIT x", "MALFORMED_QUERY", "unexpected token: 'x'"),
        ("SELECT Id FROM Account WHERE Name IS NULL", "MALFORMED_QUERY", "'IS'"),
        ("SELECT Id FROM Account WHERE Name = 'a", "MALFORMED_QUERY", "unexpected"),
        (
            "SELECT Id FROM Account WHERE Id != null AND Name = 'a' OR Name = 'b'",
            "MALFORMED_QUERY",
            "unexpected token: 'OR'",
        ),
        (
            "SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'",
            "INVALID_FIELD",
            "'SystemModstamp' must be of type dateTime and should not be enclosed in",
        ),
        (
            "SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01",
            "INVALID_FIELD",
            "must be of type dateTime",
        ),
        (
            "SELECT Id FROM Account WHERE NumberOfEmployees = '5'",
            "INVALID_FIELD",
            "must be of type int and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 5",
            "INVALID_FIELD",
            "must be of type string and should be enclosed in quotes",
        ),
        (
            "SELECT Id FROM Account WHERE Id = 'short'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid ID field: short",
        ),
        (
            "SELECT Id FROM Account WHERE Description = 'long'",
            "INVALID_FIELD",
            "field 'Description' can not be filtered in a query call",
        ),
        ("SELECT Name, Name FROM Account", "INVALID_FIELD", "duplicate field selected"),
        (
            "SELECT Id FROM Account OFFSET 2001",
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Maximum SOQL offset allowed is 2000",
        ),
    ],
)
def test_errors(rest, query, code, words):
    answer = rest("GET", "query", params={"q": query})
    assert answer.status_code == 400
    error = answer.json()[0]
    assert error["errorCode"] == code
    assert words in error["message"]


def test_an_error_names_its_place(rest):
    answer = rest("GET", "query", params={"q": "SELECT Id, Nope FROM Account"})
    message = answer.json()[0]["message"]
    assert "\n           ^\nERROR at Row:1:Column:12\n" in message
