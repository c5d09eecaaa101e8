# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Objects at the provider beside the inbox and the records in Odoo, many at a time."""

from dataclasses import dataclass, field
from typing import Any

from ...canonical import Failure, Hold, Ref
from ..engine.queued import OPEN_STATES
from .comparison import DRAFT
from .figure import Figure, same

MISSING = "missing"
NOT_APPLIED = "not_applied"
HELD = "held"
NOT_POSTED = "not_posted"
DIFFERS = "differs"
EXTRA = "extra"
UNREADABLE = "unreadable"


@dataclass(eq=False, slots=True)
class Compared:
    """One object: what it counts for where.

    ``document``: None where the provider does not know the object. ``events``: {state:
    id of the newest event of the object in it}. ``record``: (model, id) of what it is
    linked to, where that exists.
    """

    ref: Ref
    document: Any = None
    failure: Exception | None = None
    told: Figure | None = None
    booked: Figure | None = None
    events: dict = field(default_factory=dict)
    record: tuple | None = None

    @property
    def currency(self):
        return (self.told and self.told.currency) or (
            self.booked.currency if self.booked else ""
        )

    @property
    def is_applied(self):
        return "done" in self.events

    @property
    def newest_state(self):
        """Of its events; empty where there is none."""
        return max(self.events, key=self.events.get) if self.events else ""

    @property
    def sort(self):
        """In which way it differs; empty where it does not."""
        if self.failure is not None:
            return UNREADABLE
        if same(self.told, self.booked):
            return MISSING if self.told and not self.events else ""
        if self.document is None:
            return EXTRA
        if self.booked and self.booked.note == DRAFT:
            return NOT_POSTED
        return self._sort_by_events()

    def _sort_by_events(self):
        if not self.events:
            return MISSING if self.told else DIFFERS
        if self.newest_state == "failed":
            return HELD
        if self.newest_state in OPEN_STATES or self.booked is None:
            return NOT_APPLIED
        return DIFFERS


def of_envelopes(connection, kind, envelopes):
    """What a page of the provider's list says, each object once: a list of Compared."""
    provider = connection._provider()
    found = {}
    for envelope in envelopes:
        content = provider._open(connection, kind, envelope.payload).content
        found[envelope.ref] = (content, envelope.api_version)
    return _compare(connection, kind, found)


def of_contents(connection, kind, contents):
    """The same of objects that were fetched: {ref: content, None for what does not
    exist, or the Hold that kept us from it}."""
    found = {ref: (content, "") for ref, content in contents.items()}
    return _compare(connection, kind, found)


def _compare(connection, kind, found):
    comparison = connection.env[f"q2c.comparison.{kind}"]
    events = _events(connection, kind, found)
    records = _records(connection, comparison, found)
    result = []
    for ref, (content, version) in found.items():
        compared = Compared(ref, events=events.get(ref.id, {}))
        _translate(connection, compared, content, version)
        if compared.document is not None:
            compared.told = comparison._told(connection, compared.document)
        record = records.get(ref)
        if record:
            compared.record = (record._name, record.id)
            compared.booked = comparison._booked(connection, record)
        result.append(compared)
    return result


def _translate(connection, compared, content, version):
    if content is None:
        return
    if isinstance(content, Hold):
        compared.failure = content
        return
    provider = connection._provider()
    try:
        compared.document = provider._translate(
            connection, compared.ref.kind, content, version
        )
    except Failure as failure:
        compared.failure = failure


def _events(connection, kind, refs):
    """{object id: {state: id of the newest event}}"""
    groups = connection.env["q2c.event"]._read_group(
        [
            ("connection_id", "=", connection.id),
            ("kind", "=", kind),
            ("object_id", "in", [ref.id for ref in refs]),
        ],
        ["object_id", "state"],
        ["id:max"],
    )
    events = {}
    for object_id, state, newest in groups:
        events.setdefault(object_id, {})[state] = newest
    return events


def _records(connection, comparison, refs):
    """{ref: the record that it is linked to}, of those that exist."""
    model = comparison._target
    bindings = connection.env["q2c.binding"]._resolve(connection, refs)
    ids = {
        ref: binding.res_id
        for ref, binding in bindings.items()
        if binding.res_model == model
    }
    alive = connection.env[model].browse(set(ids.values())).exists()
    by_id = {record.id: record for record in alive}
    return {ref: by_id[res_id] for ref, res_id in ids.items() if res_id in by_id}
