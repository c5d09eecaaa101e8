# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A Stripe API stand-in for tests and demonstrations on loopback.

It shares no code with the addon nor with the official library: what both would
get wrong together could otherwise not be seen.
"""

# The version that the official Python library 16 pins, and the only shape in
# which this simulator speaks.
API_VERSION = "2026-10-28.endive"
