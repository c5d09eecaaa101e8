# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lead → lead."""

from __future__ import annotations

from ....canonical import Lead
from ..identifier import optional
from ..schema import Schema
from .common import address, head, text


def lead(record: dict, schema: Schema) -> Lead:
    """Its name is a person's; the company is only a word yet."""
    return Lead(
        **head(record, "Lead", schema),
        name=text(record, "Name"),
        company=text(record, "Company"),
        email=text(record, "Email"),
        phone=text(record, "Phone"),
        mobile=text(record, "MobilePhone"),
        function=text(record, "Title"),
        website=text(record, "Website"),
        address=address(record, ""),
        description=text(record, "Description"),
        owner_email=text(record, "Owner.Email"),
        is_converted=bool(record.get("IsConverted")),
        customer_id=optional(record.get("ConvertedAccountId")),
        contact_id=optional(record.get("ConvertedContactId")),
        opportunity_id=optional(record.get("ConvertedOpportunityId")),
        merged_into=optional(record.get("MasterRecordId")),
    )
