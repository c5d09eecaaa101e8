# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lines of opportunities and orders, and the roles of contacts in opportunities,
read for many parents at once.

A query of their own, not a subquery of the parents': the rows of a subquery come in
pages of their own per parent, and Salesforce shrinks the parents' pages for them. So it
is one list with one cursor, and complete when that ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...canonical import Hold
from . import fields, soql
from .description import CLOSED, Describe
from .schema import Schema


@dataclass(frozen=True, slots=True)
class Lines:
    """``key``: name of the child relationship, under which the lines stand in the
    parent's record, in the form that a subquery would have."""

    sobject: str
    parent_field: str
    key: str


OF_SOBJECT = {
    "Opportunity": Lines(
        "OpportunityLineItem", "OpportunityId", "OpportunityLineItems"
    ),
    "Order": Lines("OrderItem", "OrderId", "OrderItems"),
}


ROLES = Lines("OpportunityContactRole", "OpportunityId", "OpportunityContactRoles")


def attach(
    sobject: str,
    records: Iterable[dict],
    query: Callable[[str], list[dict]],
    schema: Schema,
    describe: Describe,
) -> None:
    """Put the lines into ``records`` of ``sobject``; nothing where it has no lines.
    Roles are left out where they are closed to the user.

    :param query: gives all records of a query, without deleted ones
    """
    lines = OF_SOBJECT.get(sobject)
    parents = {record["Id"]: record for record in records if not record["IsDeleted"]}
    if not lines or not parents:
        return
    _attach(lines, parents, query, schema, describe)
    if sobject == "Opportunity" and _is_open(ROLES.sobject, describe):
        _attach(ROLES, parents, query, schema, describe)


def _is_open(sobject: str, describe: Describe) -> bool:
    try:
        describe(sobject)
    except Hold as failure:
        if failure.code not in CLOSED:
            raise
        return False
    return True


def _attach(lines, parents, query, schema, describe) -> None:
    names = fields.names(lines.sobject, schema, describe)
    children: dict[str, list[dict]] = {parent: [] for parent in parents}
    for text in soql.by_ids(names, lines.sobject, parents, lines.parent_field):
        for child in query(text):
            children[child[lines.parent_field]].append(child)
    for parent, record in parents.items():
        record[lines.key] = {
            "totalSize": len(children[parent]),
            "done": True,
            "records": children[parent],
        }
