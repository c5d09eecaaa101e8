# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What of the catalogue is published to a connection."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

NOTHING = "none"


class Connection(models.Model):
    _inherit = "q2c.connection"

    takes_catalogue = fields.Boolean(compute="_compute_takes_catalogue")
    publish_catalogue = fields.Selection(
        [
            (NOTHING, "Nothing: only what is sold through it"),
            ("marked", "Products that are billed at an interval, or marked"),
            ("category", "Products of a category"),
            ("all", "All products that are sold"),
        ],
        required=True,
        default=NOTHING,
        tracking=True,
        help="Products and their prices that are created there, changed and archived "
        "as they are here, before anybody buys them. What the other side owns by the "
        "ownership rules is left alone.",
    )
    publish_category_id = fields.Many2one(
        "product.category",
        string="Published Category",
        ondelete="restrict",
        tracking=True,
        help="With those below it.",
    )
    salesforce_reference_field = fields.Char(
        string="Reference Field",
        default="Q2C_Odoo_Ref__c",
        help="API name of a unique text, an external id, on Product2 and Pricebook2. "
        "It holds our reference, by which nothing is created twice.",
    )

    @api.depends("provider")
    def _compute_takes_catalogue(self):
        for connection in self:
            chosen = bool(connection.provider)
            connection.takes_catalogue = bool(
                chosen and connection._provider()._catalogue
            )

    @api.constrains("publish_catalogue", "publish_category_id", "provider")
    def _check_publish_catalogue(self):
        for connection in self:
            if connection.publish_catalogue == NOTHING:
                continue
            if not connection.takes_catalogue:
                raise ValidationError(
                    self.env._(
                        "The catalogue cannot be published to %s. Choose Nothing.",
                        connection.name,
                    )
                )
            category = connection.publish_category_id
            if connection.publish_catalogue == "category" and not category:
                raise ValidationError(
                    self.env._(
                        "Choose the category of which products are published to %s.",
                        connection.name,
                    )
                )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_publish_catalogue(self):
        """Bring all that is to be published to this connection."""
        self._check_manager()
        products = self.env["product.product"].with_context(active_test=False)
        # sudo: the manager of connections need not be one of products
        for connection in self.sudo():
            lists = self.env["product.pricelist"].sudo().search([])
            connection._publish_lists(lists)
            connection._publish(products.sudo().search(connection._published()))
        return self.action_view_commands()

    def action_read_catalogue(self):
        """Have products and prices read from the provider, all of them."""
        self._check_manager()
        # sudo: streams are the engine's to write
        streams = self.env["q2c.stream"].sudo().with_context(active_test=False)
        for connection in self:
            share = streams.search(
                [
                    ("connection_id", "=", connection.id),
                    ("code", "in", connection._provider()._catalogue_streams),
                ]
            )
            share.active = True
            share.action_load_everything()
            share.action_poll_now()
        return True

    def action_view_catalogue_check(self):
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "quote_to_cash.q2c_catalogue_check_action"
        )

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    @api.model
    def _followers(self):
        """Connections that the catalogue is published to, but for the one that the
        change at hand comes from. Paused ones count: what is to be sent waits."""
        # sudo: whoever may change a product causes the update
        return self.sudo().search(
            [
                ("publish_catalogue", "!=", NOTHING),
                ("state", "in", ("active", "paused")),
                ("id", "!=", self.env.context.get("q2c_connection_id") or 0),
            ]
        )

    def _published(self):
        """The domain of the products that are published to this connection."""
        self.ensure_one()
        domain = Domain("sale_ok", "=", True) & Domain(
            "company_id", "in", [False, self.company_id.id]
        )
        if self.publish_catalogue == "marked":
            recurring = Domain("q2c_interval", "!=", "one_time")
            return domain & (recurring | Domain("q2c_publish", "=", True))
        if self.publish_catalogue == "category":
            return domain & Domain("categ_id", "child_of", self.publish_category_id.id)
        return domain if self.publish_catalogue == "all" else Domain.FALSE
