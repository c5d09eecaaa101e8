# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Asking an org what it has: one call, and a second one where something is missing.

Composite Batch takes up to 25 requests
(https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_batch.htm).
Describes are asked for without If-Modified-Since: what a permission set opens does not
change an object's time of modification.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from ....canonical import Hold
from .. import api_error, soql
from ..connector import Connector
from ..description import Description
from .need import FieldNeed, ObjectNeed

# Names in PermissionSet (Object Reference), without their "Permissions".
CUSTOMIZE = "CustomizeApplication"
MANAGE_SETS = "ManageProfilesPermissionsets"
ASSIGN_SETS = "AssignPermissionSets"
SEE_ALL = "ViewAllData"
_PERMISSIONS = (CUSTOMIZE, MANAGE_SETS, ASSIGN_SETS, SEE_ALL)
# A describe's answer for an object that is not there, or not for this user.
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Seen:
    """``objects``: None for one that the user does not see. ``hidden``: full names of
    custom fields that the org has and the user does not see, None where that could not
    be asked. ``permissions``: of the user, None where they could not be asked.
    ``calls``: (left, allowed) in 24 hours, None where Salesforce does not say."""

    objects: dict[str, Description | None]
    hidden: frozenset[str] | None
    permissions: frozenset[str] | None
    calls: tuple[int, int] | None

    @property
    def may_create(self) -> bool:
        """Fields, and the permission set that opens them."""
        needed = {CUSTOMIZE, MANAGE_SETS, ASSIGN_SETS}
        return self.permissions is not None and needed <= self.permissions


def look(
    connector: Connector, needs: Iterable[ObjectNeed | FieldNeed], user_id: str
) -> Seen:
    """:raises Hold, Retry: the org does not answer"""
    needs = list(needs)
    names = list(dict.fromkeys(need.sobject for need in needs))
    paths = [f"sobjects/{name}/describe" for name in names]
    paths += ["limits", _permission_path(user_id)]
    *described, limits, permissions = _batch(connector, paths)
    objects = {
        name: _description(name, answer)
        for name, answer in zip(names, described, strict=True)
    }
    objects |= _parents(connector, needs, objects)
    return Seen(
        objects=objects,
        hidden=_hidden(connector, needs, objects),
        permissions=_permissions(permissions),
        calls=_calls(limits),
    )


def _parents(connector, needs, objects) -> dict[str, Description | None]:
    """Those that fields are needed of by way of another object."""
    names = {
        objects[need.sobject].parent_of(need.field.partition(".")[0])
        for need in needs
        if isinstance(need, FieldNeed) and "." in need.field and objects[need.sobject]
    }
    wanted = sorted(names - {""} - objects.keys())
    if not wanted:
        return {}
    answers = _batch(connector, [f"sobjects/{name}/describe" for name in wanted])
    return {
        name: _description(name, answer)
        for name, answer in zip(wanted, answers, strict=True)
    }


def _batch(connector: Connector, paths: list[str]) -> list[dict]:
    """``{"statusCode", "result"}`` for each path."""
    version = f"v{connector.api_version}"
    body = {
        "batchRequests": [
            {"method": "GET", "url": f"{version}/{path}"} for path in paths
        ]
    }
    answer = connector.call("POST", "composite/batch", "set-up", json=body)
    return answer["results"]


def _description(name: str, answer: dict) -> Description | None:
    if answer["statusCode"] == 200:
        return Description.of_answer(answer["result"])
    if answer["statusCode"] == _NOT_FOUND:
        return None
    raise api_error.failure_of_answer(answer["statusCode"], answer["result"], name)


def _permission_path(user_id: str) -> str:
    fields = [f"PermissionSet.Permissions{name}" for name in _PERMISSIONS]
    query = soql.by_ids(fields, "PermissionSetAssignment", [user_id], "AssigneeId")
    return "query?" + urlencode({"q": next(query)})


def _permissions(answer: dict) -> frozenset[str] | None:
    """Of all permission sets together. Asking needs the permission View Setup."""
    if answer["statusCode"] != 200:
        return None
    sets = [row["PermissionSet"] or {} for row in answer["result"]["records"]]
    return frozenset(
        name
        for name in _PERMISSIONS
        if any(one.get(f"Permissions{name}") for one in sets)
    )


def _calls(answer: dict) -> tuple[int, int] | None:
    if answer["statusCode"] != 200:
        return None
    daily = answer["result"].get("DailyApiRequests") or {}
    return (daily["Remaining"], daily["Max"]) if "Max" in daily else None


def _is_seen(need: FieldNeed, description: Description | None) -> bool:
    return description is not None and need.field in description.fields


def _hidden(connector, needs, objects) -> frozenset[str] | None:
    """The Tooling API knows all custom fields, whoever may see them."""
    absent = [
        need
        for need in needs
        if isinstance(need, FieldNeed)
        and need.is_own
        and not _is_seen(need, objects[need.sobject])
    ]
    if not absent:
        return frozenset()
    names = {need.field.removesuffix("__c") for need in absent}
    query = soql.select(
        ("DeveloperName", "NamespacePrefix", "TableEnumOrId"),
        "CustomField",
        f"DeveloperName IN ({', '.join(map(soql.text, sorted(names)))})",
    )
    try:
        answer = connector.call("GET", "tooling/query", "fields", params={"q": query})
    except Hold:
        return None
    return frozenset(
        f"{row['TableEnumOrId']}.{row['DeveloperName']}__c"
        for row in answer["records"]
        if not row["NamespacePrefix"]
    )
