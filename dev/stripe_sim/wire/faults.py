# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Faults on demand: what may go wrong between a client and Stripe."""

import threading
from dataclasses import dataclass, field

from stripe_sim.core.errors import StripeError

KINDS = ("429", "500", "slow", "timeout", "drop_response")


@dataclass
class Fault:
    """Hits the next `times` requests whose method and path prefix fit.

    429 and 500 refuse before any work; slow waits `seconds` and then works;
    timeout waits and closes the connection without working; drop_response
    works and closes the connection before answering.
    """

    kind: str
    method: str | None = None
    path: str = "/"
    times: int = 1
    retry_after: int | None = None
    seconds: float = 1.0

    def __post_init__(self):
        self.kind = str(self.kind)
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")

    def fits(self, method: str, path: str) -> bool:
        return self.method in (None, method) and path.startswith(self.path)

    def refusal(self) -> StripeError | None:
        if self.kind == "429":
            wait = {} if self.retry_after is None else {"Retry-After": self.retry_after}
            return StripeError(
                429,
                _TOO_MANY,
                code="rate_limit",
                headers={k: str(wait[k]) for k in wait},
            )
        if self.kind == "500":
            return StripeError(500, _BROKEN, "api_error")
        return None


_TOO_MANY = (
    "Request rate limit exceeded. You can learn more about rate limits here"
    " https://stripe.com/docs/rate-limits."
)
_BROKEN = "An unknown error occurred."


@dataclass
class Faults:
    _lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[Fault] = field(default_factory=list)

    def add(self, faults: list[dict]) -> None:
        made = [Fault(**fault) for fault in faults]
        with self._lock:
            self.waiting.extend(made)

    def clear(self) -> None:
        with self._lock:
            self.waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault in self.waiting:
                if fault.fits(method, path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                    return fault
        return None
