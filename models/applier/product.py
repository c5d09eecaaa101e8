# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProductApplier(models.AbstractModel):
    _name = "q2c.applier.product"
    _inherit = "q2c.applier"
    _description = "Product to Product"

    _target = "product.product"

    def _match(self, batch, items):
        """By our reference, else by the code, where one product has it."""
        found = self._made_here(batch, items)
        rest = [item for item in items if item not in found and item.document.code]
        products = batch.env[self._target].search(
            [
                ("default_code", "in", [item.document.code for item in rest]),
                ("company_id", "in", [False, batch.connection.company_id.id]),
            ]
        )
        groups = products.grouped("default_code")
        for item in rest:
            candidates = groups.get(item.document.code, products.browse())
            if len(candidates) == 1:
                found[item] = candidates
        return found

    def _evidence(self, batch, item):
        return {item.document.code} - {""}

    def _values(self, batch, item, record):
        """A code or a description that the provider does not have stays Odoo's."""
        document = item.document
        values = {"name": document.name, "active": document.active}
        if document.code:
            values["default_code"] = document.code
        if document.description:
            values["description_sale"] = document.description
        if document.interval:
            values["q2c_interval"] = document.interval
            values["q2c_interval_count"] = document.interval_count
        if not record:
            # What it costs is said by its prices, once they are here.
            values.update(
                type="service", invoice_policy="order", sale_ok=True, list_price=0
            )
        return values
