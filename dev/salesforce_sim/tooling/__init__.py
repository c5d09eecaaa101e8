# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The organisation's own make-up, as the Tooling API changes it."""
