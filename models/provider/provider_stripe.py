# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stripe as the engine sees it."""

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from odoo import fields, models
from odoo.exceptions import UserError

from ...canonical import Failure, explain
from ...providers.stripe import (
    enclosed,
    envelope,
    event_list,
    links,
    object_list,
    reporting_categories,
    requests,
    translate,
    webhook,
)
from ...providers.stripe.client import ENDPOINT_EVENTS, Client
from ..connection.connection_stripe import ROTATION

EVENTS_PER_PAGE = 100
# Code of the stream, and the kinds that it reads in the order of dependence.
CATALOGUE = "catalogue"
CATALOGUE_KINDS = ("product", "price")
EPOCH = datetime.fromtimestamp(0, timezone.utc)


class ProviderStripe(models.AbstractModel):
    _name = "q2c.provider.stripe"
    _inherit = "q2c.provider"
    _description = "Stripe"

    _bills = True
    _catalogue = "prices"
    _catalogue_streams = (CATALOGUE,)
    _channels = ("events",)
    _listed_kinds = object_list.KINDS

    # ------------------------------------------------------------------
    # INBOUND
    # ------------------------------------------------------------------

    def _verify(self, connection, channel, body, headers):
        webhook.verify(
            body,
            headers.get(webhook.HEADER, ""),
            connection._secrets("signing_secret"),
            time.time(),
        )

    def _parse(self, connection, channel, body):
        return list(webhook.parse(body, connection.account_ref or ""))

    def _recognize(self, connection, content):
        return envelope.envelope_of_pasted(content)

    def _open(self, connection, kind, payload):
        return envelope.open_payload(payload, kind)

    def _fetch(self, connection, refs):
        return self._client(connection).fetch(refs)

    def _translate(self, connection, kind, content, api_version):
        return translate.translate(
            kind, content, api_version, connection.rounding_tolerance
        )

    def _envelope(self, connection, kind, content):
        return envelope.envelope_of_object(kind, content)

    def _enclosed(self, connection, kind, content):
        return enclosed.enclosed(kind, content)

    def _identify(self, kind, text):
        return text if kind == "customer" and text.startswith("cus_") else ""

    def _start(self, stream, cursor):
        """Back by the overlap; the first time, from the moment the connection is to
        begin at. The catalogue is read whole each time."""
        if stream.code == CATALOGUE:
            return cursor
        overlap = timedelta(seconds=stream.overlap)
        begin = stream.connection_id.sync_from.replace(tzinfo=timezone.utc)
        return event_list.rewound(cursor, overlap) or {
            "created": int(begin.timestamp())
        }

    def _list(self, connection, code, cursor):
        if code == CATALOGUE:
            return self._catalogue_page(connection, cursor)
        return self._client(connection).events(cursor, EVENTS_PER_PAGE)

    def _catalogue_page(self, connection, cursor):
        """All products, then all prices, archived ones included."""
        number = cursor.get("kind", 0)
        until = datetime.now(timezone.utc) + timedelta(days=1)
        page = self._client(connection).objects(
            CATALOGUE_KINDS[number], EPOCH, until, cursor.get("page") or {}
        )
        following = {"kind": number, "page": page.cursor}
        if not page.more:
            following = {"kind": number + 1}
        more = following["kind"] < len(CATALOGUE_KINDS)
        return replace(page, cursor=following if more else {}, more=more)

    def _objects(self, connection, kind, since, until, cursor):
        return self._client(connection).objects(kind, since, until, cursor)

    # ------------------------------------------------------------------
    # OUTBOUND
    # ------------------------------------------------------------------

    def _compose(self, connection, kind, verb, document, external_id):
        return requests.compose(kind, verb, document, external_id)

    def _send(self, connection, calls):
        client = self._client(connection)
        for key, request in calls:
            yield [(key, client.send(key, request))]

    def _find(self, connection, kind, odoo_ref):
        return self._client(connection).find(kind, odoo_ref)

    # ------------------------------------------------------------------
    # THE REST
    # ------------------------------------------------------------------

    def _health(self, connection):
        return self._client(connection).health()

    def _endpoint_faults(self, connection):
        # sudo: the address is for managers to see, for the engine to compare
        url = connection.sudo().webhook_url
        endpoint_id = connection.stripe_endpoint_id or ""
        return self._client(connection).endpoint_faults(endpoint_id, url)

    def _check_complete(self, connection):
        connection._check_billing_complete()
        if not connection._secrets("signing_secret"):
            raise UserError(
                self.env._(
                    "The connection %s has no signing secret, so no webhook could be "
                    "trusted. Use Create Webhook Endpoint, or enter the secret of an "
                    "endpoint that exists.",
                    connection.name,
                )
            )

    def _create_streams(self, connection):
        self.env["q2c.stream"].create(
            [
                {
                    "connection_id": connection.id,
                    "code": "events",
                    "name": self.env._("Events"),
                    "source": "sweep",
                    "interval": 15,
                },
                {
                    "connection_id": connection.id,
                    "sequence": 20,
                    "code": CATALOGUE,
                    "name": self.env._("Products and Prices"),
                    "interval": 24 * 60,
                    # Events tell of changes; all there is comes in on request.
                    "active": False,
                },
            ]
        )

    def _balance_categories(self):
        return reporting_categories.OTHERS

    def _balance(self, connection):
        return self._client(connection).balance()

    def _balance_transactions(self, connection, since, until):
        return self._client(connection).balance_transactions(since, until)

    def _url(self, connection, ref):
        return links.object_url(ref.kind, ref.id, connection.environment == "live")

    def _create_endpoint(self, connection):
        """Have Stripe send its events here, from one endpoint only.

        :raises UserError: Stripe refused
        """
        client = self._client(connection)
        try:
            former = [
                endpoint["id"]
                for endpoint in client.endpoints()
                if endpoint["url"] == connection.webhook_url
            ]
            endpoint_id, secret = client.create_endpoint(
                connection.webhook_url, ENDPOINT_EVENTS
            )
            for identifier in former:
                client.delete_endpoint(identifier)
        except Failure as failure:
            raise UserError(explain(failure)) from failure
        until = fields.Datetime.now() + ROTATION
        connection._put_secret("signing_secret", secret, keep_old_until=until)
        connection.stripe_endpoint_id = endpoint_id

    def _client(self, connection):
        # sudo: the address is for managers to see, for the engine to use
        return Client(
            connection._secret("api_key"), api_base=connection.sudo().api_base or ""
        )
