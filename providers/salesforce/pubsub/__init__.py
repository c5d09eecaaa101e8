# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Hearing of changes as they are committed: Change Data Capture and platform events,
through Salesforce's Pub/Sub API.

It needs libraries that are not installed with the addon: :mod:`.libraries` says which.
``interface``, ``subscription`` and ``ear`` import them, so those are imported only
where somebody listens.
"""
