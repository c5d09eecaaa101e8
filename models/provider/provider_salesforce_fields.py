# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The fields of an org that people may map, and what they can become."""

from odoo import models

from ...canonical import Hold
from ...providers.salesforce.description import CLOSED

_WORDS = (
    *("string", "picklist", "combobox", "email", "phone", "url", "id", "reference"),
    "encryptedstring",
)
_NUMBERS = ("int", "double", "currency", "percent")
_ANY = (
    *(*_WORDS, *_NUMBERS, "textarea", "multipicklist", "boolean", "date", "datetime"),
    "time",
)
# Odoo's type of a field → Salesforce's types that it can hold
# (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm)
FITTING = {
    "char": _ANY,
    "text": _ANY,
    "selection": _WORDS,
    "boolean": ("boolean", "picklist"),
    "integer": _NUMBERS,
    "float": _NUMBERS,
    "monetary": _NUMBERS,
    "date": ("date", "datetime"),
    "datetime": ("date", "datetime"),
    "many2one": _WORDS,
}
# The end of the API names of fields that are no standard ones.
CUSTOM = "__c"


class ProviderSalesforce(models.AbstractModel):
    _inherit = "q2c.provider.salesforce"

    _mapped_objects = {
        "field": {
            "Account": "res.partner",
            "Contact": "res.partner",
            "Lead": "crm.lead",
            "Opportunity": "crm.lead",
            "Product2": "product.template",
        },
        "order_field": {
            "Opportunity": "sale.order",
            "OpportunityLineItem": "sale.order.line",
            "Order": "sale.order",
            "OrderItem": "sale.order.line",
        },
    }

    def _types_fitting(self, ttype):
        return FITTING.get(ttype, ())

    def _custom_fields(self, connection):
        """Without those that the connection reads or writes anyway."""
        schema = self._schema(connection)
        own = {schema.billing_interval, schema.billing_start, schema.vat}
        own |= {schema.counterpart, schema.payment_terms}
        own |= set(connection.status_field_ids.mapped("field_name"))
        found = {}
        with self._signed(connection) as client:
            for kind, objects in self._mapped_objects.items():
                for sobject in self._asked(connection, kind, objects):
                    for field in self._described(client, sobject):
                        if field.name.endswith(CUSTOM) and field.name not in own:
                            details = {"label": field.label, "type": field.type}
                            found[kind, f"{sobject}.{field.name}"] = details
        return found

    def _asked(self, connection, kind, objects):
        """Of orders only those whose object they come from."""
        if kind != "order_field":
            return objects
        of_source = {
            "opportunity": ("Opportunity", "OpportunityLineItem"),
            "order": ("Order", "OrderItem"),
        }
        return of_source.get(connection.order_source, ())

    def _described(self, client, sobject):
        """Nothing of an object that is not there, or not for this user."""
        try:
            return client.describe(sobject).fields.values()
        except Hold as failure:
            if failure.code not in CLOSED:
                raise
            return ()
