# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may compare, repair and import."""

from odoo.exceptions import UserError

ROLES = ("quote_to_cash.group_operator", "quote_to_cash.group_finance")


def check(env):
    """:raises UserError: neither an operator nor finance"""
    if not env.su and not any(env.user.has_group(role) for role in ROLES):
        raise UserError(
            env._(
                "Only operators and finance may do this. Ask an administrator for one "
                "of these roles of Quote to Cash."
            )
        )
