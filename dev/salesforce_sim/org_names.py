# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Names that the organisation begins with."""

STANDARD_USER = "integration@simulated.example"
