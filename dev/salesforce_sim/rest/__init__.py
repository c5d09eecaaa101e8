# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The HTTP face: Salesforce's paths, statuses and headers."""
