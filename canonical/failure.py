# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The three ways a flow may stop, and the one way an input is turned away.

Anything else that is raised while an event or command is worked on is a bug: the
row fails and keeps its traceback.
"""

from datetime import timedelta

from .reference import Ref


class Failure(Exception):
    """A flow stopped for a known reason.

    ``code`` is a stable snake_case word to filter and group by, ``message`` one
    sentence for a person: what is wrong, on which record.
    """

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


class Wait(Failure):
    """Something this flow depends on is not there yet.

    ``needs``: what is awaited; the flow is woken as soon as that is bound.
    """

    def __init__(self, code: str, message: str, needs: Ref | None = None):
        super().__init__(code, message)
        self.needs = needs


class Retry(Failure):
    """A passing fault of a network or a provider.

    ``after``: the provider's own wish (``Retry-After``), else the usual backoff.
    """

    def __init__(self, code: str, message: str, after: timedelta | None = None):
        super().__init__(code, message)
        self.after = after


class Hold(Failure):
    """A person must decide. ``remedy`` says what to do about it, in one sentence."""

    def __init__(self, code: str, message: str, remedy: str = ""):
        super().__init__(code, message)
        self.remedy = remedy


def explain(error: Exception) -> str:
    """What is wrong and, where it is known, what to do about it."""
    return " ".join(filter(None, [str(error), getattr(error, "remedy", "")]))


class Unverified(Exception):
    """Bytes from outside whose sender could not be proven. Never parsed, never kept."""
