# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a query job may not ask for.

Source: Bulk API 2.0 Developer Guide, "Create a Query Job" and "Understanding Bulk API
2.0 Query" (https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm).
"""

from __future__ import annotations

from ..errors import ApiError
from ..soql.nodes import AllFields, Query
from ..soql.projection import Shape


def check_query(query: Query) -> None:
    """Raises ApiError 400."""
    if query.group or query.aggregates:
        raise refused("Aggregate Relationships not supported in Bulk Query")
    if query.offset:
        raise refused("OFFSET is not supported in Bulk Query")
    if any(isinstance(item, Query) for item in query.items):
        raise refused("Parent-to-child relationships not supported in Bulk Query")
    if any(isinstance(item, AllFields) for item in query.items):
        raise refused("FIELDS() is not supported in Bulk Query")


def check_shape(shape: Shape) -> None:
    """Raises ApiError 400 for compound fields."""
    for entry in shape.entries.values():
        if isinstance(entry, tuple):
            check_shape(entry[1])
        elif entry.type == "address":
            raise refused("Selecting compound data not supported in Bulk Query")


def refused(message: str) -> ApiError:
    return ApiError("API_ERROR", message)
