# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Listening to Salesforce, through its Pub/Sub API."""

from contextlib import contextmanager
from datetime import timezone

from odoo import models

from ...canonical import Hold, explain
from ...providers.salesforce import cursor as cursors
from ...providers.salesforce.pubsub import libraries
from ...providers.salesforce.pubsub.topic import STANDARD, Topic
from ...providers.salesforce.streams import STREAMS


class ProviderSalesforce(models.AbstractModel):
    _inherit = "q2c.provider.salesforce"

    def _default_topics(self):
        return [STANDARD]

    def _listening_obstacles(self):
        try:
            libraries.require()
        except Hold as failure:
            return [explain(failure)]
        return []

    def _rewind(self, cursor, since):
        """One that is being loaded goes on from before its load."""
        if "load" in cursor:
            return cursor
        return cursors.not_after(cursor, since.replace(tzinfo=timezone.utc))

    @contextmanager
    def _ear(self, connection, topics):
        libraries.require()
        # Only here: the libraries need not be there, nor be in the memory of every
        # process, and gRPC must not be started before Odoo forks its workers.
        from ...providers.salesforce.pubsub.ear import Ear

        listened = [
            Topic(
                name=topic.name,
                position=topic.position or "",
                record_field=topic.record_field or "",
            )
            for topic in topics
        ]
        codes = set(connection.stream_ids.mapped("code")) & set(STREAMS)
        address = connection.salesforce_bus_url or ""
        with (
            self._signed(connection) as client,
            Ear(client.connector, address, listened, codes) as ear,
        ):
            yield ear
