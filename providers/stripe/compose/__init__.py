# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The parameters of calls, kind by kind. JSON-able: money and percentages are integers
or texts, never floats."""
