# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the tests of the addon's Salesforce client share."""

from datetime import datetime, timedelta, timezone

from quote_to_cash.canonical import StatusUpdate
from quote_to_cash.providers.salesforce.requests import update_of
from quote_to_cash.providers.salesforce.schema import Schema
from quote_to_cash.providers.salesforce.streams import stream_of

SCHEMA = Schema(currency="EUR")
FUTURE = timedelta(days=1)


def now(sim):
    shown = sim.control("clock", "GET")["now"]
    return datetime.strptime(shown, "%Y-%m-%dT%H:%M:%S.%f%z")


def poll(client, code, position=None, limit=200):
    until = datetime.now(timezone.utc) + FUTURE
    return client.changes(stream_of(code), position or {}, until, limit)


def requests_made(sim):
    return sim.control("state", "GET")["api_calls"]


def status(record_id, **values):
    return update_of(
        StatusUpdate(id=record_id, object_name="Opportunity", values=values)
    )
