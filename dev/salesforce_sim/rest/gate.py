# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What stands before every request: faults of the transport, one at a time."""

from __future__ import annotations

import json
import socket
import time

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from ..errors import ApiError, invalid_session, request_limit_exceeded

#: these wait for the sender, which needs the organisation itself
UNLOCKED = ("/_sim/deliveries",)
#: REST API guide, "Status Codes and Error Responses", 414
LONGEST_URI = 16384


class Gate:
    """WSGI middleware around the application."""

    def __init__(self, inner, org):
        self._inner = inner
        self._org = org

    def __call__(self, environ, start_response):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        with self._org.lock:
            fired = self._fired(method, path)
        for fault in fired:
            if fault.fault == "slow":
                time.sleep(fault.seconds)
        refusal = next(filter(None, map(refused, fired)), too_long(environ))
        response = refusal or self._answer(environ, path)
        if any(fault.fault == "drop_response" for fault in fired):
            hang_up(environ)
        return response(environ, start_response)

    def _fired(self, method, path):
        """The control API is spared."""
        if path.startswith("/_sim"):
            return []
        self._org.traffic.note(method, path)
        return self._org.faults.for_request(method, path)

    def _answer(self, environ, path) -> Response:
        if path.startswith(UNLOCKED):
            return self._run(environ)
        with self._org.lock:
            return self._run(environ)

    def _run(self, environ) -> Response:
        body, status, headers = run_wsgi_app(self._inner, environ, buffered=True)
        return Response(body, status, headers)


def too_long(environ) -> Response | None:
    uri = environ["PATH_INFO"] + environ.get("QUERY_STRING", "")
    if len(uri) <= LONGEST_URI:
        return None
    error = ApiError("URI_TOO_LONG", "The URI exceeds the limit of 16,384 bytes")
    return Response(json.dumps(error.as_answer()), 414, mimetype="application/json")


def refused(fault) -> Response | None:
    errors = {
        "INVALID_SESSION_ID": invalid_session,
        "REQUEST_LIMIT_EXCEEDED": request_limit_exceeded,
        "SERVER_UNAVAILABLE": unavailable,
    }
    if fault.fault not in errors:
        return None
    error = errors[fault.fault]()
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    if fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
    return Response(json.dumps(error.as_answer()), error.status, headers)


def unavailable() -> ApiError:
    return ApiError("SERVER_UNAVAILABLE", "Server too busy", status=503)


def hang_up(environ) -> None:
    """Close the connection: the work is done, the caller never learns."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
