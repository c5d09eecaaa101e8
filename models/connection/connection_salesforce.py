# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a connection to Salesforce needs."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError


class Connection(models.Model):
    _inherit = "q2c.connection"

    provider = fields.Selection(
        selection_add=[("salesforce", "Salesforce")], ondelete={"salesforce": "cascade"}
    )
    salesforce_sign_in = fields.Selection(
        [
            ("web", "With the browser (web server flow)"),
            ("jwt", "With a certificate (JWT bearer)"),
            ("client_credentials", "With a secret (client credentials)"),
        ],
        string="Sign-In",
        required=True,
        default="jwt",
        tracking=True,
        help="The OAuth flow that is enabled in the External Client App.",
    )
    salesforce_login_url = fields.Char(
        string="Login Host",
        default="https://login.salesforce.com",
        tracking=True,
        help="My Domain of the org (https://example.my.salesforce.com), or "
        "with the browser or a certificate login.salesforce.com or, for a sandbox, "
        "test.salesforce.com.",
    )
    salesforce_client_id = fields.Char(
        string="Consumer Key", tracking=True, groups="quote_to_cash.group_manager"
    )
    salesforce_username = fields.Char(
        string="Integration User",
        tracking=True,
        help="User name in Salesforce that the calls are made as.",
    )
    salesforce_client_secret = fields.Char(
        string="Consumer Secret",
        compute="_compute_write_only",
        inverse="_inverse_salesforce_client_secret",
        groups="quote_to_cash.group_manager",
        help="It is encrypted and never shown again.",
    )
    salesforce_client_secret_hint = fields.Char(
        compute="_compute_secret_hints", groups="quote_to_cash.group_manager"
    )
    salesforce_private_key = fields.Text(
        string="Private Key",
        compute="_compute_write_only",
        inverse="_inverse_salesforce_private_key",
        groups="quote_to_cash.group_manager",
        help="RSA key in PEM form; its certificate is uploaded to the app. It is "
        "encrypted and never shown again.",
    )
    salesforce_private_key_hint = fields.Char(
        compute="_compute_secret_hints", groups="quote_to_cash.group_manager"
    )
    salesforce_flow_secret = fields.Char(
        string="Flow Secret",
        compute="_compute_write_only",
        inverse="_inverse_salesforce_flow_secret",
        groups="quote_to_cash.group_manager",
        help="Signs the JSON messages of flows. It is encrypted and never shown again.",
    )
    salesforce_flow_secret_hint = fields.Char(
        compute="_compute_secret_hints", groups="quote_to_cash.group_manager"
    )
    salesforce_instance_url = fields.Char(
        string="Instance", readonly=True, copy=False, help="Address of the org."
    )
    salesforce_bus_url = fields.Char(
        string="Event Bus Address",
        groups="quote_to_cash.group_manager",
        help="Where the Pub/Sub API is: empty for api.pubsub.salesforce.com, another "
        "one for orgs whose data stay in Germany or for a simulator.",
    )
    salesforce_interval_field = fields.Char(
        string="Billing Interval Field",
        default="Q2C_Billing_Interval__c",
        help="API name of a picklist on Product2; empty to keep the interval in Odoo.",
    )
    salesforce_start_field = fields.Char(
        string="Billing Start Field",
        default="Q2C_Billing_Start__c",
        help="API name of a date on Opportunity; empty where there is none.",
    )
    salesforce_vat_field = fields.Char(
        string="Tax ID Field", help="API name of a text on Account; empty for none."
    )
    salesforce_customer_field = fields.Char(
        string="Billing Customer Field",
        help="API name of a text on Account that holds the id of the customer in the "
        "billing system (cus_…); empty for none. An account and a customer that name "
        "each other are one contact.",
    )
    salesforce_terms_field = fields.Char(
        string="Payment Terms Field",
        help="API name of a picklist or text on Account, Opportunity or Order, or on "
        "several of them; empty for none. What it says is mapped to payment terms.",
    )
    order_source = fields.Selection(
        [
            ("opportunity", "Won opportunities"),
            ("order", "Activated orders"),
            ("none", "Nothing: orders are made in Odoo"),
        ],
        string="Orders Come From",
        required=True,
        default="opportunity",
        tracking=True,
        help="What becomes a sales order in Odoo.",
    )
    order_confirmation = fields.Selection(
        [("confirm", "Confirm it"), ("quotation", "Leave it as a quotation")],
        string="New Orders",
        required=True,
        default="confirm",
        tracking=True,
    )
    status_field_ids = fields.One2many(
        "q2c.status.field", "connection_id", string="Fields Told", copy=True
    )

    # ------------------------------------------------------------------
    # SECRETS
    # ------------------------------------------------------------------

    def _inverse_salesforce_client_secret(self):
        self._take_secret("salesforce_client_secret", "client_secret")

    def _inverse_salesforce_private_key(self):
        self._take_secret("salesforce_private_key", "private_key")

    def _inverse_salesforce_flow_secret(self):
        self._take_secret("salesforce_flow_secret", "flow_secret")

    @api.model
    def _secret_hint_fields(self):
        return {
            **super()._secret_hint_fields(),
            "salesforce_client_secret_hint": "client_secret",
            "salesforce_private_key_hint": "private_key",
            "salesforce_flow_secret_hint": "flow_secret",
        }

    def _open_steps(self):
        steps = super()._open_steps()
        if self.provider == "salesforce" and self.state != "active":
            steps |= self._open_credentials()
        return steps

    def _open_credentials(self):
        """Which of the steps credentials and sign_in are left."""
        # sudo: whether there is a secret is for everyone to know
        connection = self.sudo()
        hints = {
            "jwt": connection.salesforce_private_key_hint,
            "client_credentials": connection.salesforce_client_secret_hint,
        }
        sign_in = connection.salesforce_sign_in
        if not connection.salesforce_client_id or not hints.get(sign_in, True):
            return {"credentials"}
        return {"sign_in"} if connection.salesforce_is_signed_out else set()

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_check_set_up(self):
        """Show what Salesforce has of what this connection needs."""
        self.ensure_one()
        self._check_manager()
        if self.provider != "salesforce":
            raise UserError(
                self.env._("The connection %s is not one to Salesforce.", self.name)
            )
        return self.env["q2c.preflight"]._open(self)

    def action_generate_flow_secret(self):
        """Make a new secret for flows and show it this once."""
        self.ensure_one()
        self._check_manager()
        secret = secrets.token_urlsafe(32)
        self._put_secret("flow_secret", secret)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Copy the secret now; it is not shown again."),
                "message": secret,
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
