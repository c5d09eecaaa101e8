# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Converting a lead: account, contact and, unless told otherwise, an opportunity."""

from __future__ import annotations

from datetime import timedelta

from ..errors import ApiError
from ..schema.lead import CONVERTED
from ..stamps import changed
from .writer import create, existing

CLOSES_IN = timedelta(days=90)
FIRST_STAGE = "Prospecting"


def convert(org, lead_id: str, with_opportunity: bool) -> dict:
    """Ids of what it became: account, contact, opportunity (or None)."""
    lead = existing(org, org.schema["Lead"], lead_id)
    if lead.get("IsConverted"):
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "already converted")
    with org.store.transaction():
        account = _create(org, "Account", {"Name": lead["Company"]})
        contact = _create(org, "Contact", _person(lead, account))
        deal = None
        if with_opportunity:
            deal = _create(org, "Opportunity", _deal(org, lead, account))
        over = {
            "IsConverted": True,
            "Status": CONVERTED,
            "ConvertedDate": org.clock.now().date().isoformat(),
            "ConvertedAccountId": account,
            "ConvertedContactId": contact,
            "ConvertedOpportunityId": deal,
        }
        org.store.put("Lead", {**changed(org, lead), **over})
    return {"account": account, "contact": contact, "opportunity": deal}


def _create(org, name: str, values: dict) -> str:
    given = {key: value for key, value in values.items() if value is not None}
    return create(org, org.schema[name], given, allow_duplicates=True)


def _person(lead: dict, account: str) -> dict:
    same = ("FirstName", "LastName", "Email", "Phone", "Title")
    return {"AccountId": account, **{name: lead.get(name) for name in same}}


def _deal(org, lead: dict, account: str) -> dict:
    closes = org.clock.now().date() + CLOSES_IN
    return {
        "AccountId": account,
        "Name": f"{lead['Company']}-",
        "StageName": FIRST_STAGE,
        "CloseDate": closes.isoformat(),
    }
