# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Query jobs of the Bulk API 2.0."""
