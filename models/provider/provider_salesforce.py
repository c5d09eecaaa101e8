# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Salesforce as the engine sees it."""

import time
from datetime import datetime, timedelta, timezone

from odoo import models
from odoo.exceptions import UserError

from ...canonical import Envelope, Failure, Hold, Page, Unverified
from ...providers.salesforce import (
    catalogue,
    envelope,
    flow_webhook,
    identifier,
    links,
    outbound_message,
    requests,
    translate,
    version,
)
from ...providers.salesforce import cursor as cursors
from ...providers.salesforce.client import PAGE_SIZE, Client
from ...providers.salesforce.login import ClientCredentials, JwtBearer
from ...providers.salesforce.moment import format_datetime, parse_datetime
from ...providers.salesforce.schema import Schema
from ...providers.salesforce.sobject_collections import RECORDS_PER_CALL
from ...providers.salesforce.streams import SOBJECT_OF_KIND, STREAMS, stream_of
from ...providers.salesforce.web_flow import InMemory, WebSignIn
from ..connection.refresh_token import RefreshToken

# Signing in costs a call and a second, so a session is used as long as it lasts; it is
# renewed by the client when Salesforce ends it. Kept in this process only: it is as
# good as a password. {(database, connection id, credentials, API version): (session,
# descriptions, when those were begun)}
_SESSIONS = {}
# So that a field that is added to the org is noticed within the hour.
DESCRIPTION_SECONDS = 3600


