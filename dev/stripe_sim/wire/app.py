# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The WSGI application: authentication, faults, idempotency, dispatch, answer."""

import json
import re
import socket
import time
import traceback
from collections import Counter

from stripe_sim import API_VERSION, resources
from stripe_sim.control.api import ControlError, control
from stripe_sim.core.errors import StripeError
from stripe_sim.core.world import Simulation
from stripe_sim.webhooks.delivery import Deliveries
from stripe_sim.wire.auth import livemode_of
from stripe_sim.wire.call import Call
from stripe_sim.wire.expand import expand
from stripe_sim.wire.faults import Faults
from stripe_sim.wire.forms import decode
from stripe_sim.wire.idempotency import Keys, fingerprint
from stripe_sim.wire.routes import URL_MAP
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

resources.load()
_VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$")


class _Forgotten(Exception):
    """The world that a call was made in is gone: a reset came while it waited."""


class App:
    def __init__(self, seed: int | None = None):
        self.simulation = Simulation(seed)
        self.deliveries = Deliveries(self.simulation)
        self.simulation.deliver = self.deliveries.announce
        self.faults = Faults()
        self.keys = Keys()
        self.requests: Counter = Counter()
        self.executed: Counter = Counter()

    def reset(self, seed: int | None = None) -> None:
        with self.simulation.lock:
            self.deliveries.clear()
            self.simulation.reset(seed)
            self.faults.clear()
            self.keys.clear()
            self.requests.clear()
            self.executed.clear()

    def __call__(self, environ, start_response):
        request = Request(environ)
        if request.path.startswith("/_sim/"):
            answer = self._control(request)
        else:
            answer = self._stripe(request)
        if answer is None:
            _hang_up(environ)
            answer = (500, {}, {})
        status, headers, body = answer
        response = Response(
            json.dumps(body) + "\n",
            status=status,
            headers=headers,
            mimetype="application/json",
        )
        return response(environ, start_response)

    def _control(self, request: Request):
        try:
            return 200, {}, control(self, request)
        except ControlError as error:
            return error.status, {}, {"error": str(error)}

    def _stripe(self, request: Request):
        """(status, headers, body), or None to close without an answer."""
        with self.simulation.lock:
            self.simulation.clock.catch_up()
            self.requests[self._name(request)] += 1
            request_id = self.simulation.ids.new("req")
            worlds = self.simulation.worlds
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
        fault = None
        try:
            world = worlds[livemode_of(request.headers.get("Authorization"))]
            headers["Stripe-Version"] = _version(request)
            fault = self.faults.take(request.method, request.path)
            if fault and fault.kind == "timeout":
                time.sleep(fault.seconds)
                return None
            refusal = fault and fault.refusal()
            if refusal:
                raise refusal
            pause = fault.seconds if fault and fault.kind == "slow" else 0
            status, body, extra = self._once(request, world, request_id, pause)
            headers.update(extra)
        except _Forgotten:
            return None
        except StripeError as error:
            status, body = error.status, error.body()
            body["error"]["request_log_url"] = _log_url(request_id)
            headers.update(error.headers)
        if fault and fault.kind == "drop_response":
            return None
        return status, headers, body

    def _once(self, request, world, request_id, pause):
        """Work at most once per idempotency key."""
        name = request.headers.get("Idempotency-Key")
        if not name or request.method != "POST":
            time.sleep(pause)
            return *self._work(request, world, request_id, name), {}
        key = (world.livemode, name)
        life = self.simulation.settings.idempotency_hours * 3600
        print_ = fingerprint(request.method, request.path, request.get_data(True))
        now = self.simulation.clock.now()
        kept = self.keys.begin(key, print_, now, life)
        if kept:
            status, body, original = kept
            return status, body, {"Idempotent-Replayed": "true", **original}
        return self._first(request, world, request_id, key, pause)

    def _first(self, request, world, request_id, key, pause):
        extra = {"Idempotency-Key": key[-1], "Original-Request": request_id}
        try:
            time.sleep(pause)
            status, body = self._work(request, world, request_id, key[-1])
        except StripeError as error:
            if not error.stored:
                self.keys.forget(key)
                raise
            status, body = error.status, error.body()
        except BaseException:
            self.keys.forget(key)
            raise
        self.keys.keep(key, (status, body, extra))
        return status, body, extra

    def _work(self, request, world, request_id, idempotency_key):
        endpoint, ids = self._match(request)
        text = request.get_data(as_text=True)
        if request.method in ("GET", "DELETE"):
            text = "&".join(filter(None, [request.query_string.decode(), text]))
        with self.simulation.lock:
            if world not in self.simulation.worlds.values():
                raise _Forgotten
            params = endpoint.params.parse(decode(text))
            told = {"id": request_id, "idempotency_key": idempotency_key}
            self.executed[self._name(request)] += 1
            with self.simulation.serving(world, told):
                return 200, self._answer(endpoint, Call(world, params, ids))

    def _answer(self, endpoint, call) -> dict:
        try:
            result = endpoint.handler(call)
        except StripeError:
            raise
        except Exception as error:
            # A fault of the simulator's own: said aloud, and no silent disconnect.
            traceback.print_exc()
            message = f"The simulator failed: {error!r}"
            raise StripeError(500, message, "api_error") from error
        if result.get("id") and result.get("object") != "list":
            stored = call.world.store.find_any(result["id"])
            result = call.world.show(result) if stored is result else result
        return expand(call.world, result, call.params.get("expand") or [])

    def _name(self, request) -> str:
        adapter = URL_MAP.bind_to_environ(request.environ)
        try:
            rule, _ids = adapter.match(return_rule=True)
        except HTTPException:
            return f"{request.method} {request.path}"
        return f"{request.method} {rule.rule}"

    def _match(self, request):
        try:
            return URL_MAP.bind_to_environ(request.environ).match()
        except HTTPException:
            raise StripeError(
                404,
                f"Unrecognized request URL ({request.method}: {request.path})."
                " Please see https://stripe.com/docs or we can help at"
                " https://support.stripe.com/.",
            ) from None


def _version(request) -> str:
    version = request.headers.get("Stripe-Version", API_VERSION)
    if not _VERSION.match(version):
        raise StripeError(400, f"Invalid Stripe API version: {version}")
    return version


def _log_url(request_id: str) -> str:
    return f"https://dashboard.stripe.com/test/logs/{request_id}"


def _hang_up(environ) -> None:
    """Close the client's connection; what is answered afterwards is lost."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
