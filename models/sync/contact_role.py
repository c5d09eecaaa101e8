# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who plays which part in a deal, as the CRM says."""

from odoo import fields, models


class ContactRole(models.Model):
    _name = "q2c.contact.role"
    _description = "Contact Role"
    _order = "lead_id, is_primary desc, id"
    _rec_name = "role"

    lead_id = fields.Many2one(
        "crm.lead", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="lead_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, readonly=True, index=True
    )
    role = fields.Char(readonly=True, help="As it is called in the CRM.")
    is_primary = fields.Boolean(string="Primary", readonly=True)
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    q2c_contact_role_ids = fields.One2many(
        "q2c.contact.role",
        "lead_id",
        string="Contact Roles",
        readonly=True,
        groups="quote_to_cash.group_user",
    )
