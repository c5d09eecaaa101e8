# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whatever can sign in."""

from __future__ import annotations

from typing import Protocol

from .session import Session


class Credentials(Protocol):
    """One of the flows, with what it needs. Equal ones give sessions of the same
    user."""

    def sign_in(self, timeout) -> Session:
        """:raises Hold: refused, with a remedy
        :raises Retry: not reachable, or asked to come later"""
