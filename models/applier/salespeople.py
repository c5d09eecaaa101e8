# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who the owners of deals are here."""

from odoo.tools import email_normalize


def salespeople(batch, documents):
    """{(company, e-mail address): the one user who has it}, of the companies that the
    connection serves"""
    companies = batch.connection._served_companies()
    emails = {email_normalize(document.owner_email) for document in documents}
    users = batch.env["res.users"].search(
        [
            ("email_normalized", "in", list(emails - {False, ""})),
            ("share", "=", False),
            ("company_ids", "in", companies.ids),
        ]
    )
    groups = {}
    for user in users:
        # sudo: whose records a user may see is for administrators to read
        for company in companies & user.sudo().company_ids.with_env(batch.env):
            key = company, user.email_normalized
            groups[key] = groups.get(key, users.browse()) + user
    return {key: found for key, found in groups.items() if len(found) == 1}
