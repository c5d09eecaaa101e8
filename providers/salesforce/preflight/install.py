# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Creating what is missing, with the rights of who is signed in.

Fields: Tooling API, CustomField
(https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/tooling_api_objects_customfield.htm);
a new one is hidden from everybody until a permission set opens it: PermissionSet,
PermissionSetAssignment, ObjectPermissions, FieldPermissions (Object Reference).
Each step looks first, so all of it can be repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ....canonical import Hold
from .. import api_error, soql
from ..connector import Connector
from .check import Finding
from .definition import metadata
from .grants import DESCRIPTION, LABEL, NAME, Grants, grants_of
from .need import FieldNeed

_RECORDS = "composite/sobjects"
_RECORDS_PER_CALL = 200
_RIGHTS = ("PermissionsRead", "PermissionsCreate", "PermissionsEdit")
_SUBJECT = f"permission set {LABEL}"


def install(
    connector: Connector, findings: Iterable[Finding], user_id: str
) -> list[Hold]:
    """What could not be done; empty when all was.

    :raises Retry: passing fault; may be repeated
    """
    findings = list(findings)
    grants = grants_of(findings)
    refusals = []
    for need in {f.need.full_name: f.need for f in findings if f.creatable}.values():
        try:
            _create_field(connector, need)
        except Hold as failure:
            refusals.append(failure)
            del grants.fields[need.full_name]
    try:
        refusals += _grant(connector, grants, user_id)
    except Hold as failure:
        refusals.append(failure)
    return refusals


def _create_field(connector: Connector, need: FieldNeed) -> None:
    body = {"FullName": need.full_name, "Metadata": metadata(need)}
    path = "tooling/sobjects/CustomField"
    try:
        connector.call("POST", path, need.full_name, json=body)
    except Hold as failure:
        # It was there, and not to be seen.
        if failure.code != "name_taken":
            raise


# ----------------------------------------------------------------------
# PERMISSION SET
# ----------------------------------------------------------------------


def _grant(connector: Connector, grants: Grants, user_id: str) -> list[Hold]:
    set_id = _permission_set(connector)
    refusals = _assign(connector, set_id, user_id)
    refusals += _open(
        connector,
        "ObjectPermissions",
        set_id,
        "SobjectType",
        {
            name: {
                "SobjectType": name,
                **_rights(edit),
                "PermissionsCreate": grants.creates(name),
            }
            for name, edit in grants.objects.items()
        },
    )
    return refusals + _open(
        connector,
        "FieldPermissions",
        set_id,
        "Field",
        {
            name: {
                "SobjectType": name.partition(".")[0],
                "Field": name,
                **_rights(edit),
            }
            for name, edit in grants.fields.items()
        },
    )


def _rights(edit: bool) -> dict:
    return {"PermissionsRead": True, "PermissionsEdit": edit}


def _permission_set(connector: Connector) -> str:
    """The id of ours, made if there is none."""
    found = _query(connector, ("Id",), "PermissionSet", f"Name = {soql.text(NAME)}")
    if found:
        return found[0]["Id"]
    body = {"Name": NAME, "Label": LABEL, "Description": DESCRIPTION}
    return connector.call("POST", "sobjects/PermissionSet", _SUBJECT, json=body)["id"]


def _assign(connector: Connector, set_id: str, user_id: str) -> list[Hold]:
    names = {"AssigneeId": user_id, "PermissionSetId": set_id}
    where = " AND ".join(f"{name} = {soql.text(id_)}" for name, id_ in names.items())
    if _query(connector, ("Id",), "PermissionSetAssignment", where):
        return []
    return _write(connector, "POST", "PermissionSetAssignment", [names])


def _open(
    connector: Connector, table: str, set_id: str, key: str, wanted: dict[str, dict]
) -> list[Hold]:
    """Add to the permission set what of ``wanted`` it lacks, never take anything."""
    rights = sorted({n for values in wanted.values() for n in values if n in _RIGHTS})
    found = {
        row[key]: row
        for row in _query(
            connector,
            ("Id", key, *rights),
            table,
            f"ParentId = {soql.text(set_id)}",
        )
    }
    new = [
        {"ParentId": set_id, **values}
        for name, values in wanted.items()
        if name not in found
    ]
    lacking = {
        name: {right: True for right in rights if values[right] and not row[right]}
        for name, values in wanted.items()
        if (row := found.get(name))
    }
    changed = [
        {"id": found[name]["Id"], **values}
        for name, values in lacking.items()
        if values
    ]
    return _write(connector, "POST", table, new) + _write(
        connector, "PATCH", table, changed
    )


def _query(connector, names: Sequence[str], sobject: str, where: str) -> list[dict]:
    """The first page, of 2,000 records, is more than we put into a permission set."""
    query = soql.select(names, sobject, where)
    answer = connector.call("GET", "query", _SUBJECT, params={"q": query})
    return answer["records"]


def _write(connector, method: str, sobject: str, rows: list[dict]) -> list[Hold]:
    refusals = []
    for start in range(0, len(rows), _RECORDS_PER_CALL):
        chunk = rows[start : start + _RECORDS_PER_CALL]
        records = [{"attributes": {"type": sobject}, **row} for row in chunk]
        body = {"allOrNone": False, "records": records}
        answers = connector.call(method, _RECORDS, _SUBJECT, json=body)
        for row, answer in zip(chunk, answers, strict=True):
            if not answer["success"]:
                refusals.append(_refusal(answer["errors"], sobject, row))
    return refusals


def _refusal(errors: list[dict], sobject: str, row: dict) -> Hold:
    name = row.get("Field") or row.get("SobjectType") or sobject
    failure = api_error.failure_of_result(errors, f"{_SUBJECT}, {name}")
    if isinstance(failure, Hold):
        return failure
    return Hold(failure.code, failure.message, "Press the button again.")
