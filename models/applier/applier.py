# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From canonical documents to records. One model per kind: ``q2c.applier.<kind>``."""

from odoo import models

from ..engine.rules_applied import rules_of
from ..policy.ownership import Ownership
from .mapped_fields import MappedFields


class Applier(models.AbstractModel):
    """Runs with the rights of the connection's service user, in one savepoint for all
    items of a batch: all that it raises makes the engine halve the batch, so what
    concerns one item only is kept with :meth:`Batch.collect` instead.

    A kind that is one record per object says only which model it is, how records are
    found that are there already, and what values a document has.
    """

    _name = "q2c.applier"
    _description = "Applier"

    # Name of the model that the documents become records of.
    _target = None

    # ------------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------------

    def _lookup(self, batch):
        """What the values of all items need, read for all of them at once; it is there
        as ``batch.lookup``."""
        return ()

    def _match(self, batch, items):
        """{item: record} for ``items`` that are not linked yet, where the evidence that
        a record is theirs is certain; set-based."""
        return {}

    def _made_here(self, batch, items):
        """{item: record} for ``items`` that bear our reference of a record."""
        start = f"{batch.connection._current_uuid()}:{self._target}:"
        wanted = {}
        for item in items:
            number = item.document.odoo_ref.removeprefix(start)
            if number != item.document.odoo_ref and number.isdigit():
                wanted[item] = int(number)
        model = batch.env[self._target]
        there = set(model.browse(set(wanted.values())).exists().ids)
        return {
            item: model.browse(record_id)
            for item, record_id in wanted.items()
            if record_id in there
        }

    def _evidence(self, batch, item):
        """What :meth:`_match` goes by: no two new records of a batch have one of these
        in common."""
        return set()

    def _values(self, batch, item, record):
        """What the document says of its record, for create and write.

        :param record: the one there is, else empty
        :raises Wait, Hold: it cannot be said
        """
        raise NotImplementedError

    def _remove(self, batch, item, record):
        """The object was deleted at the provider: archive, never delete, and only what
        was created from it.

        :return: the record that the object is linked to from now on
        :raises Wait, Hold: it cannot be removed
        """
        if batch.is_origin(item) and "active" in record._fields and record.active:
            record.active = False
        return record

    def _created(self, batch, records):
        """What is to be done with new records: {item: record}."""

    def _updated(self, batch, records):
        """What is to be done with records that were there: {item: record}."""

    # ------------------------------------------------------------------
    # THE TEMPLATE
    # ------------------------------------------------------------------

    def _apply(self, batch):
        """Bring the open items of ``batch`` into Odoo and link them."""
        batch.lookup = self._lookup(batch)
        existing = self._existing(batch)
        self._apply_deleted(batch, existing)
        empty = batch.env[self._target]
        batch.mapped = MappedFields(
            batch, "field", self._target, (i.document for i in batch.open_items)
        )
        values = batch.collect(
            lambda item: (
                self._values(batch, item, existing.get(item, empty))
                | batch.mapped.values(item.document)
            )
        )
        self._update_records(
            batch, {i: v for i, v in values.items() if i in existing}, existing
        )
        self._create_records(
            batch, {i: v for i, v in values.items() if i not in existing}
        )
        batch.mapped.report({item: item.record for item in values if item.record})

    def _existing(self, batch):
        existing, unknown = {}, []
        for item in batch.open_items:
            record = batch.bound(item, self._target)
            if record:
                existing[item] = record
            elif not item.document.deleted:
                unknown.append(item)
        return existing | self._match(batch, unknown)

    def _apply_deleted(self, batch, existing):
        deleted = [item for item in batch.open_items if item.document.deleted]
        empty = batch.env[self._target]
        kept = batch.of(deleted).collect(
            lambda item: self._remove(batch, item, existing.get(item, empty))
        )
        batch.bind({item: record for item, record in kept.items() if record})
        for item in batch.of(deleted).open_items:
            item.result = "ignored"
        self._restore(batch, existing)

    def _restore(self, batch, existing):
        """What was archived because it was deleted at the provider, and is there again,
        is shown again."""
        back = [
            record.id
            for item, record in existing.items()
            if item.open
            and batch.was_deleted(item)
            and batch.is_origin(item)
            and "active" in record._fields
            and not record.active
        ]
        if back:
            batch.env[self._target].browse(back).action_unarchive()

    def _update_records(self, batch, values, existing):
        """Write what differs, as far as it is theirs to say; several records that get
        the same in one go. What another owns is a conflict."""
        ownership = Ownership(batch, {item: existing[item] for item in values})
        groups, conflicts = {}, {}
        for item, vals in values.items():
            record = existing[item]
            vals, winning, foreign = ownership.judge(item, record, vals)
            # Whoever mapped a field said whose it is.
            winning |= batch.mapped.values(item.document).keys()
            conflicts[item] = self._conflicting(record, foreign)
            kept = set().union(*foreign.values())
            rules_of(batch.env).owned(item.ref, record, winning, kept)
            changed = self._changed(record, vals, winning)
            if changed:
                groups.setdefault(repr(changed), (changed, []))[1].append(record.id)
        for changed, ids in groups.values():
            self._amend(batch.env[self._target].browse(ids), changed)
        records = {item: existing[item] for item in values}
        if records:
            self._updated(batch, records)
            batch.bind(records)
            if ownership.words:
                model = batch.env["q2c.conflict"]
                model._keep(batch, ownership, conflicts)
                changed = [
                    record_id for _vals, ids in groups.values() for record_id in ids
                ]
                model._look_again(batch.env[self._target].browse(changed))

    def _conflicting(self, record, foreign):
        """{word: values} of those of ``foreign`` that say something else than
        ``record``; what is empty says nothing."""
        return {
            word: values
            for word, values in foreign.items()
            if any(self._differs(record, name, v) for name, v in values.items())
            and any(
                v or v is False and record._fields[name].type == "boolean"
                for name, v in values.items()
            )
        }

    def _create_records(self, batch, values):
        """Create together. What may be the same as another waits until that one is
        there, and is matched as if it had come later."""
        while values:
            first = self._distinct(batch, values)
            self._create_together(
                batch, {item: vals for item, vals in values.items() if item in first}
            )
            rest = [item for item in values if item not in first]
            known = self._match(batch, rest) if rest else {}
            self._update_records(batch, {item: values[item] for item in known}, known)
            # What turned out to be doubtful is not created.
            rest = [item for item in rest if item.open and item not in known]
            values = {item: values[item] for item in rest}

    def _distinct(self, batch, items):
        """Those of ``items`` that are certainly not the same as one before."""
        seen, distinct = set(), set()
        for item in items:
            evidence = self._evidence(batch, item)
            if seen.isdisjoint(evidence):
                distinct.add(item)
            seen |= evidence
        return distinct

    def _create_together(self, batch, values):
        created = self._insert(batch, list(values.values()))
        records = dict(zip(values, created, strict=True))
        self._created(batch, records)
        batch.bind(records, origins=records)

    def _insert(self, batch, vals_list):
        """The new records, in the order of ``vals_list``."""
        return batch.env[self._target].create(vals_list)

    def _amend(self, records, changed):
        """Give ``records`` the same values."""
        records.write(changed)

    def _changed(self, record, vals, winning):
        """The part of ``vals`` that differs from ``record``: those whose names are in
        ``winning``, of the others only what the record lacks."""
        return {
            name: value
            for name, value in vals.items()
            if self._differs(record, name, value)
            and (name in winning or self._lacks(record, name))
        }

    def _differs(self, record, name, value):
        """Whether ``record`` says something else; of lists that is not looked at."""
        field = record._fields[name]
        if field.type in ("one2many", "many2many"):
            return True
        return field.convert_to_write(record[name], record) != value

    def _lacks(self, record, name):
        """A list is not filled in, and neither value of a boolean is an empty one."""
        if record._fields[name].type in ("one2many", "many2many", "boolean"):
            return False
        return not record[name]
