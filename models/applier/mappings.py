# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What finance has mapped, read once for a batch; and what there is to map."""

from ..engine.rules_applied import rules_of
from ..finance.mapping import TARGETS


class Mappings:
    """Of one connection. Nothing is read before something is asked for."""

    def __init__(self, connection):
        self.connection = connection
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

    def seen(self, kind, key, label, **details):
        """Like :meth:`target`; what nobody has seen before is put on the list."""
        if (kind, key) not in self._known():
            self._new[kind, key] = {
                "connection_id": self.connection.id,
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
                .search([("connection_id", "=", self.connection.id)])
            )
            rows = rows.with_env(self.connection.env)
            self._rows = {(row.kind, row.key): row for row in rows}
        return self._rows
