# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Finding the object that bears our reference, when a call is too old to repeat."""

from __future__ import annotations

from collections.abc import Iterator

from ...canonical import Hold, Ref
from . import metadata
from .connector import PAGE_SIZE, Connector
from .reader import resource_of

# https://docs.stripe.com/search#supported-query-fields-for-each-resource
SEARCHABLE = frozenset({"customer", "product", "price", "subscription", "invoice"})
# Objects that are listed from the newest on where search does not help. An object that
# is looked for was made a day ago or so.
MAX_LISTED = 20 * PAGE_SIZE


def find(connector: Connector, kind: str, odoo_ref: str) -> dict | None:
    """What search finds, and what it cannot know yet: its index is a minute behind,
    an hour in an outage, and there is none of it in some countries
    (https://docs.stripe.com/search#data-freshness).

    :raises Hold: refused
    :raises Retry: passing fault
    """
    resource = resource_of(Ref(kind, ""))
    found = _search(connector, resource, odoo_ref) if kind in SEARCHABLE else None
    pages = 1 if found is not None else MAX_LISTED // PAGE_SIZE
    candidates = [*(found or []), *_listed(connector, resource, pages)]
    for content in candidates:
        if metadata.read(content, metadata.ODOO_REF) == odoo_ref:
            return content
    return None


def _search(connector: Connector, resource: str, odoo_ref: str) -> list[dict] | None:
    """None where there is no search."""
    value = odoo_ref.replace("\\", "\\\\").replace("'", "\\'")
    query = f"metadata['{metadata.ODOO_REF}']:'{value}'"
    try:
        answer = connector.get(f"/v1/{resource}/search", {"query": query}, resource)
    except Hold as failure:
        if failure.code not in ("refused", "missing"):
            raise
        return None
    return answer["data"]


def _listed(connector: Connector, resource: str, pages: int) -> Iterator[dict]:
    # Canceled subscriptions are listed only on request.
    params = {"status": "all"} if resource == "subscriptions" else {}
    for number, page in enumerate(connector.pages(f"/v1/{resource}", params), start=1):
        yield from page["data"]
        if number >= pages:
            return
