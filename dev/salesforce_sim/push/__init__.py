# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the organisation sends by itself: outbound messages and Flow callouts."""
