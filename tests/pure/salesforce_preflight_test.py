# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a configuration needs, what is said of each need, and the package that brings
what is missing."""

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from quote_to_cash.providers.salesforce import fields
from quote_to_cash.providers.salesforce.description import Description, Field
from quote_to_cash.providers.salesforce.preflight import check as checks
from quote_to_cash.providers.salesforce.preflight.grants import NAME, grants_of
from quote_to_cash.providers.salesforce.preflight.look import Seen
from quote_to_cash.providers.salesforce.preflight.need import Definition, FieldNeed
from quote_to_cash.providers.salesforce.preflight.needs import (
    INTERVALS,
    Mapped,
    Told,
    of_configuration,
)
from quote_to_cash.providers.salesforce.preflight.package import NAMESPACE, package
from quote_to_cash.providers.salesforce.schema import Schema
from quote_to_cash.providers.salesforce.streams import STREAMS
from quote_to_cash.providers.salesforce.translate.interval import interval_of

TOLD = (
    Told(
        sobject="Opportunity",
        field="Q2C_Order_Number__c",
        label="Order number",
        is_amount=False,
    ),
    Told(sobject="Account", field="Q2C_Due__c", label="Amount due", is_amount=True),
)
SCHEMA = Schema(vat="VAT__c")
NOTHING = Schema(billing_interval="", billing_start="")
EVERYTHING = frozenset(
    {
        "CustomizeApplication",
        "ManageProfilesPermissionsets",
        "AssignPermissionSets",
        "ViewAllData",
    }
)


def needs(streams=STREAMS, order_source="opportunity", schema=SCHEMA, told=TOLD):
    return of_configuration(streams, order_source, schema, told)


def seen(wanted, *custom, **changed):
    """An org with all standard fields, and ``custom``: {sobject: [Field]}."""
    objects = {}
    for need in wanted:
        known = fields.OF_SOBJECT[need.sobject]
        names = [*known.required, *known.optional]
        objects[need.sobject] = Description(
            need.sobject, {name: Field(name, "string", False) for name in names}
        )
    for sobject, field in custom:
        objects[sobject].fields[field.name] = field
    values = {
        "objects": objects,
        "hidden": frozenset(),
        "permissions": EVERYTHING,
        "calls": (14_000, 15_000),
        **changed,
    }
    return Seen(**values)


WITH_DEALS = ("Account", "Contact", "Contract", "Product2")
ALL_THERE = (
    ("Product2", Field("Q2C_Billing_Interval__c", "picklist", True)),
    ("Opportunity", Field("Q2C_Billing_Start__c", "date", True)),
    ("Account", Field("VAT__c", "string", False)),
    ("Opportunity", Field("Q2C_Order_Number__c", "string", True)),
    ("Account", Field("Q2C_Due__c", "currency", True)),
)


def findings(*custom, **changed):
    wanted = needs()
    return checks.check(wanted, seen(wanted, *custom, **changed))


def finding(what, found):
    (one,) = [f for f in found if f.what == what and f.result != checks.HINT]
    return one


# ----------------------------------------------------------------------
# WHAT IS NEEDED
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("streams", "order_source", "expected"),
    [
        ((), "none", set()),
        (("product",), "none", {"Product2"}),
        (("contact",), "none", {"Contact", "Account"}),
        (("price",), "none", {"PricebookEntry", "Product2", "Pricebook2"}),
        (
            (),
            "opportunity",
            {
                "OpportunityLineItem",
                "OpportunityContactRole",
                "Opportunity",
                *WITH_DEALS,
            },
        ),
        ((), "order", {"Order", "OrderItem", *WITH_DEALS}),
        (("order_line", "unknown"), "none", None),
    ],
)
def test_only_what_is_read_is_needed(streams, order_source, expected):
    wanted = needs(streams, order_source, NOTHING, ())
    if expected is None:
        expected = {"Order", "OrderItem", *WITH_DEALS}
    assert {need.sobject for need in wanted} == expected


def test_fields_are_needed_that_the_configuration_names():
    named = {n.full_name: n for n in needs() if isinstance(n, FieldNeed)}
    assert set(named) == {
        "Product2.Q2C_Billing_Interval__c",
        "Opportunity.Q2C_Billing_Start__c",
        "Account.VAT__c",
        "Opportunity.Q2C_Order_Number__c",
        "Account.Q2C_Due__c",
    }
    assert [n for n in named if named[n].write] == [
        "Opportunity.Q2C_Order_Number__c",
        "Account.Q2C_Due__c",
    ]
    assert not [n for n in needs(schema=NOTHING, told=()) if n in named.values()]


def test_every_interval_of_the_picklist_is_understood():
    assert len({interval_of(word, "x") for word in INTERVALS}) == len(INTERVALS)


# ----------------------------------------------------------------------
# WHAT IS SAID
# ----------------------------------------------------------------------


def test_an_org_that_has_everything_is_fine():
    found = findings(*ALL_THERE)
    assert {f.result for f in found} == {checks.OK}
    assert not any(f.remedy for f in found)


def test_what_is_missing_can_be_created():
    one = finding("Account.Q2C_Due__c", findings())
    assert (one.result, one.creatable) == (checks.MISSING, True)
    assert one.purpose == "Is told: Amount due"
    assert "Create What Is Missing" in one.remedy
    assert "hidden" not in one.remedy


@pytest.mark.parametrize("name", ["pkg__Due__c", "Due", "Bad__Name__c", "a b__c"])
def test_what_is_of_a_package_or_misspelt_cannot_be_created(name):
    wanted = needs(told=[replace(TOLD[1], field=name)])
    one = finding(f"Account.{name}", checks.check(wanted, seen(wanted, *ALL_THERE)))
    assert (one.result, one.creatable) == (checks.MISSING, False)
    assert "API name" in one.remedy


def test_what_is_hidden_is_not_missing():
    one = finding(
        "Account.Q2C_Due__c", findings(hidden=frozenset({"Account.Q2C_Due__c"}))
    )
    assert (one.result, one.creatable) == (checks.NO_PERMISSION, False)
    assert "hidden" in one.remedy


def test_where_nobody_can_tell_both_are_said():
    one = finding("Account.Q2C_Due__c", findings(hidden=None))
    assert one.creatable
    assert "may also be there, but hidden" in one.remedy


def test_another_case_of_letters_is_told():
    custom = [("Account", Field("q2c_DUE__c", "currency", True))]
    one = finding("Account.Q2C_Due__c", findings(*custom))
    assert not one.creatable
    assert "q2c_DUE__c" in one.remedy


@pytest.mark.parametrize(
    ("field", "result", "word"),
    [
        (Field("Q2C_Due__c", "string", True), checks.WRONG_TYPE, "Text"),
        (Field("Q2C_Due__c", "double", True), checks.OK, ""),
        (Field("Q2C_Due__c", "currency", False), checks.NO_PERMISSION, "written"),
    ],
)
def test_a_field_must_take_what_it_is_told(field, result, word):
    one = finding("Account.Q2C_Due__c", findings(("Account", field)))
    assert one.result == result
    assert word in one.remedy


@pytest.mark.parametrize(
    ("external_id", "unique", "result"),
    [
        (True, True, checks.OK),
        (True, False, checks.NOT_UNIQUE),
        (False, True, checks.NOT_UNIQUE),
    ],
)
def test_what_records_are_found_by_must_be_unique(external_id, unique, result):
    need = FieldNeed(
        sobject="Account",
        field="Ref__c",
        purpose="Finding customers",
        types=("string",),
        definition=Definition(type="Text", length=64, external_id=True),
        write=True,
        external_id=True,
    )
    field = Field("Ref__c", "string", True, external_id=external_id, unique=unique)
    (one, *_rest) = checks.check([need], seen([need], ("Account", field)))
    assert one.result == result
    assert ("Unique" in one.remedy) == (result == checks.NOT_UNIQUE)


def test_of_an_object_that_is_not_seen_the_fields_are_told_too():
    wanted = needs()
    interval = "Product2.Q2C_Billing_Interval__c"
    for hidden, result in (
        (frozenset({interval}), checks.NO_PERMISSION),
        (frozenset(), checks.MISSING),
    ):
        org = seen(wanted, *ALL_THERE, hidden=hidden)
        org.objects["Product2"] = None
        found = checks.check(wanted, org)
        assert finding("Product2", found).result == checks.NO_PERMISSION
        assert finding(interval, found).result == result
        assert finding(interval, found).creatable == (result == checks.MISSING)


def test_an_object_that_is_told_must_be_editable():
    wanted = needs()
    org = seen(wanted, *ALL_THERE)
    org.objects["Account"] = replace(org.objects["Account"], updateable=False)
    org.objects["Product2"] = replace(org.objects["Product2"], updateable=False)
    found = checks.check(wanted, org)
    assert "edit" in finding("Account", found).remedy
    assert finding("Product2", found).result == checks.OK


def test_hidden_standard_fields_are_named_one_by_one():
    wanted = needs()
    org = seen(wanted, *ALL_THERE)
    del org.objects["Opportunity"].fields["StageName"]
    del org.objects["Opportunity"].fields["Probability"]
    # Nobody is told to switch a feature on.
    del org.objects["Opportunity"].fields["CurrencyIsoCode"]
    del org.objects["Account"].fields["IsPersonAccount"]
    del org.objects["Account"].fields["BillingCountryCode"]
    found = checks.check(wanted, org)
    assert finding("Opportunity.StageName", found).result == checks.NO_PERMISSION
    (hint,) = [f for f in found if f.result == checks.HINT]
    assert "Probability" in hint.remedy


@pytest.mark.parametrize(
    ("changed", "what", "result"),
    [
        ({"permissions": None}, "View Setup and Configuration", checks.HINT),
        ({"permissions": frozenset()}, "View All Data", checks.HINT),
        ({"calls": (100, 15_000)}, "API calls", checks.HINT),
        ({"calls": (14_000, 15_000)}, "API calls", checks.OK),
    ],
)
def test_what_concerns_the_whole_org(changed, what, result):
    (one,) = [f for f in findings(*ALL_THERE, **changed) if f.what == what]
    assert one.result == result


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        (EVERYTHING, True),
        (EVERYTHING - {"CustomizeApplication"}, False),
        (EVERYTHING - {"ManageProfilesPermissionsets"}, False),
        (EVERYTHING - {"ViewAllData"}, True),
        (None, False),
    ],
)
def test_who_may_create(permissions, may):
    assert seen([], permissions=permissions).may_create == may


# ----------------------------------------------------------------------
# THE PACKAGE
# ----------------------------------------------------------------------


def opened(found):
    archive = zipfile.ZipFile(io.BytesIO(package(found, "66.0")))
    assert archive.testzip() is None
    return {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}


def texts(element, path):
    spaced = "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))
    return [found.text for found in element.iterfind(spaced)]


def test_the_manifest_lists_exactly_what_the_package_holds():
    files = opened(findings())
    listed = {}
    for types in files["package.xml"].iterfind(f"{{{NAMESPACE}}}types"):
        (name,) = texts(types, "name")
        listed[name] = texts(types, "members")
    assert texts(files["package.xml"], "version") == ["66.0"]
    held = {
        f"{path.removeprefix('objects/').removesuffix('.object')}.{name}"
        for path, root in files.items()
        if path.startswith("objects/")
        for name in texts(root, "fields/fullName")
    }
    sets = {
        path.removeprefix("permissionsets/").removesuffix(".permissionset")
        for path in files
        if path.startswith("permissionsets/")
    }
    assert set(listed["CustomField"]) == held
    assert set(listed["PermissionSet"]) == sets == {NAME}
    assert set(listed) == {"CustomField", "PermissionSet"}
    assert "Account.Q2C_Due__c" in held and len(held) == 5


def test_every_document_is_of_the_metadata_api():
    roots = {
        "package.xml": "Package",
        "objects": "CustomObject",
        "permissionsets": "PermissionSet",
    }
    for path, root in opened(findings()).items():
        assert root.tag == f"{{{NAMESPACE}}}{roots[path.partition('/')[0]]}"


def test_a_field_has_what_its_type_asks_for():
    files = opened(findings())
    members = {}
    for path in ("Account", "Opportunity", "Product2"):
        for field in files[f"objects/{path}.object"]:
            (name,) = texts(field, "fullName")
            members[name] = {
                child.tag.removeprefix(f"{{{NAMESPACE}}}"): child.text
                for child in field
            }
    assert (
        members["Q2C_Due__c"] | {"precision": "18", "scale": "2"}
        == (members["Q2C_Due__c"])
    )
    assert members["Q2C_Due__c"]["type"] == "Currency"
    assert members["Q2C_Due__c"]["label"] == "Due"
    assert members["VAT__c"]["length"] == "32"
    assert members["Q2C_Billing_Start__c"]["type"] == "Date"
    assert "length" not in members["Q2C_Billing_Start__c"]
    interval = files["objects/Product2.object"]
    path = "fields/valueSet/valueSetDefinition/value/fullName"
    assert texts(interval, path) == list(INTERVALS)


def test_what_is_there_is_not_deployed_again_but_opened():
    files = opened(findings(*ALL_THERE))
    assert not [path for path in files if path.startswith("objects/")]
    root = files[f"permissionsets/{NAME}.permissionset"]
    assert "Account.Q2C_Due__c" in texts(root, "fieldPermissions/field")


def test_the_permission_set_holds_what_is_needed_and_no_more():
    grants = grants_of(findings(*ALL_THERE))
    assert grants.fields == {
        "Product2.Q2C_Billing_Interval__c": False,
        "Opportunity.Q2C_Billing_Start__c": False,
        "Account.VAT__c": False,
        "Opportunity.Q2C_Order_Number__c": True,
        "Account.Q2C_Due__c": True,
    }
    # Lines and prices have the rights of their parents.
    assert grants.objects == {
        "Account": True,
        "Contact": False,
        "Contract": False,
        "Lead": False,
        "Product2": False,
        "Pricebook2": False,
        "Opportunity": True,
        "Order": False,
    }
    assert list(grants.objects)[0] == "Account"


def test_what_cannot_be_created_is_not_granted():
    wanted = needs(told=[replace(TOLD[1], field="pkg__Due__c")])
    found = checks.check(wanted, seen(wanted, *ALL_THERE))
    assert "Account.pkg__Due__c" not in grants_of(found).fields


def test_the_same_findings_make_the_same_bytes():
    assert package(findings(), "66.0") == package(findings(), "66.0")


def test_names_are_escaped():
    told = [replace(TOLD[0], label='<Order> & "number"')]
    wanted = needs(told=told)
    files = opened(checks.check(wanted, seen(wanted)))
    (text,) = [
        text
        for text in texts(files["objects/Opportunity.object"], "fields/description")
        if "Order" in text
    ]
    assert '<Order> & "number"' in text


# ----------------------------------------------------------------------
# MAPPED FIELDS AND PAYMENT TERMS
# ----------------------------------------------------------------------


def of_mapped(name, *custom, types=("string",), hidden=frozenset(), parents=()):
    wanted = of_configuration(
        STREAMS, "none", NOTHING, (), [Mapped(name=name, types=types)]
    )
    there = seen(wanted, *custom, hidden=hidden)
    there.objects.update(parents)
    found = checks.check(wanted, there)
    return next(f for f in found if f.what == name)


def test_a_mapped_field_must_be_there_visible_and_of_a_type_that_fits():
    name = "Account.Segment__c"
    there = of_mapped(name, ("Account", Field("Segment__c", "string", False)))
    assert there.result == checks.OK
    gone = of_mapped(name)
    assert (gone.result, gone.creatable) == (checks.MISSING, False)
    assert "where it is entered" in gone.remedy
    hidden = of_mapped(name, hidden=frozenset({name}))
    assert hidden.result == checks.NO_PERMISSION
    assert name in grants_of([hidden]).fields
    unfit = of_mapped(name, ("Account", Field("Segment__c", "date", False)))
    assert unfit.result == checks.WRONG_TYPE


def test_a_mapped_field_of_a_parent_is_looked_for_there():
    owner = Field("OwnerId", "reference", True, "Owner", ("User",))
    user = Description("User", {"Email": Field("Email", "email", False)})
    name, types = "Account.Owner.Email", ("email",)
    found = of_mapped(
        name, ("Account", owner), types=types, parents={"User": user}.items()
    )
    assert found.result == checks.OK
    closed = of_mapped(
        name, ("Account", owner), types=types, parents={"User": None}.items()
    )
    assert closed.result == checks.MISSING


def test_payment_terms_are_needed_on_one_of_the_objects_only():
    schema = replace(NOTHING, payment_terms="Terms__c")
    wanted = needs(schema=schema, told=())
    terms = Field("Terms__c", "picklist", True)
    there = checks.check(wanted, seen(wanted, ("Opportunity", terms)))
    assert [f.what for f in there if "Terms" in f.what] == ["Opportunity.Terms__c"]
    nowhere = checks.check(wanted, seen(wanted))
    assert {f.result for f in nowhere if "Terms" in f.what} == {checks.MISSING}


def test_leads_that_are_closed_to_the_user_are_a_hint_and_no_fault():
    wanted = needs()
    closed = seen(wanted, *ALL_THERE)
    closed.objects["Lead"] = None
    found = [f for f in checks.check(wanted, closed) if f.what == "Lead"]
    assert [f.result for f in found] == [checks.HINT]
    assert "no leads are taken in" in found[0].remedy
    assert "Lead" not in grants_of(found).objects
