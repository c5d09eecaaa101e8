# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which billing prices are those of the catalogue, and which were agreed on once."""

from odoo import fields, models


class Price(models.Model):
    _inherit = "q2c.price"

    is_catalogue = fields.Boolean(
        string="In the Catalogue",
        readonly=True,
        index=True,
        help="It is what the product costs, as it was published. Others were made for "
        "an order, or in the billing system.",
    )

    def _put_on_sale(self):
        """They are sold now, whatever was archived before: nothing new could be billed
        by an archived price."""
        # sudo: a billing price follows from an order line, whoever confirms the order
        archived = self.sudo().filtered(lambda price: not price.active)
        archived.active = True
        for connection, share in archived._where_linked().items():
            self.env["q2c.command"]._enqueue(connection, "update", "price", share)

    def _take_off_sale(self):
        """Archive them, here and in the billing systems."""
        self.write({"is_catalogue": False, "active": False})
        for connection, share in self._where_linked().items():
            self.env["q2c.command"]._enqueue(connection, "update", "price", share)

    def _where_linked(self):
        """{connection: those of these prices that it bills by}."""
        return {
            connection: self.browse(sorted(set(share.mapped("res_id"))))
            for connection, share in self._bindings().grouped("connection_id").items()
        }

    def _bindings(self):
        # sudo: links are the engine's own
        return (
            self.env["q2c.binding"]
            .sudo()
            .search(
                [
                    ("kind", "=", "price"),
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                ]
            )
        )

    def _lookup_key(self):
        """The same for all prices that take over from one another."""
        self.ensure_one()
        return (
            f"odoo-{self.product_id.id}-{self.currency_id.name}"
            f"-{self.interval_count}-{self.interval}"
        ).lower()
