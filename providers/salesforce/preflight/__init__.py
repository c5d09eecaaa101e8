# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether an org has what a configuration needs, and how it gets it."""
