# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...canonical import Hold, Money, StatusUpdate

OBJECTS = {
    "res.partner": ("customer", "Account"),
    "crm.lead": ("opportunity", "Opportunity"),
}


class StatusExporter(models.AbstractModel):
    _name = "q2c.exporter.status"
    _inherit = "q2c.exporter"
    _description = "Status of a Deal"

    _kind = "status"

    def _binding_kind(self, records):
        return OBJECTS[records._name][0]

    def _document(self, connection, record):
        kind, object_name = OBJECTS[record._name]
        known = self.env["q2c.status"]._values(record)
        lines = connection.status_field_ids.filtered(lambda line: line.kind == kind)
        if not lines:
            raise Hold(
                "no_status_fields",
                f"The connection {connection.name} names no field to tell the status "
                f"of {record.display_name} in.",
                "Add fields on the Status page of the connection, or skip the command.",
            )
        return StatusUpdate(
            **{**self._common(connection, record), "odoo_ref": ""},
            object_name=object_name,
            values={line.field_name: _plain(known[line.value]) for line in lines},
        )


def _plain(value):
    """Amounts as decimals of the major unit, which is what a CRM's fields hold."""
    return value.major if isinstance(value, Money) else value
