# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Access and refresh tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Session:
    user_id: str
    client_id: str


@dataclass(eq=False)
class Approval:
    """What one person once approved: everything issued for it ends together."""

    session: Session
    refresh_token: str = ""
    rotated_out: set[str] = field(default_factory=set)


class Sessions:
    """Tokens begin with the organisation's id, as Salesforce's do."""

    def __init__(self, organization_id: str):
        self._prefix = organization_id[:15]
        self._open = {}
        self._approvals = []

    # Access tokens

    def open(self, session: Session, approval: Approval | None = None) -> str:
        token = f"{self._prefix}!AQ{secrets.token_urlsafe(48)}"
        self._open[token] = (session, approval)
        return token

    def get(self, token: str) -> Session | None:
        session, _approval = self._open.get(token, (None, None))
        return session

    def expire(self) -> None:
        """All access tokens; refresh tokens go on."""
        self._open.clear()

    # Refresh tokens

    def approve(self, session: Session) -> Approval:
        approval = Approval(session, new_refresh_token())
        self._approvals.append(approval)
        return approval

    def refresh(self, token: str) -> Approval | None:
        """The approval behind a refresh token.

        "If someone tries to use a refresh token that's been rotated out, Salesforce
        invalidates the current refresh token and any associated access tokens."
        (Salesforce help, "OAuth 2.0 Refresh Token Flow for Renewed Sessions")
        """
        for approval in self._approvals:
            if token and token == approval.refresh_token:
                return approval
            if token in approval.rotated_out:
                self.withdraw(approval)
                return None
        return None

    def rotate(self, approval: Approval) -> str:
        approval.rotated_out.add(approval.refresh_token)
        approval.refresh_token = new_refresh_token()
        return approval.refresh_token

    # Revoking

    def revoke(self, token: str) -> bool:
        """An access token alone, or a refresh token with all that it gave."""
        if self._open.pop(token, None):
            return True
        approval = self.refresh(token)
        if approval is None:
            return False
        self.withdraw(approval)
        return True

    def revoke_app(self, client_id: str) -> int:
        """As an administrator does under Connected Apps OAuth Usage: how many."""
        concerned = [a for a in self._approvals if a.session.client_id == client_id]
        for approval in concerned:
            self.withdraw(approval)
        return len(concerned)

    def withdraw(self, approval: Approval) -> None:
        if approval in self._approvals:
            self._approvals.remove(approval)
        self._open = {
            token: (session, behind)
            for token, (session, behind) in self._open.items()
            if behind is not approval
        }


def new_refresh_token() -> str:
    return f"5Aep861{secrets.token_urlsafe(48)}"
