# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Salesforce has of what a connection needs: looked at now, kept nowhere."""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..canonical import Failure, explain

# Results in the order in which they are shown: what is to be done comes first.
RESULTS = [
    ("missing", "Missing"),
    ("no_permission", "No permission"),
    ("wrong_type", "Wrong type"),
    ("not_unique", "Not unique"),
    ("hint", "Note"),
    ("ok", "Ready"),
]
# Nothing is to be done about these.
FINE = ("ok", "hint")
# What the permission set can open.
GRANTABLE = "no_permission"


class Preflight(models.TransientModel):
    _name = "q2c.preflight"
    _description = "Set-Up Check"

    connection_id = fields.Many2one("q2c.connection", required=True, readonly=True)
    line_ids = fields.One2many("q2c.preflight.line", "preflight_id", readonly=True)
    may_create = fields.Boolean(
        readonly=True,
        help="Whether the integration user may create fields and permission sets.",
    )
    open_count = fields.Integer(compute="_compute_open_count")
    can_create = fields.Boolean(compute="_compute_open_count")
    refusals = fields.Text(readonly=True)
    package = fields.Binary(readonly=True, attachment=False)

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    def _compute_display_name(self):
        for preflight in self:
            preflight.display_name = self.env._(
                "Set-Up of %s", preflight.connection_id.name
            )

    @api.depends("line_ids.result", "line_ids.is_creatable", "may_create")
    def _compute_open_count(self):
        for preflight in self:
            lines = preflight.line_ids.filtered(lambda line: line.result not in FINE)
            preflight.open_count = len(lines)
            preflight.can_create = preflight.may_create and any(
                line.is_creatable or line.result == GRANTABLE for line in lines
            )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    @api.model
    def _open(self, connection):
        """Action that shows how the set-up of ``connection`` is now."""
        seen = self._ask(connection, "_preflight")
        preflight = self.create({"connection_id": connection.id})
        preflight._show(*seen)
        return preflight._reopen()

    def action_check(self):
        """Look again."""
        self.ensure_one()
        self._show(*self._ask(self.connection_id, "_preflight"))
        return self._reopen()

    def action_create(self):
        """Create and open what is missing, with the rights of the integration user."""
        self.ensure_one()
        before = self._open_ones()
        refusals, *seen = self._ask(self.connection_id, "_install")
        self._show(*seen, refusals)
        done = before - self._open_ones()
        if done:
            # That something was changed there is for the trail.
            self.connection_id._message_log(
                body=self.env._(
                    "Created or opened in Salesforce: %s.", ", ".join(sorted(done))
                )
            )
        return self._reopen()

    def action_download(self):
        """The package that an administrator of the org deploys."""
        self.ensure_one()
        content = self._ask(self.connection_id, "_package")
        self.package = base64.b64encode(content)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/package/quote_to_cash.zip"
            "?download=true",
            "target": "download",
        }

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    @api.model
    def _ask(self, connection, verb):
        """Have the provider of ``connection`` do ``verb``, which asks Salesforce."""
        connection._check_manager()
        try:
            return getattr(connection._provider(), verb)(connection)
        except Failure as failure:
            raise UserError(explain(failure)) from failure

    def _show(self, findings, may_create, refusals=()):
        order = [result for result, _label in RESULTS]
        findings = sorted(findings, key=lambda finding: order.index(finding.result))
        lines = [
            Command.create(
                {
                    "what": finding.what,
                    "purpose": finding.purpose,
                    "result": finding.result,
                    "remedy": finding.remedy,
                    "is_creatable": finding.creatable,
                }
            )
            for finding in findings
        ]
        self.write(
            {
                "line_ids": [Command.clear(), *lines],
                "may_create": may_create,
                "refusals": "\n".join(map(explain, refusals)) or False,
            }
        )

    def _open_ones(self):
        lines = self.line_ids.filtered(lambda line: line.result not in FINE)
        return set(lines.mapped("what"))

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
