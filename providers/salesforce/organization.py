# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Messages of another org are refused."""

from __future__ import annotations

from ...canonical import Hold, Unverified
from .identifier import to_18


def check(claimed: str, expected: str) -> None:
    """:raises Unverified: the message does not name the org that we are connected to,
    or we do not know which that is"""
    if not expected:
        raise Unverified("the connection does not know its organization yet")
    try:
        same = to_18(claimed) == to_18(expected)
    except Hold:
        same = False
    if not same:
        raise Unverified("the message is of another organization")
