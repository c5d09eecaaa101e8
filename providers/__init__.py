# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One package per provider: its client, its signatures, and pure functions between its
payloads and the canonical documents. Runs without Odoo."""
