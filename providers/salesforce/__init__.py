# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Salesforce: its client, its messages, and pure functions between its records and the
canonical documents."""
