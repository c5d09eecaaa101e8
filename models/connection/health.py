# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether the account at the other end answers, and is the right one."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...canonical import Failure, explain


class Connection(models.Model):
    _inherit = "q2c.connection"

    health = fields.Selection(
        [("unknown", "Not tested"), ("ok", "Reachable"), ("error", "Error")],
        required=True,
        readonly=True,
        default="unknown",
        copy=False,
    )
    health_message = fields.Text(readonly=True, copy=False)
    health_checked_at = fields.Datetime(readonly=True, copy=False)

    def action_test(self):
        """Call the provider once and say what answered."""
        self.ensure_one()
        self._check_manager()
        message = self._check_health()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Connection test"),
                "message": message,
                "type": "success" if self.health == "ok" else "danger",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_health(self):
        """Call the provider, record what it said.

        :return: one sentence for a person
        """
        self.ensure_one()
        try:
            health = self._provider()._health(self)
            self._check_account(health)
        except (Failure, UserError) as error:
            message = explain(error)
            self._set_health("error", message)
            return message
        message = self.env._(
            "Connected to %(name)s (%(account)s).",
            name=health.account_name or self.name,
            account=health.account_id,
        )
        self.write(
            {"account_ref": health.account_id, "account_name": health.account_name}
        )
        self._set_health("ok", message)
        self._close_breaker()
        return message

    def _check_account(self, health):
        if self.account_ref and self.account_ref != health.account_id:
            raise UserError(
                self.env._(
                    "The credentials belong to %(found)s, but the connection "
                    "%(name)s was made for %(expected)s. Enter credentials of the "
                    "right account, or create a connection of its own.",
                    found=health.account_id,
                    name=self.name,
                    expected=self.account_ref,
                )
            )
        if health.live and self.environment == "test":
            raise UserError(
                self.env._(
                    "The credentials of the connection %(name)s are live ones, but "
                    "the connection is a test one. Nothing was kept running with "
                    "them: enter test credentials, or set the environment to live.",
                    name=self.name,
                )
            )
        if not health.live and self.environment == "live":
            raise UserError(
                self.env._(
                    "The credentials of the connection %(name)s are test ones, but "
                    "the connection is live. Enter live credentials.",
                    name=self.name,
                )
            )

    def _set_health(self, health, message):
        self.write(
            {
                "health": health,
                "health_message": message,
                "health_checked_at": fields.Datetime.now(),
            }
        )
