# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stripe: its client, its events, and pure functions between its objects and the
canonical documents."""
