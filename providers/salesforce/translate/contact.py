# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contact → contact."""

from __future__ import annotations

from ....canonical import Contact
from ..identifier import optional
from ..schema import Schema
from .common import address, head, text


def contact(record: dict, schema: Schema) -> Contact:
    """A person at a company.

    The contact inside a person account says that it is deleted: the account is the
    person, and a contact of its own that was made before the account became a person
    account must go.
    """
    common = head(record, "Contact", schema)
    if record.get("IsPersonAccount"):
        common["deleted"] = True
    return Contact(
        **common,
        name=text(record, "Name"),
        customer_id=optional(record.get("AccountId")),
        email=text(record, "Email"),
        phone=text(record, "Phone"),
        mobile=text(record, "MobilePhone"),
        function=text(record, "Title"),
        address=address(record, "Mailing"),
        merged_into=optional(record.get("MasterRecordId")),
    )