class ProviderSalesforce(models.AbstractModel):
    _name = "q2c.provider.salesforce"
    _inherit = "q2c.provider"
    _description = "Salesforce"

    _channels = ("message", "flow")
    _is_metered = True
    _catalogue = "lists"
    _catalogue_streams = ("product", "price_list", "price")

    # ------------------------------------------------------------------
    # INBOUND
    # ------------------------------------------------------------------

    def _verify(self, connection, channel, body, headers):
        """Outbound messages are not signed: what proves them is that they know the
        address, and the organization in them, which is checked as they are parsed."""
        if channel == "flow":
            flow_webhook.verify(
                body,
                headers.get(flow_webhook.HEADER, ""),
                connection._secrets("flow_secret"),
                time.time(),
            )

    def _parse(self, connection, channel, body):
        organization = connection.account_ref or ""
        try:
            if channel == "flow":
                return [flow_webhook.parse(body, organization)]
            now = datetime.now(timezone.utc)
            return list(outbound_message.parse(body, organization, now))
        except Hold as failure:
            # Nothing in it could be understood, so there is nothing to keep.
            raise Unverified(failure.message) from failure

    def _acknowledge(self, channel):
        if channel == "message":
            text = outbound_message.ACKNOWLEDGEMENT.decode()
            return text, outbound_message.CONTENT_TYPE
        return super()._acknowledge(channel)

    def _recognize(self, connection, content):
        return envelope.envelope_of_pasted(content)

    def _open(self, connection, kind, payload):
        return envelope.open_payload(payload, kind)

    def _fetch(self, connection, refs):
        with self._signed(connection) as client:
            found = {}
            for kind in {ref.kind for ref in refs}:
                wanted = [ref for ref in refs if ref.kind == kind]
                records = client.retrieve_many(kind, [ref.id for ref in wanted])
                found.update({ref: records.get(ref.id) for ref in wanted})
            return found

    def _translate(self, connection, kind, content, api_version):
        return translate.translate(kind, content, self._schema(connection))

    def _envelope(self, connection, kind, content) -> Envelope:
        return envelope.envelope_of_record(kind, content)

    def _identify(self, kind, text):
        return identifier.recognize(text, SOBJECT_OF_KIND.get(kind, ""))

    def _start(self, stream, cursor):
        """Back by the overlap, and up to now: what changes while we read is left to the
        next poll. The first time, from the moment the connection is to begin at."""
        rewound = cursors.rewound(cursor, timedelta(seconds=stream.overlap))
        if not rewound:
            begin = stream.connection_id.sync_from.replace(tzinfo=timezone.utc)
            rewound = {"modstamp": format_datetime(begin)}
        # Where nothing is found, the next poll begins where this one did.
        mark = {"mark": cursor["modstamp"]} if cursor.get("modstamp") else {}
        now = format_datetime(datetime.now(timezone.utc))
        return {**rewound, **mark, "until": now}

    def _list(self, connection, code, cursor):
        stream = stream_of(code)
        until = parse_datetime(cursor["until"])
        with self._signed(connection) as client:
            records, following, more = client.changes(stream, cursor, until, PAGE_SIZE)
        envelopes = tuple(
            envelope.envelope_of_change(stream, record) for record in records
        )
        if not records and "mark" in cursor:
            following = {"modstamp": cursor["mark"]}
        return Page(
            envelopes=envelopes,
            cursor={**following, "until": cursor["until"]},
            more=more,
        )

    # ------------------------------------------------------------------
    # OUTBOUND
    # ------------------------------------------------------------------

    def _compose(self, connection, kind, verb, document, external_id):
        if kind != "status":
            schema = self._schema(connection)
            return catalogue.request_of(document, external_id, schema)
        if not external_id:
            raise Hold(
                "not_linked",
                "The record is not linked to Salesforce any more.",
                "Skip the command.",
            )
        return requests.update_of(document, external_id)

    def _send(self, connection, calls):
        with self._signed(connection) as client:
            for start in range(0, len(calls), RECORDS_PER_CALL):
                chunk = calls[start : start + RECORDS_PER_CALL]
                outcomes = client.update_many([request for _key, request in chunk])
                yield [
                    (key, outcome)
                    for (key, _request), outcome in zip(chunk, outcomes, strict=True)
                ]

    def _find(self, connection, kind, odoo_ref):
        """All calls may be repeated: Salesforce itself refuses a second entry of a
        product in a price book, and whatever else is created has a reference."""
        return None

    # ------------------------------------------------------------------
    # THE REST
    # ------------------------------------------------------------------

    def _health(self, connection):
        with self._signed(connection, fresh=True) as client:
            health, offered = self._answering(connection, client)
        connection.salesforce_instance_url = health.details["instance_url"]
        connection._keep_api_versions(offered)
        return health

    def _answering(self, connection, client):
        """:return: its canonical.Health, and the API versions that the org offers"""
        session = client.session or client.sign_in()
        offered = version.offered(session.instance_url)
        connection._check_offered(offered)
        return client.health(), offered

    def _who(self, connection, app, grant):
        """Who has just signed in with the browser, before anything of it is kept.

        :return: canonical.Health, API versions that the org offers, user name
        """
        credentials = WebSignIn(
            app=app, signed_in="", tokens=InMemory(grant.refresh_token)
        )
        client = Client(
            credentials,
            session=grant.session,
            api_version=connection.salesforce_api_version,
        )
        try:
            health, offered = self._answering(connection, client)
            return health, offered, client.username()
        finally:
            client.close()

    def _check_complete(self, connection):
        if not connection.salesforce_client_id:
            raise UserError(
                self.env._(
                    "The connection %s has no consumer key. Copy it from the External "
                    "Client App in Salesforce Setup.",
                    connection.name,
                )
            )

    def _create_streams(self, connection):
        self.env["q2c.stream"].create(
            [
                {
                    "connection_id": connection.id,
                    "sequence": number,
                    "code": stream.code,
                    "name": stream.label,
                }
                for number, stream in enumerate(STREAMS.values())
            ]
        )

    def _url(self, connection, ref):
        base = connection.salesforce_instance_url
        return links.record_url(base, ref.kind, ref.id) if base else ""

    def _schema(self, connection):
        return Schema(
            billing_interval=connection.salesforce_interval_field or "",
            billing_start=connection.salesforce_start_field or "",
            vat=connection.salesforce_vat_field or "",
            counterpart=connection.salesforce_customer_field or "",
            reference=self._reference(connection),
            payment_terms=connection.salesforce_terms_field or "",
            mapped=tuple(connection._mapped_fields()),
            currency=connection.company_id.currency_id.name,
        )

    def _reference(self, connection):
        if connection.publish_catalogue == "none":
            return ""
        return connection.salesforce_reference_field or ""

    def _signed(self, connection, fresh=False):
        """A client for the time of a ``with``.

        :param fresh: sign in anew, whatever session there is
        """
        return _Signed(self, connection, fresh)

    def _credentials(self, connection):
        # sudo: the key is for managers to see, for the engine to use
        elevated = connection.sudo()
        address = elevated.api_base or elevated.salesforce_login_url or ""
        client_id = elevated.salesforce_client_id or ""
        if connection.salesforce_sign_in == "web":
            return WebSignIn(
                app=connection._salesforce_app(),
                signed_in=str(connection.salesforce_signed_in_at or ""),
                tokens=RefreshToken(connection),
            )
        if connection.salesforce_sign_in == "jwt":
            return JwtBearer(
                client_id=client_id,
                username=connection.salesforce_username or "",
                private_key=connection._secret("private_key"),
                login_url=address,
            )
        return ClientCredentials(
            client_id=client_id,
            client_secret=connection._secret("client_secret"),
            login_url=address,
        )


class _Signed:
    """A client for the time of a ``with``, on the session of this process."""

    def __init__(self, provider, connection, fresh=False):
        self.connection = connection
        credentials = provider._credentials(connection)
        version_spoken = connection.salesforce_api_version
        self.key = (
            connection.env.cr.dbname,
            connection.id,
            credentials,
            version_spoken,
        )
        session, descriptions, self.begun = _SESSIONS.get(self.key, (None, {}, 0))
        if fresh:
            session = None
        if fresh or time.monotonic() - self.begun > DESCRIPTION_SECONDS:
            descriptions, self.begun = {}, time.monotonic()
        self.client = Client(
            credentials,
            session=session,
            schema=provider._schema(connection),
            api_version=version_spoken,
            descriptions=descriptions,
        )

    def __enter__(self):
        return self.client

    def __exit__(self, kind, _error, _traceback):
        _SESSIONS[self.key] = (
            self.client.session,
            self.client.descriptions,
            self.begun,
        )
        self.client.close()
        # After anything else the transaction may be one that takes nothing any more.
        if kind is None or issubclass(kind, Failure):
            self._note_use()

    def _note_use(self):
        if self.client.calls:
            uses = self.connection.env["q2c.api.use"]
            uses._note(self.connection, self.client.calls, self.client.api_usage)
