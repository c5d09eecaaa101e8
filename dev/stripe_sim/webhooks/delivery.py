# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Delivering events to the webhook endpoints, in a thread of its own.

Stripe retries for up to three days with growing pauses; the pauses here are
short so that a test sees a retry, and can be set.
"""

import json
import threading
import time
import traceback
from dataclasses import dataclass, field

import requests
from stripe_sim.webhooks.queue import Mode, Queue
from stripe_sim.webhooks.signing import signature

_HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "Accept": "*/*; q=0.5, application/json",
    "Cache-Control": "no-cache",
}


@dataclass
class Delivery:
    """One event on its way to one endpoint. `state`: waiting, delivered, failed."""

    event: dict
    endpoint: dict
    body: str
    due: float = 0.0
    state: str = "waiting"
    attempts: list[dict] = field(default_factory=list)

    def shown(self) -> dict:
        return {
            "event": self.event["id"],
            "type": self.event["type"],
            "endpoint": self.endpoint["id"],
            "url": self.endpoint["url"],
            "state": self.state,
            "attempts": list(self.attempts),
        }


class Deliveries:
    def __init__(self, simulation):
        self.simulation = simulation
        self.queue = Queue()
        self.log: list[Delivery] = []
        self.clear()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._session = requests.Session()
        # A proxy of the machine's must not see loopback deliveries.
        self._session.trust_env = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self.queue.wake()

    def clear(self) -> None:
        self.queue.clear()
        self.queue.mode = Mode()
        self.log.clear()
        self.backoff = [0.2, 0.5, 1.0, 2.0, 4.0, 8.0]
        self.timeout = 10.0

    def announce(self, world, event: dict) -> None:
        """Called with the simulation's lock held, for each new event."""
        for endpoint in world.store.all("webhook_endpoint"):
            if endpoint["status"] == "enabled" and _wants(endpoint, event["type"]):
                self._enqueue(world, event, endpoint)

    def resend(self, world, event: dict) -> int:
        before = len(self.log)
        self.announce(world, event)
        return len(self.log) - before

    def _enqueue(self, world, event, endpoint) -> None:
        event["pending_webhooks"] += 1
        body = dict(world.show(event), api_version=endpoint["_event_version"])
        delivery = Delivery(event, endpoint, json.dumps(body, indent=2))
        self.log.append(delivery)
        self.queue.put(delivery)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._tick()
            delivery = self.queue.take(timeout=0.5)
            if delivery is not None:
                self._attempt(delivery)
                self.queue.done()

    def _tick(self) -> None:
        """Do what fell due, also while nobody calls."""
        with self.simulation.lock:
            try:
                self.simulation.clock.catch_up()
            except Exception:
                # Work that fails must not end all deliveries; it is said aloud.
                traceback.print_exc()

    def _attempt(self, delivery: Delivery) -> None:
        endpoint = delivery.endpoint
        if endpoint["status"] != "enabled" or endpoint.get("deleted"):
            delivery.state = "failed"
            return
        outcome = self._post(endpoint, delivery.body)
        delivery.attempts.append(outcome)
        if outcome["status"] and 200 <= outcome["status"] < 300:
            self._delivered(delivery)
        else:
            self._retry(delivery)

    def _post(self, endpoint: dict, body: str) -> dict:
        headers = {
            **_HEADERS,
            "Stripe-Signature": signature(endpoint["_secret"], body),
        }
        outcome = {"at": time.time(), "status": None, "error": None}
        try:
            answer = self._session.post(
                endpoint["url"],
                data=body.encode(),
                headers=headers,
                timeout=self.timeout,
                allow_redirects=False,
            )
            outcome["status"] = answer.status_code
        except requests.RequestException as error:
            outcome["error"] = repr(error)
        return outcome

    def _delivered(self, delivery: Delivery) -> None:
        with self.simulation.lock:
            delivery.state = "delivered"
            pending = delivery.event["pending_webhooks"]
            delivery.event["pending_webhooks"] = max(pending - 1, 0)

    def _retry(self, delivery: Delivery) -> None:
        number = len(delivery.attempts)
        if number > len(self.backoff):
            delivery.state = "failed"
            return
        self.queue.put_later(delivery, self.backoff[number - 1])


def _wants(endpoint: dict, kind: str) -> bool:
    return "*" in endpoint["enabled_events"] or kind in endpoint["enabled_events"]
