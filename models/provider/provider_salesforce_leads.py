# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Leads are taken in where the connection wants them; what Salesforce does not show,
and can be done without, is not read."""

from datetime import timedelta

from odoo import fields, models

from ...canonical import Hold, Page
from ...providers.salesforce.description import CLOSED
from ...providers.salesforce.streams import DISPENSABLE, STREAMS, stream_of

LEAD = "lead"
LOOK_AGAIN = timedelta(hours=1)


class ProviderSalesforce(models.AbstractModel):
    _inherit = "q2c.provider.salesforce"

    def _list(self, connection, code, cursor):
        """An integration user who may not see them is no fault: nothing is read, it is
        looked again within the hour, and the reading begins when they are shown."""
        if code in DISPENSABLE and not self._shows(connection, stream_of(code).sobject):
            return Page(envelopes=(), cursor={}, more=False, again=LOOK_AGAIN)
        return super()._list(connection, code, cursor)

    def _shows(self, connection, sobject):
        with self._signed(connection) as client:
            try:
                client.describe(sobject)
            except Hold as failure:
                if failure.code not in CLOSED:
                    raise
                return False
        return True

    def _create_streams(self, connection):
        result = super()._create_streams(connection)
        connection._complete_streams()
        return result


class Connection(models.Model):
    _inherit = "q2c.connection"

    takes_leads = fields.Boolean(
        string="Take In Leads",
        default=True,
        tracking=True,
        help="Leads of Salesforce become leads of Odoo; one that is converted becomes "
        "the opportunity that it was converted to. Odoo shows leads by a menu of their "
        "own where its setting Leads is on.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "takes_leads" in vals or vals.get("state") == "active":
            self._complete_streams()
        return result

    def _complete_streams(self):
        """Leads are polled or not; a connection that is older than a stream is given
        it, in its place in the order of dependence."""
        for connection in self.filtered(lambda each: each.provider == "salesforce"):
            # sudo: streams are the engine's; who may write the connection was checked
            model = self.env["q2c.stream"].sudo().with_context(active_test=False)
            streams = model.search([("connection_id", "=", connection.id)])
            missing = [code for code in STREAMS if code not in streams.mapped("code")]
            streams += model.create(
                [
                    {
                        "connection_id": connection.id,
                        "code": code,
                        "name": STREAMS[code].label,
                    }
                    for code in missing
                ]
            )
            by_code = {stream.code: stream for stream in streams}
            if missing:
                for place, code in enumerate(STREAMS):
                    by_code[code].sequence = place
            by_code[LEAD].active = connection.takes_leads
