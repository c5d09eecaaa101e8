# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose value wins, for all items of a batch: the rules are read once."""

from .owned_fields import ORIGIN, OWNED


class Ownership:
    """Of the records that the items of ``batch`` become part of.

    :param existing: {item: its record}; all of one kind
    """

    def __init__(self, batch, existing):
        self.batch = batch
        kind = next(iter(existing)).ref.kind if existing else ""
        self.words = OWNED.get(kind, {})
        self.owners = {}
        self._leading = {}
        if self.words:
            connection = batch.connection
            rules = batch.env["q2c.ownership.rule"]
            self.owners = rules._owners(connection.company_id, kind)
            if connection.provider in self.owners.values():
                self._leading = self._read_leading(kind, existing)

    def _read_leading(self, kind, existing):
        """{record id: the first object of the connection that is linked to it}: of
        several customers of one partner only one can be asked for the owner's value."""
        records = next(iter(existing.values())).union(*existing.values())
        # sudo: links are the engine's own
        bindings = self.batch.env["q2c.binding"].sudo()
        return bindings._of_records(self.batch.connection, kind, records)

    def wins(self, item, record, word):
        """Whether what the item says of ``word`` is to be written."""
        owner = self.owners.get(word, ORIGIN)
        if owner == ORIGIN:
            return self.batch.is_origin(item)
        if owner != self.batch.connection.provider:
            return False
        leading = self._leading.get(record.id)
        return not leading or leading._ref() == item.ref

    def judge(self, item, record, vals):
        """What becomes of each of ``vals``.

        :return: (the part to look at, the names in it whose values win, {word: its part
            of ``vals``} of what the record says already and another owns)
        """
        vals, winning, foreign = dict(vals), set(), {}
        named = set()
        for word, owned in self.words.items():
            names = [name for name in owned.fields if name in vals]
            named.update(names)
            if self.wins(item, record, word):
                winning.update(names)
            elif len(owned.fields) > 1 and not owned.is_kept(record):
                # Whole: with what the record says of it alone it would be a mixture.
                winning.update(names)
            elif names and owned.is_kept(record):
                part = {name: vals.pop(name) for name in names}
                if word in self.owners or not owned.by_rule_only:
                    foreign[word] = part
        if self.batch.is_origin(item):
            winning.update(vals.keys() - named)
        return vals, winning, foreign
