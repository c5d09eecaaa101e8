# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What leads and opportunities have in common: both become a crm.lead."""

from odoo import models


class CrmLeadApplier(models.AbstractModel):
    """Base; values always have ``company_id``."""

    _name = "q2c.applier.crm_lead"
    _inherit = "q2c.applier"
    _description = "Applier of Leads"

    _target = "crm.lead"

    def _match(self, batch, items):
        return self._made_here(batch, items)

    def _changed(self, record, vals, winning):
        changed = super()._changed(record, vals, winning)
        if not changed:
            return changed
        company = record.env["res.company"].browse(vals["company_id"])
        # Odoo takes the company away from a lead that nobody has, unless it is told.
        return self._left_behind(record, company) | changed | {"company_id": company.id}

    def _left_behind(self, record, company):
        """What a lead cannot take along into another company."""
        if record.company_id in (company, company.browse()):
            return {}
        left = {}
        # sudo: whose records a user may see is for administrators to read
        if company not in record.user_id.sudo().company_ids:
            left["user_id"] = False
        if record.team_id.company_id not in (company, company.browse()):
            left["team_id"] = False
        return left

    def _insert(self, batch, vals_list):
        """Company by company: the sales team that Odoo finds for the salesperson is one
        of any company that is allowed."""
        by_company, created = {}, {}
        for number, vals in enumerate(vals_list):
            by_company.setdefault(vals["company_id"], []).append(number)
        model = batch.env[self._target]
        for company_id, numbers in by_company.items():
            there = model.with_context(allowed_company_ids=[company_id])
            leads = there.create([vals_list[number] for number in numbers])
            created |= zip(numbers, leads.with_env(batch.env), strict=True)
        return [created[number] for number in range(len(vals_list))]

    def _amend(self, records, changed):
        companies = [changed["company_id"], *records.company_id.ids]
        there = records.with_context(allowed_company_ids=list(dict.fromkeys(companies)))
        return super()._amend(there, changed)
