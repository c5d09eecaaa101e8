# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Idempotency keys.

docs.stripe.com/api/idempotent_requests: the first result under a key, errors
included, is given again for 24 hours; the parameters must be the same; what
failed validation or met a running request under the key is not kept.
"""

import hashlib
import threading
from dataclasses import dataclass, field

from stripe_sim.core.errors import StripeError


@dataclass
class Kept:
    fingerprint: str
    at: int
    answer: tuple | None = None


@dataclass
class Keys:
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[tuple, Kept] = field(default_factory=dict)

    def begin(self, key: tuple, fingerprint: str, now: int, life: int):
        """The stored answer to replay, or None when the caller is to work."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or now - kept.at >= life:
                self._kept[key] = Kept(fingerprint, now)
                return None
            if kept.fingerprint != fingerprint:
                raise StripeError(400, _OTHER % key[-1], "idempotency_error")
            if kept.answer is None:
                raise StripeError(
                    409,
                    _RUNNING % key[-1],
                    "idempotency_error",
                    code="idempotency_key_in_use",
                )
            return kept.answer

    def keep(self, key: tuple, answer: tuple) -> None:
        with self._lock:
            if key in self._kept:
                self._kept[key].answer = answer

    def forget(self, key: tuple) -> None:
        with self._lock:
            self._kept.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


_OTHER = (
    "Keys for idempotent requests can only be used with the same parameters they"
    " were first used with. Try using a key other than '%s' if you meant to execute"
    " a different request."
)
_RUNNING = (
    "There is currently another in-progress request using this Idempotent Key (that"
    " probably means you submitted twice, and the other request is still going"
    " through): %s. Please try again later."
)


def fingerprint(method: str, path: str, body: str) -> str:
    return hashlib.sha256(f"{method} {path}\n{body}".encode()).hexdigest()
