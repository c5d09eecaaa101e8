# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The roles of contacts in the deals of a batch."""

from ...canonical import Ref


def follow(batch, items):
    """Make the roles of the leads of ``items`` those of their documents, read for all
    of them at once."""
    wanted = {}
    for item in items:
        for role in item.document.roles:
            contact = batch.record(Ref("contact", role.contact_id), "res.partner")
            wanted[item.record.id, contact.id, role.role] = role.is_primary
    # sudo: what the CRM says of a deal is the engine's to write
    model = batch.env["q2c.contact.role"].sudo()
    there = model.search([("lead_id", "in", [item.record.id for item in items])])
    known = {(row.lead_id.id, row.partner_id.id, row.role or ""): row for row in there}
    model.union(*(row for key, row in known.items() if key not in wanted)).unlink()
    for key, row in known.items():
        if key in wanted and row.is_primary != wanted[key]:
            row.is_primary = wanted[key]
    model.create(
        [
            {
                "lead_id": lead_id,
                "partner_id": partner_id,
                "role": role or False,
                "is_primary": is_primary,
            }
            for (lead_id, partner_id, role), is_primary in wanted.items()
            if (lead_id, partner_id, role) not in known
        ]
    )
