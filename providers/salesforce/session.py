# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Being signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .. import http


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """``instance_url``: scheme and host of the org, without a path. Ids have 18
    characters. ``issued_at``: aware, UTC."""

    access_token: str = field(repr=False)
    instance_url: str
    organization_id: str
    user_id: str
    issued_at: datetime


def origin(url: str) -> str:
    """See :func:`http.origin`."""
    return http.origin(
        url,
        "Enter the org's My Domain address, for example"
        " https://example.my.salesforce.com.",
    )
