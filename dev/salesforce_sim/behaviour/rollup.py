# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Computing a header again after its lines changed."""

from __future__ import annotations

from ..stamps import changed


def refresh(org, name: str, record_id: str, before) -> None:
    """Put the header through its ``before`` with a new stamp, if it still stands."""
    header = org.store.get(name, record_id)
    if header is None or header.get("IsDeleted"):
        return
    org.store.put(name, before(org, header, changed(org, header)))
