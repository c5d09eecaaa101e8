# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The work in hand: some objects of one connection, and what they are linked to."""

from dataclasses import dataclass
from typing import Any

from odoo import fields

from ...canonical import Document, Failure, Reading, Ref, Wait

# Models of records that belong to one of the companies that a connection serves.
OF_A_COMPANY = ("account.move", "crm.lead", "q2c.subscription", "sale.order")


@dataclass(eq=False, slots=True)
class Item:
    """One object on its way through a lane. ``result``, once there is one: done,
    unchanged, superseded or ignored; otherwise ``failure`` says why not."""

    event: Any
    ref: Ref
    occurred_at: Any
    reading: Reading | None = None
    document: Document | None = None
    # Several states bear the same time: which is the last only the provider can tell.
    ambiguous: bool = False
    result: str = ""
    failure: Exception | None = None
    record: Any = None

    @property
    def open(self):
        return not self.result and self.failure is None


class _LinkedIds:
    """Ids of the records of ``model`` in ``bindings``, listed when they are needed."""

    def __init__(self, bindings, model):
        self.bindings = bindings
        self.model = model

    def __iter__(self):
        return (
            binding.res_id
            for binding in self.bindings.values()
            if binding and binding.res_model == self.model
        )

    def __reversed__(self):
        return reversed(list(self))


class Batch:
    """Items of one connection, applied together.

    ``connection`` is in the service user's environment. ``bindings``: {ref:
    q2c.binding} of the items and of all they depend on. ``books``: whose settings what
    is booked goes by: the connection itself, or a q2c.connection.entity of it.
    """

    def __init__(self, connection, items, bindings, lookup=None, books=None):
        self.connection = connection
        self.books = books or connection
        self.env = connection.env
        self.items = items
        self.bindings = bindings
        # What the applier looks the values of all items up in, read once.
        self.lookup = lookup
        # What people have mapped besides, once the applier knows its documents.
        self.mapped = None
        self._alive = {}

    def of(self, items):
        """The same batch, narrowed to some of its items."""
        return Batch(self.connection, items, self.bindings, self.lookup, self.books)

    def into(self, books):
        """The same batch in the company of ``books``."""
        connection = self.connection.with_company(books.company_id)
        books = books.with_env(connection.env)
        return Batch(connection, self.items, self.bindings, self.lookup, books)

    def sudo(self):
        """The same batch with the system's rights, for what is the engine's own."""
        return Batch(self.connection.sudo(), self.items, self.bindings, self.lookup)

    @property
    def open_items(self):
        return [item for item in self.items if item.open]

    def record(self, ref, model):
        """The record of ``model`` that ``ref`` is linked to; an empty one for no id.

        :raises Wait: it is not linked yet
        """
        if not ref.id:
            return self.env[model]
        binding = self.bindings.get(ref)
        if not binding or binding.res_model != model:
            raise Wait(
                "dependency",
                f"The {ref.kind.replace('_', ' ')} {ref.id} is not here yet.",
                needs=ref,
            )
        return self._together(model, [binding.res_id])

    def records(self, refs, model):
        """The records of ``model`` that ``refs`` are linked to, each once; see
        :meth:`record`. A union of those would be read apart from the batch."""
        ids = dict.fromkeys(self.record(ref, model).id for ref in refs)
        return self._together(model, list(filter(None, ids)))

    def _together(self, model, ids):
        """Records that are read with all others of the batch, not one by one."""
        linked = _LinkedIds(self.bindings, model)
        return self.env[model].browse(ids).with_prefetch(linked)

    def bound(self, item, model):
        """The record that the item itself is linked to; empty when new or deleted."""
        binding = self.bindings.get(item.ref)
        if not binding or binding.res_model != model:
            return self.env[model]
        if model not in self._alive:
            ids = _LinkedIds(
                {i.ref: self.bindings.get(i.ref) for i in self.items}, model
            )
            self._alive[model] = self.env[model].browse(ids).exists()
        alive = self._alive[model]
        if binding.res_id not in alive.ids:
            return self.env[model]
        return alive.browse(binding.res_id).with_prefetch(alive.ids)

    def is_origin(self, item):
        """Whether the item's values win over what its record says: only where the
        record was created from it."""
        binding = self.bindings.get(item.ref)
        return bool(binding and binding.is_origin)

    def was_deleted(self, item):
        """Whether the object was last heard of as deleted at the provider."""
        binding = self.bindings.get(item.ref)
        # sudo: links are the engine's own
        return bool(binding and binding.sudo().is_deleted)

    def collect(self, function):
        """{item: function(item)} for the open items; one that raises a known failure is
        left out and keeps it, so that the others go on."""
        results = {}
        for item in self.open_items:
            try:
                results[item] = function(item)
            except Failure as failure:
                item.failure = failure
        return results

    def reconsider(self, item, failure):
        """The item was linked, but not all that follows from it came about: it fails,
        and is applied anew at the next try although its content is the same."""
        item.result = ""
        item.failure = failure
        # sudo: see bind
        self.bindings[item.ref].sudo().fingerprint = False

    def _company_of(self, record):
        """Whose people see the link: those of what one company sells or books, else
        those of the connection."""
        own = record._name in OF_A_COMPANY and record.company_id
        return own or self.connection.company_id

    def bind(self, records, origins=()):
        """Link the items to their records: {item: record}, set-based.

        :param origins: the items whose records were created from them
        """
        origins = set(origins)
        # sudo: links are the engine's own, the service user has no right to write them
        model = self.env["q2c.binding"].sudo()
        now = fields.Datetime.now()
        missing = []
        for item, record in records.items():
            item.record = record
            binding = self.bindings.get(item.ref)
            target = {"res_model": record._name, "res_id": record.id}
            company_id = self._company_of(record).id
            values = {
                "version": item.occurred_at,
                "fingerprint": item.document.fingerprint(),
                "figures": item.document.figures() or False,
                "metadata": dict(item.document.metadata) or False,
                "applied_at": now,
                "sync_state": "synced",
                "message": False,
                "trace": item.document.trace or (binding and binding.trace) or False,
                "is_deleted": item.document.deleted,
            }
            if binding:
                if item in origins:
                    # What it was linked to before is gone.
                    values["is_origin"] = True
                if (binding.res_model, binding.res_id) != tuple(target.values()):
                    # Else what hangs on the target would be looked up for each link.
                    values.update(target)
                if binding.company_id.id != company_id:
                    values["company_id"] = company_id
                binding.sudo().write(values)
            else:
                missing.append(
                    {
                        **target,
                        **values,
                        "company_id": company_id,
                        "connection_id": self.connection.id,
                        "kind": item.ref.kind,
                        "external_id": item.ref.id,
                        "is_origin": item in origins,
                    }
                )
            item.result = "done"
        for binding in model.create(missing):
            self.bindings[binding._ref()] = binding.with_env(self.env)
