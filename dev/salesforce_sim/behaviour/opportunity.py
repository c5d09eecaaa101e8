# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opportunity: what follows from its stage, its close date and its lines."""

from __future__ import annotations

from decimal import Decimal

from ..schema.opportunity import STAGES
from .prices import ZERO, rounded, total


def before(org, before, row: dict) -> dict:
    closed, won, probability = STAGES.get(row["StageName"], (False, False, 0))
    row["IsClosed"], row["IsWon"] = closed, won
    moved = before is None or before["StageName"] != row["StageName"]
    given = before is None and row.get("Probability") is not None
    if moved and not given:
        row["Probability"] = Decimal(probability)
    _sum_lines(org, row)
    amount = row.get("Amount")
    chance = row.get("Probability") or ZERO
    row["ExpectedRevenue"] = None if amount is None else rounded(amount * chance / 100)
    row["FiscalYear"] = row["CloseDate"].year
    row["FiscalQuarter"] = (row["CloseDate"].month + 2) // 3
    return row


def _sum_lines(org, row: dict) -> None:
    """With products on it the amount is theirs; a written one is ignored."""
    lines = org.store.children("OpportunityLineItem", "OpportunityId", row["Id"])
    row["HasOpportunityLineItem"] = bool(lines)
    if lines:
        row["Amount"] = total(lines, "TotalPrice")
        row["TotalOpportunityQuantity"] = total(lines, "Quantity")


def after(org, before, row) -> None:
    """The header rolls up to nothing."""
