# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What finance has mapped, read once for a batch; and what there is to map."""

from ..engine.rules_applied import rules_of
from ..finance.mapping import TARGETS


class Mappings:
    """Of one connection, for one of the companies that it books in. Nothing is read
    before something is asked for.

    :param books: see :class:`Batch`; the connection itself unless told otherwise
    """

    def __init__(self, connection, books=None):
        self.connection = connection
        self.books = books or connection
        self.entity_id = self.books.id if self.books != connection else False
        self._rows = None
        self._new = {}

    def target(self, kind, key):
        """The record that ``key`` is mapped to, empty where it is not."""
        env = self.connection.env
        row = self._known().get((kind, key))
        if row:
            target = row[TARGETS[kind]]
        else:
            target = env[env["q2c.mapping"]._fields[TARGETS[kind]].comodel_name]
        rules_of(env).mapped(kind, key, target)
        return target

    def seen(self, kind, key, label, target=None, **details):
        """Like :meth:`target`; what nobody has seen before is put on the list.

        :param target: what it certainly is
        """
        if (kind, key) not in self._known():
            self._new[kind, key] = {
                **({TARGETS[kind]: target.id} if target else {}),
                "connection_id": self.connection.id,
                "entity_id": self.entity_id,
                "kind": kind,
                "key": key,
                "label": label,
                "details": details,
            }
        return self.target(kind, key)

    def keep(self):
        """Write down what was seen."""
        if self._new:
            # sudo: the list is filled by the program, finance decides
            model = self.connection.env["q2c.mapping"].sudo()
            created = model.create(list(self._new.values()))
            self._rows |= dict(zip(self._new, created, strict=True))
            self._new = {}

    def _known(self):
        if self._rows is None:
            # sudo: what is mapped concerns every flow
            rows = (
                self.connection.env["q2c.mapping"]
                .sudo()
                .search(
                    [
                        ("connection_id", "=", self.connection.id),
                        ("entity_id", "=", self.entity_id),
                    ]
                )
            )
            rows = rows.with_env(self.connection.env)
            self._rows = {(row.kind, row.key): row for row in rows}
        return self._rows
