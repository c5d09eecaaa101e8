# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Errors of the Pub/Sub API as failures of ours.

They have a status of gRPC and, in the trailers, a code of Salesforce's own: "Handle
Errors" (https://developer.salesforce.com/docs/platform/pub-sub-api/guide/handling-errors.html).
"""

from __future__ import annotations

from datetime import timedelta

from ....canonical import Failure, Hold, Retry

_PREFIX = "sfdc.platform.eventbus.grpc."
# The place to go on from is older than what is kept (72 hours), or of another instance.
_LOST = {
    "subscription.fetch.replayid.corrupted",
    "subscription.fetch.replayid.validation.failed",
}
_AUTH_ERROR = "service.auth.error"
# What may be delivered in 24 hours was; asking again within minutes is in vain.
_USED_UP = "subscription.limit.exceeded"
_USED_UP_AFTER = timedelta(hours=1)
_CHECK_TOPIC = (
    "Correct the name of the topic on the connection, or select its objects in"
    " Salesforce Setup, Change Data Capture."
)
_GRANT = (
    "Give the integration user the permission View All Records of the objects, or View"
    " All Data, in Salesforce."
)
# Status → (our code, remedy).
_HOLDS = {
    "PERMISSION_DENIED": ("insufficient_access", _GRANT),
    "NOT_FOUND": ("unknown_topic", _CHECK_TOPIC),
    "INVALID_ARGUMENT": ("unknown_topic", _CHECK_TOPIC),
    "FAILED_PRECONDITION": ("unknown_topic", _CHECK_TOPIC),
    "UNIMPLEMENTED": (
        "unexpected_answer",
        "Check the event bus address of the connection; a proxy may have answered.",
    ),
}


def is_expired_session(error) -> bool:
    """Whether a new sign-in may help."""
    return _status(error) == "UNAUTHENTICATED" or _code(error) == _AUTH_ERROR


def is_lost(error) -> bool:
    """Whether Salesforce cannot go on from where we were."""
    return _code(error) in _LOST


def failure_of(error, topic: str) -> Failure:
    """The failure for ``error`` (grpc.RpcError) of a subscription to ``topic``."""
    status, code = _status(error), _code(error)
    # The rest of Salesforce's text is for its own support.
    said = (error.details() or status).partition("rpcId:")[0].strip()[:300]
    message = f"{topic}: {said} ({code or status})."
    if is_expired_session(error):
        return Hold(
            "session_refused",
            message,
            "Sign-in works, but the Pub/Sub API refuses the session: check the app's"
            " scope api and the integration user's permission 'API Enabled'.",
        )
    if code == _USED_UP:
        return Retry("event_limit", message, after=_USED_UP_AFTER)
    if status in _HOLDS:
        ours, remedy = _HOLDS[status]
        return Hold(ours, message, remedy)
    return Retry("unreachable" if status == "UNAVAILABLE" else "unavailable", message)


def _status(error) -> str:
    return error.code().name


def _code(error) -> str:
    """Salesforce's code without its prefix, empty where it gave none."""
    trailers = {key: value for key, value in error.trailing_metadata() or ()}
    return str(trailers.get("error-code") or "").removeprefix(_PREFIX)
