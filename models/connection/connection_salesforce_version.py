# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which version of its API an org is spoken to in."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...canonical import Hold, explain
from ...providers.salesforce import version

# Versions later than ours that any org has offered: the list of choices knows no
# connection.
PARAMETER = "quote_to_cash.salesforce_api_versions"


class Connection(models.Model):
    _inherit = "q2c.connection"

    salesforce_api_version = fields.Selection(
        "_salesforce_api_version_selection",
        string="API Version",
        required=True,
        default=version.API_VERSION,
        tracking=True,
        help="What this addon was made for, unless the org does not offer it yet.",
    )
    salesforce_api_versions = fields.Char(
        string="Versions Offered",
        readonly=True,
        copy=False,
        help="API versions that the org offered when the connection was tested last.",
    )

    @api.model
    def _salesforce_api_version_selection(self):
        # sudo: which versions there are is no secret
        later = self.env["ir.config_parameter"].sudo().get_param(PARAMETER) or ""
        versions = version.usable({*version.known(), *later.split(",")})
        return [(v, v) for v in sorted(versions, key=float, reverse=True)]

    @api.constrains("salesforce_api_version")
    def _check_salesforce_api_version(self):
        for connection in self.filtered(lambda c: c.provider == "salesforce"):
            try:
                connection._check_offered(connection._offered_versions())
            except Hold as failure:
                raise ValidationError(explain(failure)) from failure

    def _check_offered(self, offered):
        """:raises Hold: ``api_version``"""
        version.check(self.salesforce_api_version, offered)

    def _offered_versions(self):
        """What the org offered last; empty where it was not asked yet."""
        return list(filter(None, (self.salesforce_api_versions or "").split(",")))

    def _keep_api_versions(self, offered):
        """:param offered: versions (list of str) that the org offers"""
        self.salesforce_api_versions = ",".join(offered)
        # sudo: see _salesforce_api_version_selection
        parameters = self.env["ir.config_parameter"].sudo()
        stored = set(filter(None, (parameters.get_param(PARAMETER) or "").split(",")))
        later = set(offered).difference(version.known(), stored)
        if later:
            parameters.set_param(PARAMETER, ",".join(sorted(stored | later)))
