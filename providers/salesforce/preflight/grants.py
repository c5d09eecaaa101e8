# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the permission set holds: all that the configuration needs, so that it can be
deployed and assigned again at any time without taking anything away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .check import HINT, MISSING, NO_PERMISSION, OK, Finding
from .need import FieldNeed, ObjectNeed
from .needs import CATALOGUE, CONTROLLED_BY

NAME = "Quote_to_Cash"
LABEL = "Quote to Cash"
DESCRIPTION = "What the integration with Odoo reads and writes."
# Reading these needs reading those (Salesforce refuses the one without the other).
_REQUIRES = {
    "Contact": ("Account",),
    "Opportunity": ("Account",),
    "Order": ("Account",),
}


@dataclass(frozen=True, slots=True)
class Grants:
    """``objects``: {API name: whether it is edited}; ``fields``: {full name: whether it
    is edited}; each in the order in which they can be granted."""

    objects: dict[str, bool]
    fields: dict[str, bool]

    def creates(self, name: str) -> bool:
        """Whether records of the object are created: only of the catalogue's."""
        return self.objects[name] and name in CATALOGUE


def grants_of(findings: Iterable[Finding]) -> Grants:
    """Of a field that is missing and not created nothing can be granted."""
    objects: dict[str, bool] = {}
    granted: dict[str, bool] = {}
    for finding in findings:
        need = finding.need
        if isinstance(need, ObjectNeed):
            if finding.result == HINT and need.without:
                # Whoever keeps it from us may mean to.
                continue
            _add_object(objects, need.sobject, need.write)
            if finding.result == NO_PERMISSION and finding.what != need.sobject:
                granted[finding.what] = False
        elif isinstance(need, FieldNeed) and _can_be_granted(finding, need):
            granted[need.full_name] = granted.get(need.full_name, False) or need.write
    return Grants(objects, granted)


def _add_object(objects: dict[str, bool], name: str, write: bool) -> None:
    name = CONTROLLED_BY.get(name, name)
    for required in _REQUIRES.get(name, ()):
        objects.setdefault(required, False)
    objects[name] = objects.get(name, False) or write


def _can_be_granted(finding: Finding, need: FieldNeed) -> bool:
    if finding.result == MISSING:
        return finding.creatable
    return need.is_own and finding.result in (OK, NO_PERMISSION)
