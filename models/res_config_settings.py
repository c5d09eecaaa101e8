# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .connection import vault
from .connection.environment import is_production
from .engine.lane import DEFAULT_COUNT, MAX_COUNT


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    q2c_lanes = fields.Integer(
        string="Inbox Lanes",
        default=DEFAULT_COUNT,
        help="How many events are processed side by side.",
    )
    q2c_connection_count = fields.Integer(compute="_compute_q2c_facts")
    q2c_secret_count = fields.Integer(compute="_compute_q2c_facts")
    q2c_environment = fields.Selection(
        [("test", "Test"), ("production", "Production")], compute="_compute_q2c_facts"
    )
    q2c_key_problem = fields.Text(
        compute="_compute_q2c_facts", help="Why secrets cannot be stored, if so."
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends_context("uid")
    def _compute_q2c_facts(self):
        try:
            vault.check(self.env)
            problem = False
        except UserError as error:
            problem = str(error)
        # sudo: plain numbers
        connections = self.env["q2c.connection"].sudo().search_count([])
        stored = self.env["q2c.secret"].sudo().search_count([])
        for settings in self:
            settings.q2c_key_problem = problem
            settings.q2c_connection_count = connections
            settings.q2c_secret_count = stored
            settings.q2c_environment = (
                "production" if is_production(self.env) else "test"
            )

    @api.constrains("q2c_lanes")
    def _check_q2c_lanes(self):
        for settings in self:
            if not 1 <= settings.q2c_lanes <= MAX_COUNT:
                raise ValidationError(
                    self.env._(
                        "The inbox needs at least 1 lane and takes at most %s. Enter "
                        "a number between them.",
                        MAX_COUNT,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def get_values(self):
        return {**super().get_values(), "q2c_lanes": self.env["q2c.lane"]._count()}

    def set_values(self):
        result = super().set_values()
        if self.q2c_lanes != self.env["q2c.lane"]._count():
            self.env["q2c.lane"]._set_count(self.q2c_lanes)
        return result

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_q2c_rotate_secrets(self):
        """Encrypt what is stored anew, so that a former key can be taken away."""
        self.env["q2c.connection"]._check_manager()
        count = self.env["q2c.secret"]._rotate_all()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "%s secrets are now encrypted under the first configured key.",
                    count,
                ),
                "type": "success",
            },
        }
