# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contact → a person at a partner."""

from odoo import models
from odoo.tools import email_normalize

from ...canonical import Ref, Wait
from .places import Places


class ContactApplier(models.AbstractModel):
    _name = "q2c.applier.contact"
    _inherit = "q2c.applier.party"
    _description = "Contact to Partner"

    def _lookup(self, batch):
        """Addresses are a company's, but for those who have none."""
        return Places(
            batch.env,
            [
                i.document.address
                for i in batch.open_items
                if not i.document.customer_id
            ],
        )

    def _match(self, batch, items):
        """By the e-mail address among the people of the same company; each person is
        one contact of the CRM only."""
        parents = self._parents(batch, items)
        people = batch.env["res.partner"].search(
            [
                ("parent_id", "in", [parent.id for parent in parents.values()]),
                ("type", "=", "contact"),
                ("email_normalized", "!=", False),
            ]
        )
        bindings = batch.env["q2c.binding"]
        taken = bindings._of_records(batch.connection, "contact", people)
        groups = people.grouped(lambda p: (p.parent_id.id, p.email_normalized))
        found = {}
        for item, parent in parents.items():
            email = email_normalize(item.document.email)
            candidates = groups.get((parent.id, email)) or people.browse()
            if len(candidates) == 1 and candidates.id not in taken:
                taken[candidates.id] = item
                found[item] = candidates
        return found

    def _parents(self, batch, items):
        """{item: the company}; without those whose company is not here yet."""
        parents = {}
        for item in items:
            try:
                parent = batch.record(
                    Ref("customer", item.document.customer_id), "res.partner"
                )
            except Wait:
                # Its values are asked for next, and raise the same.
                continue
            if parent:
                parents[item] = parent
        return parents

    def _values(self, batch, item, record):
        document = item.document
        parent = batch.record(Ref("customer", document.customer_id), "res.partner")
        values = {
            "name": document.name or document.email or document.id,
            "email": document.email or False,
            "phone": document.phone or document.mobile or False,
            "function": document.function or False,
            "is_company": False,
        }
        if parent:
            # Odoo would find the language out for one after the other.
            values["parent_id"] = parent.id
            if not record and parent.lang:
                values["lang"] = parent.lang
        elif document.address:
            values.update(batch.lookup.values(document.address))
        return values if record else {**values, "type": "contact"}
