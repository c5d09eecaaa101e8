# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether the org has what a connection needs of it, and giving it that."""

from odoo import models

from ...providers.salesforce.preflight import capture, check, install, look, package
from ...providers.salesforce.preflight.needs import Mapped, Told, of_configuration
from ..connection.status_field import AMOUNTS, DATES
from ..exporter.status import OBJECTS
from .provider_salesforce import _Signed


class ProviderSalesforce(models.AbstractModel):
    _inherit = "q2c.provider.salesforce"

    def _preflight(self, connection):
        """:return: list of findings; whether the integration user may create what is
        missing
        """
        with _Signed(self, connection) as client:
            return self._look(connection, client)

    def _install(self, connection):
        """Create what is missing.

        :return: what was refused (list of Hold); findings and whether the user may
            create, as they are afterwards
        """
        with _Signed(self, connection) as client:
            findings, _may = self._look(connection, client)
            refusals = install.install(
                client.connector, findings, client.session.user_id
            )
            # What was created is used at once, not when the descriptions are read anew.
            client.descriptions.clear()
            return refusals, *self._look(connection, client)

    def _package(self, connection):
        """What is missing as a package (bytes) that an administrator deploys."""
        findings, _may = self._preflight(connection)
        return package.package(findings, connection.salesforce_api_version)

    def _look(self, connection, client):
        needs = self._needs(connection)
        session = client.session or client.sign_in()
        seen = look.look(client.connector, needs, session.user_id)
        findings = check.check(needs, seen)
        if connection.listens:
            findings += self._look_at_topics(connection, client, seen)
        return findings, seen.may_create

    def _look_at_topics(self, connection, client, seen):
        """Whether what is listened to is told."""
        needs = capture.needs_of(
            connection.stream_ids.mapped("code"), connection.topic_ids.mapped("name")
        )
        return list(capture.check(needs, capture.look(client.connector), seen))

    def _needs(self, connection):
        sobjects = dict(OBJECTS.values())
        labels = dict(
            connection.status_field_ids._fields["value"]._description_selection(
                self.env
            )
        )
        told = [
            Told(
                sobject=sobjects[line.kind],
                field=line.field_name,
                label=labels[line.value],
                is_amount=line.value in AMOUNTS,
                is_date=line.value in DATES,
            )
            for line in connection.status_field_ids
        ]
        return of_configuration(
            connection.stream_ids.mapped("code"),
            connection.order_source,
            self._schema(connection),
            told,
            self._mapped_needs(connection),
        )

    def _mapped_needs(self, connection):
        """A field that is mapped twice must fit both."""
        return [
            Mapped(
                name=name,
                types=tuple(
                    sorted(
                        set.intersection(
                            *(set(self._types_fitting(ttype)) for ttype in ttypes)
                        )
                    )
                ),
            )
            for name, ttypes in sorted(connection._mapped_fields().items())
        ]
