# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Webhooks that come twice, and webhooks that somebody made up."""

import hashlib
import hmac
import json
import time

import requests

from . import connect, queues
from .waiting import check_equal, until

COUNTED = ("account.move", "account.payment", "sale.order", "q2c.subscription")
TIMEOUT = 30


class Trials:
    """Done after a ``Story``, on the same systems."""

    def __init__(self, story):
        self.story = story
        self.odoo = story.odoo
        self.screen = story.screen

    def steps(self):
        """(title, method) in order."""
        forged = ("A forged webhook says that the invoice was voided", self.forge)
        if not self.story.account.is_simulated:
            return [forged]
        return [("Stripe: every webhook is delivered again", self.duplicate), forged]

    def duplicate(self):
        """Send all of Stripe's events again: nothing may change."""
        before = self._counts()
        events = self.story.account.events()
        for event in events:
            self.story.account.resend(event["id"])
        until(self._is_quiet, "The end of the repeated deliveries")
        check_equal(self._counts(), before, "Records after the repetition")
        self.screen.fact(
            f"{len(events)} events came again: {_sentence(before)}, as before"
        )

    def forge(self):
        """Sign an event with a made-up secret: it must be refused and not kept."""
        before = self._counts()
        body = json.dumps(self._forged_event(), default=str).encode()
        answer = requests.post(
            connect.webhook_url(self.odoo, self.story.stripe_connection),
            data=body,
            headers={"Stripe-Signature": sign(body, "whsec_guessed")},
            timeout=TIMEOUT,
        )
        check_equal(answer.status_code, 400, "Answer to the forged webhook")
        check_equal(self._counts(), before, "Records after the forged webhook")
        self.screen.fact("refused with status 400, nothing of it was stored")

    def _forged_event(self):
        invoice = {**self.story.stripe_invoice, "status": "void", "total": 1}
        return {
            "id": "evt_forged",
            "object": "event",
            "type": "invoice.voided",
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": invoice},
        }

    def _is_quiet(self):
        connections = [self.story.stripe_connection]
        idle = self.story.account.is_idle()
        return idle and not queues.open_count(self.odoo, connections)

    def _counts(self):
        counts = {model: self.odoo.count(model) for model in COUNTED}
        from_stripe = [("connection_id", "=", self.story.stripe_connection)]
        return {**counts, "q2c.event": self.odoo.count("q2c.event", from_stripe)}


def sign(body, secret, at=None):
    """Stripe's signature header."""
    at = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256)
    return f"t={at},v1={digest.hexdigest()}"


def _sentence(counts):
    words = {
        "account.move": "entries",
        "account.payment": "payments",
        "sale.order": "orders",
        "q2c.subscription": "subscriptions",
        "q2c.event": "events",
    }
    return ", ".join(f"{count} {words[model]}" for model, count in counts.items())
