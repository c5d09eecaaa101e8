# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pictures of the addon's screens, filled by its demo data."""
