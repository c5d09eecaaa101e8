# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contract → contract, and the roles of contacts in a deal."""

from __future__ import annotations

from ....canonical import ContactRole, Contract
from ..identifier import optional, to_18
from ..lines import ROLES
from ..moment import parse_date
from ..schema import Schema
from .common import head, number, text

# The category (StatusCode) of the statuses in which it holds, and the name that
# Salesforce ships for the one in it
# (https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contract.htm).
ACTIVATED = "Activated"


def contract(record: dict, schema: Schema) -> Contract:
    return Contract(
        **head(record, "Contract", schema),
        number=text(record, "ContractNumber"),
        customer_id=optional(record.get("AccountId")),
        status=text(record, "Status"),
        is_active=text(record, "StatusCode", "Status") == ACTIVATED,
        start_date=parse_date(record.get("StartDate")),
        end_date=parse_date(record.get("EndDate")),
        term=int(number(record, "ContractTerm") or 0),
    )


def contract_id(record: dict) -> str:
    """Of the contract that a deal is made under; empty where it cannot be read."""
    shown = text(record, "Contract.ContractNumber")
    return optional(record.get("ContractId")) if shown else ""


def roles(record: dict) -> tuple[ContactRole, ...]:
    """In one order, the primary one first. The contact inside the person account that
    buys is the customer itself."""
    inner = optional(text(record, "Account.PersonContactId"))
    found = {
        ContactRole(
            contact_id=to_18(each["ContactId"]),
            role=text(each, "Role"),
            is_primary=bool(each.get("IsPrimary")),
        )
        for each in (record.get(ROLES.key) or {}).get("records") or []
        if each.get("ContactId")
    }
    return tuple(
        sorted(
            (role for role in found if role.contact_id != inner),
            key=lambda role: (not role.is_primary, role.contact_id, role.role),
        )
    )
