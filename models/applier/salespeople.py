# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who the owners of deals are here."""

from odoo.tools import email_normalize


def salespeople(batch, documents):
    """{e-mail address: the one user who has it}"""
    emails = {email_normalize(document.owner_email) for document in documents}
    users = batch.env["res.users"].search(
        [
            ("email_normalized", "in", list(emails - {False, ""})),
            ("share", "=", False),
            ("company_ids", "in", batch.connection.company_id.ids),
        ]
    )
    groups = users.grouped("email_normalized")
    return {email: found for email, found in groups.items() if len(found) == 1}
