# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a connection to Stripe needs."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Stripe retries a delivery for up to three days with the secret that it was signed with
# (https://docs.stripe.com/webhooks#retries); a rotation may not outlast a working day.
ROTATION = timedelta(days=1)


class Connection(models.Model):
    _inherit = "q2c.connection"

    provider = fields.Selection(
        selection_add=[("stripe", "Stripe")], ondelete={"stripe": "cascade"}
    )
    stripe_api_key = fields.Char(
        string="Secret Key",
        compute="_compute_write_only",
        inverse="_inverse_stripe_api_key",
        groups="quote_to_cash.group_manager",
        help="A secret or restricted key. It is encrypted and never shown again.",
    )
    stripe_api_key_hint = fields.Char(
        compute="_compute_secret_hints", groups="quote_to_cash.group_manager"
    )
    stripe_signing_secret = fields.Char(
        string="Signing Secret",
        compute="_compute_write_only",
        inverse="_inverse_stripe_signing_secret",
        groups="quote_to_cash.group_manager",
        help="Of the webhook endpoint. The former one stays valid for a day.",
    )
    stripe_signing_secret_hint = fields.Char(
        compute="_compute_secret_hints", groups="quote_to_cash.group_manager"
    )
    stripe_endpoint_id = fields.Char(
        string="Webhook Endpoint",
        readonly=True,
        copy=False,
        help="Stripe's id of the endpoint that was created from here.",
    )

    # ------------------------------------------------------------------
    # SECRETS
    # ------------------------------------------------------------------

    def _inverse_stripe_api_key(self):
        for connection in self.filtered("stripe_api_key"):
            connection._check_stripe_key(connection.stripe_api_key.strip())
        self._take_secret("stripe_api_key", "api_key")

    def _inverse_stripe_signing_secret(self):
        until = fields.Datetime.now() + ROTATION
        self._take_secret("stripe_signing_secret", "signing_secret", until)

    def _check_stripe_key(self, key):
        if not key.startswith(("sk_", "rk_")):
            raise ValidationError(
                self.env._(
                    "This is no secret key of Stripe: those start with sk_ or rk_. "
                    "Copy it from Stripe's dashboard, Developers, API keys."
                )
            )
        if "_live_" in key[:8] and self.environment != "live":
            raise ValidationError(
                self.env._(
                    "This is a live key, but the connection %s is a test one. Enter "
                    "a test key, or set the environment to live.",
                    self.name,
                )
            )

    @api.model
    def _secret_hint_fields(self):
        return {
            **super()._secret_hint_fields(),
            "stripe_api_key_hint": "api_key",
            "stripe_signing_secret_hint": "signing_secret",
        }

    def _open_steps(self):
        steps = super()._open_steps()
        if self.provider == "stripe" and self.state != "active":
            # sudo: whether there is a secret is for everyone to know
            connection = self.sudo()
            if not connection.stripe_api_key_hint:
                steps.add("credentials")
            if not connection.stripe_signing_secret_hint:
                steps.add("webhook")
        return steps

    # ------------------------------------------------------------------
    # WEBHOOK ENDPOINT
    # ------------------------------------------------------------------

    def action_create_endpoint(self):
        """Register the webhook address at Stripe and keep the secret it answers with.
        An endpoint made from here before is replaced."""
        self.ensure_one()
        self._check_manager()
        if self.provider != "stripe":
            raise UserError(
                self.env._("The connection %s is not one to Stripe.", self.name)
            )
        self._provider()._create_endpoint(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "Stripe now sends its events to %s.", self.webhook_url
                ),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
