# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The event bus: change events and platform events, heard through the Pub/Sub API."""
