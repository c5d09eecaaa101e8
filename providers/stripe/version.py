# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which version of the API is spoken."""

# The version that the library (stripe 16) was generated from. Stripe keeps versions
# alive for good (https://docs.stripe.com/api/versioning), so this one is changed by
# hand only, together with the library.
API_VERSION = "2026-10-28.endive"
# Payloads of versions in between are read as they are; what is older or newer is read
# again at API_VERSION. This was the first version in which an invoice named the taxes
# and discounts of each line as it does until 2025
# (https://docs.stripe.com/upgrades#2020-08-27).
OLDEST_READABLE = "2020-08-27"


def is_readable(api_version: str) -> bool:
    """Whether payloads of ``api_version`` have one of the shapes that we know. Previews
    have shapes of their own."""
    date, _, name = api_version.partition(".")
    return OLDEST_READABLE <= date <= API_VERSION[:10] and name != "preview"
