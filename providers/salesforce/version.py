# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which version of the API is spoken."""

# Spring '26. A version is supported for at least three years from its release
# (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm),
# so this one until 2029 at the earliest.
API_VERSION = "66.0"
