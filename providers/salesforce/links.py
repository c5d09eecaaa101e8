# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Addresses for people."""

from __future__ import annotations

from .identifier import to_18
from .session import origin
from .streams import sobject_of

_MY_DOMAIN = ".my.salesforce.com"
_LIGHTNING = ".lightning.force.com"


def record_url(instance_url: str, kind: str, record_id: str) -> str:
    """The record's page in Lightning Experience.

    :param kind: canonical kind
    :raises Hold: ``unknown_kind``, ``malformed_id``, ``malformed_address``
    """
    base = origin(instance_url)
    if base.endswith(_MY_DOMAIN):
        base = base.removesuffix(_MY_DOMAIN) + _LIGHTNING
    return f"{base}/lightning/r/{sobject_of(kind)}/{to_18(record_id)}/view"
