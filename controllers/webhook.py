# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where providers knock: verify, store, answer; nothing else."""

import logging

from odoo import http
from odoo.http import request

from ..canonical import Failure, Unverified

_logger = logging.getLogger(__name__)

# An event of Stripe is at most 256 KB (https://docs.stripe.com/event-destinations), an
# outbound message at most 4 MB (providers/salesforce/outbound_message.py).
MAX_BYTES = 4 * 1024 * 1024


class Webhook(http.Controller):
    @http.route(
        ["/q2c/<string:token>", "/q2c/<string:token>/<string:channel>"],
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BYTES,
    )
    def receive(self, token, channel=None):
        """Keep a message that proves where it comes from.

        The answer goes out after the commit; whatever goes wrong later is ours to
        settle, not the provider's to repeat.
        """
        body = request.httprequest.get_data()
        # sudo: nobody is signed in; the token finds the connection, the signature
        # decides
        connections = request.env["q2c.connection"].sudo()
        connection = connections._by_token(token)
        if not connection:
            return request.make_response("", status=404)
        provider = connection._provider()
        channel = channel or provider._channels[0]
        if channel not in provider._channels:
            return request.make_response("", status=404)
        try:
            provider._verify(connection, channel, body, request.httprequest.headers)
            envelopes = provider._parse(connection, channel, body)
        except (Unverified, Failure) as error:
            # Nothing of the message goes into the log: it may be anybody's.
            _logger.warning("Webhook of %s refused: %s", connection.name, error)
            return request.make_response(
                "The message could not be verified.\n", status=400
            )
        connection._receive(envelopes)
        text, content_type = provider._acknowledge(channel)
        return request.make_response(text, [("Content-Type", content_type)])
