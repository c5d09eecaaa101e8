# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The desk as the engine sees it: all that an addon has to write.

The desk sends ``{"id", "type": "customer.updated", "time", "customer": {…}}`` to the
connection's webhook address, signed as ``X-Desk-Signature: t=…,v1=…``. Its API has
``GET /desk``, ``GET`` and ``POST /customers``, ``PATCH /customers/ID``.
"""

import json
import time
from datetime import datetime, timezone

import requests

from odoo import models

from odoo.addons.quote_to_cash.canonical import (
    Customer,
    Envelope,
    Health,
    Hold,
    Outcome,
    Reading,
    Request,
    Retry,
    Unverified,
)
from odoo.addons.quote_to_cash.providers import signature

HEADER = "X-Desk-Signature"
TIMEOUT = 10


class ProviderExample(models.AbstractModel):
    _name = "q2c.provider.example"
    _inherit = "q2c.provider"
    _description = "Example Support Desk"

    _channels = ("customers",)

    # ------------------------------------------------------------------
    # INBOUND
    # ------------------------------------------------------------------

    def _verify(self, connection, channel, body, headers):
        secrets = connection._secrets("desk_secret")
        signature.verify(body, headers.get(HEADER, ""), secrets, time.time())

    def _parse(self, connection, channel, body):
        try:
            message = json.loads(body)
            return [self._message_envelope(message, body.decode())]
        except (ValueError, KeyError, TypeError) as error:
            raise Unverified(f"The message is not the desk's: {error!r}") from error

    def _message_envelope(self, message, text):
        customer = message["customer"]["id"]
        return Envelope(
            external_id=message["id"],
            type=message["type"],
            kind="customer",
            object_id=customer,
            # What concerns one customer is worked on in order.
            partition=customer,
            occurred_at=datetime.fromisoformat(message["time"]),
            payload=text,
        )

    def _open(self, connection, kind, payload):
        # A message carries its customer whole; one that was fetched is the customer.
        content = json.loads(payload)
        return Reading(content=content.get("customer", content))

    def _fetch(self, connection, refs):
        found = {}
        for ref in refs:
            answer = self._call(connection, "GET", f"customers/{ref.id}")
            found[ref] = None if answer.status_code == 404 else _content(answer)
        return found

    def _translate(self, connection, kind, content, api_version):
        return Customer(
            id=content["id"],
            name=content["name"],
            email=content.get("email", ""),
            is_company=content.get("is_company", True),
            odoo_ref=content.get("reference", ""),
        )

    def _envelope(self, connection, kind, content):
        now = datetime.now(timezone.utc)
        return Envelope(
            external_id=f"{content['id']}@{now.isoformat()}",
            type="customer.fetched",
            kind=kind,
            object_id=content["id"],
            partition=content["id"],
            occurred_at=now,
            payload=json.dumps(content),
        )

    # ------------------------------------------------------------------
    # OUTBOUND
    # ------------------------------------------------------------------

    def _compose(self, connection, kind, verb, document, external_id):
        params = {
            "name": document.name,
            "email": document.email,
            "is_company": document.is_company,
            "reference": document.odoo_ref,
        }
        return Request(verb=verb, resource="customers", params=params, id=external_id)

    def _send(self, connection, calls):
        for key, request in calls:
            yield [(key, self._send_one(connection, key, request))]

    def _send_one(self, connection, key, request):
        """One call each; the failure belongs to its command, not to the connection."""
        creates = request.verb == "create"
        path = "customers" if creates else f"customers/{request.id}"
        headers = {"Idempotency-Key": key}
        try:
            answer = self._call(
                connection,
                "POST" if creates else "PATCH",
                path,
                json=request.params,
                headers=headers,
            )
            content = _content(answer)
        except (Hold, Retry) as failure:
            return Outcome(failure=failure)
        return Outcome(id=content["id"], answer=content)

    def _find(self, connection, kind, odoo_ref):
        found = self._call(
            connection, "GET", "customers", params={"reference": odoo_ref}
        )
        return next(iter(_content(found)["customers"]), None)

    # ------------------------------------------------------------------
    # THE REST
    # ------------------------------------------------------------------

    def _health(self, connection):
        desk = _content(self._call(connection, "GET", "desk"))
        return Health(
            account_id=desk["id"], account_name=desk["name"], live=False, details={}
        )

    def _url(self, connection, ref):
        return f"{connection.sudo().api_base}/{ref.kind}s/{ref.id}"

    def _call(self, connection, method, path, headers=None, **options):
        """:raises Retry: the desk does not answer"""
        # sudo: the address is for managers to see, for the engine to use
        url = f"{connection.sudo().api_base}/{path}"
        authorization = {"Authorization": f"Bearer {connection._secret('desk_secret')}"}
        try:
            return requests.request(
                method,
                url,
                headers={**authorization, **(headers or {})},
                timeout=TIMEOUT,
                **options,
            )
        except requests.RequestException as error:
            raise Retry("unreachable", f"The desk does not answer: {error}") from error


def _content(answer):
    """:raises Retry: a passing fault
    :raises Hold: the desk refused"""
    if answer.status_code >= 500 or answer.status_code == 429:
        raise Retry("unavailable", f"The desk answered {answer.status_code}.")
    if not answer.ok:
        raise Hold(
            "refused",
            f"The desk refused with {answer.status_code}: {answer.text[:200]}",
            "Correct the record, then retry.",
        )
    return answer.json()
