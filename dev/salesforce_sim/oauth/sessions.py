# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Access and refresh tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Session:
    user_id: str
    client_id: str


class Sessions:
    """Tokens begin with the organisation's id, as Salesforce's do."""

    def __init__(self, organization_id: str):
        self._prefix = organization_id[:15]
        self._open = {}
        self._refresh = {}

    def open(self, session: Session) -> str:
        token = f"{self._prefix}!AQ{secrets.token_urlsafe(48)}"
        self._open[token] = session
        return token

    def get(self, token: str) -> Session | None:
        return self._open.get(token)

    def expire(self) -> None:
        """All access tokens; refresh tokens go on."""
        self._open.clear()

    def revoke(self, token: str) -> bool:
        known = token in self._open or token in self._refresh
        self._open.pop(token, None)
        self._refresh.pop(token, None)
        return known

    def offer_refresh(self, session: Session) -> str:
        token = f"5Aep861{secrets.token_urlsafe(48)}"
        self._refresh[token] = session
        return token

    def refresh(self, token: str) -> Session | None:
        return self._refresh.get(token)
