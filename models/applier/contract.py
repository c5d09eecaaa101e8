# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contract of the CRM → its mirror."""

from odoo import models

from ...canonical import Ref


class ContractApplier(models.AbstractModel):
    _name = "q2c.applier.contract"
    _inherit = "q2c.applier"
    _description = "Contract to Contract"

    _target = "q2c.contract"

    def _apply(self, batch):
        # sudo: mirrors are the engine's own
        return super()._apply(batch.sudo())

    def _values(self, batch, item, record):
        document = item.document
        customer = batch.record(Ref("customer", document.customer_id), "res.partner")
        return {
            "name": document.number or document.id,
            "company_id": batch.connection.company_id.id,
            "partner_id": customer.id,
            "status": document.status or False,
            "is_active": document.is_active,
            "start_date": document.start_date or False,
            "end_date": document.end_date or False,
            "term": document.term,
        }
