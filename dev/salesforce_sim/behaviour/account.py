# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Account: where Person Accounts are on, one with a last name is a person.

A person is one account and one contact behind it, kept alike by the organisation.
"""

from __future__ import annotations

from ..errors import ApiError
from ..stamps import changed, created

#: account's field: the field of the contact behind it
MIRRORED = {
    "FirstName": "FirstName",
    "LastName": "LastName",
    "Name": "Name",
    "PersonEmail": "Email",
    "PersonMobilePhone": "MobilePhone",
    "PersonTitle": "Title",
    "OwnerId": "OwnerId",
}


def before(org, before, row: dict) -> dict:
    if not org.settings.person_accounts:
        return row
    person = bool(before.get("IsPersonAccount") if before else row.get("LastName"))
    row["IsPersonAccount"] = person
    if not person and not row.get("Name"):
        message = "Required fields are missing: [Name]"
        raise ApiError("REQUIRED_FIELD_MISSING", message, ("Name",))
    if person:
        _check_name_unwritten(before, row)
        parts = (row.get("FirstName"), row.get("LastName"))
        row["Name"] = " ".join(part for part in parts if part)
        row["PersonContactId"] = row.get("PersonContactId") or org.ids.next("003")
    return row


def _check_name_unwritten(before, row: dict) -> None:
    if row.get("Name") != (before or {}).get("Name"):
        raise ApiError(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Account: bad field names on insert/update call: Name",
            ("Name",),
        )


def after(org, before, row) -> None:
    if row is None or not row.get("IsPersonAccount"):
        return
    values = {name: row.get(source) for source, name in MIRRORED.items()}
    known = org.store.get("Contact", row["PersonContactId"])
    stamped = changed(org, known) if known else created(org, _new_contact(row))
    org.store.put("Contact", {**stamped, **values})


def _new_contact(row: dict) -> dict:
    contact = {"Id": row["PersonContactId"], "AccountId": row["Id"], "IsDeleted": False}
    if "CurrencyIsoCode" in row:
        contact["CurrencyIsoCode"] = row["CurrencyIsoCode"]
    return {**contact, "IsPersonAccount": True}
