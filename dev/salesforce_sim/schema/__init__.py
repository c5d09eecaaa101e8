# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which objects and fields the organisation has: compact tables, one per object."""
