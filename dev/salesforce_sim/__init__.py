# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A stand-in for a Salesforce organisation's REST API, for loopback tests and demos.

A process of its own: it shares no code with the addon or with simple-salesforce, so
that both cannot be wrong together. See README.md.
"""
