# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What can be set about the organisation as a whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Settings:
    """``daily_limit`` is API calls in 24 hours; ``query_batch`` forces query batches
    that are smaller than the header allows, for tests. ``organization_number`` tells
    organisations apart: none of their ids are the same; it holds from a reset on.
    ``bulk_query_jobs`` is query jobs in 24 hours; ``bulk_looks``: how often a job is
    looked at before it is complete."""

    organization_number: int = 1
    name: str = "Simulated Trading"
    is_sandbox: bool = True
    organization_type: str = "Developer Edition"
    default_currency: str = "EUR"
    multi_currency: bool = True
    person_accounts: bool = False
    daily_limit: int = 15000
    query_batch: int | None = None
    bulk_query_jobs: int = 10000
    bulk_looks: int = 1
