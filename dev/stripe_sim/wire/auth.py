# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keys: Bearer or Basic, test or live."""

import base64
import binascii

from stripe_sim.core.errors import StripeError


def livemode_of(header: str | None) -> bool:
    """True for a live key; raises 401 for a missing or an invalid one."""
    key = _key(header or "")
    if not key:
        raise StripeError(
            401,
            "You did not provide an API key. You need to provide your API key in the"
            " Authorization header, using Bearer auth (e.g. 'Authorization: Bearer"
            " YOUR_SECRET_KEY').",
        )
    mode = {"sk_test": False, "rk_test": False, "sk_live": True, "rk_live": True}
    prefix = key[:7]
    if prefix not in mode or key[8:].startswith("invalid"):
        raise StripeError(401, f"Invalid API Key provided: {_masked(key)}")
    return mode[prefix]


def _key(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _masked(key: str) -> str:
    return key[:7] + "*" * max(len(key) - 11, 0) + key[-4:] if len(key) > 11 else "****"
