# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a user may see and change: permission sets, objects, fields."""
