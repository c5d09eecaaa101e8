# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is needed beside what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..description import Description
from ..description import Field as Described
from .look import SEE_ALL, Seen
from .need import FieldNeed, ObjectNeed

OK = "ok"
MISSING = "missing"
NO_PERMISSION = "no_permission"
WRONG_TYPE = "wrong_type"
NOT_UNIQUE = "not_unique"
# Works without it, but poorer.
HINT = "hint"
# Below these calls a day are few: a hundredth of what is allowed.
_FEW_CALLS = 100
# What describe's types are called in Salesforce's Setup.
_CALLED = {
    "string": "Text",
    "textarea": "Text Area",
    "picklist": "Picklist",
    "currency": "Currency",
    "double": "Number",
    "date": "Date",
    "datetime": "Date/Time",
    "boolean": "Checkbox",
    "reference": "Lookup",
}
_OPEN = (
    "In Salesforce Setup give it in a permission set of the integration user, or press"
    " Create What Is Missing"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``what``: API name. ``remedy``: empty where nothing is to be done. ``need``:
    None where no object or field is meant."""

    what: str
    purpose: str
    result: str
    remedy: str = ""
    need: ObjectNeed | FieldNeed | None = None

    @property
    def creatable(self) -> bool:
        """Whether the field can be created from here."""
        return (
            self.result == MISSING
            and isinstance(self.need, FieldNeed)
            and self.need.creatable
            and self.what == self.need.full_name
        )


def check(needs: Iterable[ObjectNeed | FieldNeed], seen: Seen) -> list[Finding]:
    """A finding for each need, and for what concerns the whole org."""
    findings = []
    for need in needs:
        if isinstance(need, ObjectNeed):
            findings += _object(need, seen.objects[need.sobject])
        else:
            findings.append(_field(need, seen))
    met = {
        finding.need.either
        for finding in findings
        if isinstance(finding.need, FieldNeed) and finding.result == OK
    }
    return [*filter(lambda one: _counts(one, met), findings), *_whole(seen)]


def _counts(finding: Finding, met: set[str]) -> bool:
    """Not what is missing in one place and there in another that is as good."""
    either = finding.need.either if isinstance(finding.need, FieldNeed) else ""
    return finding.result == OK or not either or either not in met


# ----------------------------------------------------------------------
# OBJECTS
# ----------------------------------------------------------------------


def _object(need: ObjectNeed, found: Description | None) -> Iterator[Finding]:
    said = {"what": need.sobject, "purpose": need.purpose, "need": need}
    if found is None and need.without:
        remedy = (
            f"Closed to the integration user: {need.without}. Where that is to be"
            " otherwise, give it in a permission set."
        )
        yield Finding(**said, result=HINT, remedy=remedy)
        return
    if found is None:
        remedy = f"{_OPEN}. If it is not there at all, switch on what brings it."
        yield Finding(**said, result=NO_PERMISSION, remedy=remedy)
        return
    if need.write and not found.updateable:
        remedy = f"The integration user may read it, but not edit it. {_OPEN}."
        yield Finding(**said, result=NO_PERMISSION, remedy=remedy)
    hidden = [name for name in need.standard if name not in found.fields]
    for name in hidden:
        yield Finding(
            what=f"{need.sobject}.{name}",
            purpose=need.purpose,
            result=NO_PERMISSION,
            remedy=f"Hidden by field-level security. {_OPEN}.",
            need=need,
        )
    if not hidden and (found.updateable or not need.write):
        yield Finding(**said, result=OK)
    absent = [name for name in need.optional if name not in found.fields]
    if absent:
        yield Finding(
            what=need.sobject,
            purpose=need.purpose,
            result=HINT,
            remedy="Left out, because they are not there, or hidden:"
            f" {', '.join(absent)}.",
        )


# ----------------------------------------------------------------------
# FIELDS
# ----------------------------------------------------------------------


def _field(need: FieldNeed, seen: Seen) -> Finding:
    result, remedy = _judge(need, seen)
    return Finding(
        what=need.full_name,
        purpose=need.purpose,
        result=result,
        remedy=remedy,
        need=need,
    )


def _judge(need: FieldNeed, seen: Seen) -> tuple[str, str]:
    description, name = seen.objects[need.sobject], need.field
    if "." in name:
        parent, _dot, name = name.partition(".")
        description = description and seen.objects.get(description.parent_of(parent))
    fields = description.fields if description else {}
    if name not in fields:
        return _absent(need, fields, seen)
    return _unfit(need, fields[name]) or (OK, "")


def _absent(
    need: FieldNeed, fields: dict[str, Described], seen: Seen
) -> tuple[str, str]:
    for name in fields:
        if name.lower() == need.field.lower():
            return WRONG_TYPE, f"Salesforce writes it {name}: write it so here, too."
    if need.full_name in (seen.hidden or ()):
        return NO_PERMISSION, f"It is there, but hidden. {_OPEN}."
    if not need.creatable:
        return MISSING, (
            "Correct the API name where it is entered, or have the field made, and"
            " visible to the integration user."
        )
    doubt = "" if seen.hidden is not None else " It may also be there, but hidden."
    return MISSING, (
        "Press Create What Is Missing, or have an administrator deploy the package."
        f"{doubt}"
    )


def _unfit(need: FieldNeed, found: Described) -> tuple[str, str] | None:
    if found.type not in need.types:
        wanted = " or ".join(_CALLED.get(name, name) for name in need.types)
        called = _CALLED.get(found.type, found.type)
        return WRONG_TYPE, (
            f"It is of type {called}, needed is {wanted}: name another field where it"
            " is entered."
        )
    if need.external_id and not (found.external_id and found.unique):
        return NOT_UNIQUE, (
            "In Salesforce Setup edit the field: set 'External ID' and 'Unique'."
        )
    if need.write and not found.updateable:
        return NO_PERMISSION, f"It can be read, but not written. {_OPEN}."
    return None


# ----------------------------------------------------------------------
# THE WHOLE ORG
# ----------------------------------------------------------------------


def _whole(seen: Seen) -> Iterator[Finding]:
    if seen.permissions is None:
        yield Finding(
            what="View Setup and Configuration",
            purpose="Seeing which permissions the integration user has",
            result=HINT,
            remedy="Without it nothing can be created from here.",
        )
    elif SEE_ALL not in seen.permissions:
        yield Finding(
            what="View All Data",
            purpose="Records of all owners",
            result=HINT,
            remedy="Only records that are shared with the integration user come here:"
            " give it the permission View All of the objects above, or share all of"
            " their records with it.",
        )
    if seen.calls is not None:
        yield _allowance(*seen.calls)


def _allowance(left: int, allowed: int) -> Finding:
    few = left * _FEW_CALLS < allowed
    return Finding(
        what="API calls",
        purpose=f"{left:,} of {allowed:,} left in these 24 hours",
        result=HINT if few else OK,
        remedy="Have streams polled less often, or buy calls." if few else "",
    )
