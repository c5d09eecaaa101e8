# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What records show of the exceptions that concern them."""

from odoo import fields, models
from odoo.fields import Domain


class Synced(models.AbstractModel):
    _inherit = "q2c.synced"

    q2c_exception_count = fields.Integer(
        string="Open Exceptions",
        compute="_compute_q2c_exceptions",
        groups="quote_to_cash.group_user",
    )
    q2c_exception_message = fields.Text(
        string="What Is Wrong",
        compute="_compute_q2c_exceptions",
        groups="quote_to_cash.group_user",
        help="The worst of the open exceptions about this record.",
    )

    def _compute_q2c_exceptions(self):
        cases = self.env["q2c.exception"].search(
            self._q2c_exception_domain() & Domain("state", "=", "open")
        )
        for record in self:
            concerned = cases.filtered(record._q2c_is_concerned)
            record.q2c_exception_count = len(concerned)
            record.q2c_exception_message = concerned[:1].message

    def action_q2c_view_exceptions(self):
        """Open the only one, or the list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quote_to_cash.q2c_exception_action"
        )
        domain = self._q2c_exception_domain()
        cases = self.env["q2c.exception"].search(domain & Domain("state", "=", "open"))
        if len(cases) == 1:
            return {**action, "res_id": cases.id, "views": [(False, "form")]}
        context = {"search_default_open": 1}
        return {**action, "domain": list(domain), "context": context}

    # ------------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------------

    def _q2c_exception_domain(self):
        """Of the exceptions that concern these records."""
        return Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)

    def _q2c_is_concerned(self, case):
        return case.res_id == self.id


class ResPartner(models.Model):
    """A customer is concerned by whatever stands still of its documents."""

    _inherit = "res.partner"

    def _q2c_exception_domain(self):
        customer = Domain("partner_id", "in", self.ids)
        return customer | Domain("partner_id.commercial_partner_id", "in", self.ids)

    def _q2c_is_concerned(self, case):
        partner = case.partner_id
        return self._origin in partner | partner.commercial_partner_id
