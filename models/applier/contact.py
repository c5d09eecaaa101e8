# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contact → a person at a partner."""

from odoo import models
from odoo.tools import email_normalize

from ...canonical import Ref, Wait


class ContactApplier(models.AbstractModel):
    _name = "q2c.applier.contact"
    _inherit = "q2c.applier"
    _description = "Contact to Partner"

    _target = "res.partner"

    def _match(self, batch, items):
        """By the e-mail address among the people of the same company."""
        parents = self._parents(batch, items)
        people = batch.env["res.partner"].search(
            [
                ("parent_id", "in", [parent.id for parent in parents.values()]),
                ("email_normalized", "!=", False),
            ]
        )
        groups = people.grouped(lambda p: (p.parent_id.id, p.email_normalized))
        found = {}
        for item, parent in parents.items():
            email = email_normalize(item.document.email)
            candidates = groups.get((parent.id, email)) if email else None
            if candidates and len(candidates) == 1:
                found[item] = candidates
        return found

    def _parents(self, batch, items):
        """{item: the company}; without those whose company is not here yet."""
        parents = {}
        for item in items:
            try:
                parents[item] = batch.record(
                    Ref("customer", item.document.customer_id), "res.partner"
                )
            except Wait:
                # Its values are asked for next, and raise the same.
                continue
        return parents

    def _values(self, batch, item, record):
        document = item.document
        parent = batch.record(Ref("customer", document.customer_id), "res.partner")
        values = {
            "name": document.name,
            "email": document.email or False,
            "phone": document.phone or document.mobile or False,
            "function": document.function or False,
            "is_company": False,
        }
        if parent:
            values["parent_id"] = parent.id
        return values if record else {**values, "type": "contact"}
