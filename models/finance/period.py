# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Closed periods: which day an entry may bear, and by whose leave."""

from datetime import timedelta

from odoo.fields import Domain

from odoo.addons.account.models.company import SOFT_LOCK_DATE_FIELDS


def violations(company, date, *, sale=False, tax=False):
    """[(lock date, its field)] that forbid an entry on ``date`` to the user of
    ``company``'s environment, exceptions considered."""
    return company._get_lock_date_violations(
        date, fiscalyear=True, sale=sale, purchase=False, tax=tax, hard=True
    )


def first_open_day(company, date, **locks):
    """``date``, or the first day after it that nothing forbids."""
    while found := violations(company, date, **locks):
        date = max(lock for lock, _field in found) + timedelta(days=1)
    return date


def is_ever_locked(company, date):
    """Whether any lock date, exceptions left aside, reaches ``date``: cheap, and no for
    nearly all entries."""
    strict = company.with_context(ignore_exceptions=True)
    names = (*SOFT_LOCK_DATE_FIELDS, "hard_lock_date")
    return any(date <= strict[f"user_{name}"] for name in names)


def exceptions_used(company, date, *, sale=False, tax=False):
    """The lock date exceptions that an entry on ``date`` is owed to."""
    checked = {
        "fiscalyear_lock_date": True,
        "sale_lock_date": sale,
        "tax_lock_date": tax,
    }
    strict = company.with_context(ignore_exceptions=True)
    names = [
        name
        for name, is_checked in checked.items()
        if is_checked and date <= strict[f"user_{name}"]
    ]
    # sudo: whose leave it was is for everyone to know who sees the entry
    return (
        company.env["account.lock_exception"]
        .sudo()
        .search(
            Domain("company_id", "parent_of", company.ids)
            & Domain("state", "=", "active")
            & Domain("lock_date_field", "in", names)
            & Domain("user_id", "in", [False, company.env.uid])
        )
    )
