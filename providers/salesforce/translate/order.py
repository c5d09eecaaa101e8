# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Order → order."""

from __future__ import annotations

from ....canonical import Order
from ..identifier import optional
from ..moment import parse_date
from ..schema import Schema
from .common import currency, head, payment_terms, text
from .contract import contract_id
from .line import order_lines
from .opportunity import contact_id

# The category (StatusCode) that every status, however it is called, belongs to, and the
# name that Salesforce ships for the one status in it
# (https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_order.htm).
ACTIVATED = "Activated"


def order(record: dict, schema: Schema) -> Order:
    """:raises Hold: ``line_total_mismatch`` and the other faults of lines"""
    opportunity = optional(record.get("OpportunityId"))
    return Order(
        **head(record, "Order", schema),
        trace=opportunity,
        number=text(record, "OrderNumber"),
        customer_id=optional(record.get("AccountId")),
        contact_id=contact_id(record, "BillToContactId"),
        opportunity_id=opportunity,
        contract_id=contract_id(record),
        activated=text(record, "StatusCode", "Status") == ACTIVATED,
        currency=currency(record, schema),
        payment_terms=payment_terms(record, schema),
        effective_date=parse_date(record.get("EffectiveDate")),
        lines=order_lines(record, "OrderItems", "OrderItemNumber", schema),
    )
