# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Copies of what a dry run has read, as long as it goes on."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..canonical import Ref


class HistoryImportObject(models.Model):
    """Objects in the order in which they were read. Those that were not counted yet are
    in line; the others, and what they depend on, are what later ones stand on. Nobody
    looks at these rows; they are gone when the dry run is over."""

    _name = "q2c.history.import.object"
    _description = "Object Read by a Dry Run"

    import_id = fields.Many2one("q2c.history.import", required=True, ondelete="cascade")
    kind = fields.Char(required=True)
    external_id = fields.Char(required=True)
    payload = fields.Text()
    is_counted = fields.Boolean()

    _object_uniq = models.UniqueIndex("(import_id, kind, external_id)")
    _line_idx = models.Index("(import_id, id) WHERE is_counted IS NOT TRUE")

    # ------------------------------------------------------------------
    # THE LINE
    # ------------------------------------------------------------------

    @api.model
    def _put_in_line(self, imported, envelopes):
        """What others depend on may be counted already; it is not counted again."""
        copies = {envelope.ref: envelope.payload for envelope in envelopes}
        self._insert(imported, copies, False, SQL("NOTHING"))

    @api.model
    def _next(self, imported, size):
        """The next ones in line, at most ``size``."""
        mine = [("import_id", "=", imported.id), ("is_counted", "=", False)]
        return self.search(mine, order="id", limit=size)

    def _envelopes(self):
        """As they were put in line."""
        return [
            _envelope(row.import_id.connection_id, row.kind, _read(row).content)
            for row in self
        ]

    # ------------------------------------------------------------------
    # WHAT OTHERS STAND ON
    # ------------------------------------------------------------------

    @api.model
    def _keep(self, imported, contents):
        """Note down as counted.

        :param contents: {ref: content}
        """
        connection = imported.connection_id
        copies = {
            ref: _envelope(connection, ref.kind, content).payload
            for ref, content in contents.items()
        }
        again = SQL(
            "UPDATE SET payload = EXCLUDED.payload, is_counted = EXCLUDED.is_counted"
        )
        self._insert(imported, copies, True, again)

    @api.model
    def _counted(self, imported, refs):
        """Those of ``refs`` that were counted."""
        return {row._ref() for row in self._of(imported, refs) if row.is_counted}

    @api.model
    def _contents(self, imported, refs):
        """{ref: content} of those of ``refs`` that are kept whole."""
        found = {}
        for row in self._of(imported, refs):
            reading = _read(row)
            if reading.complete:
                found[row._ref()] = reading.content
        return found

    @api.model
    def _forget(self, imported):
        self.env.execute_query(
            SQL(
                """
                DELETE FROM q2c_history_import_object WHERE import_id = %s RETURNING 1
                """,
                imported.id,
            )
        )

    # ------------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------------

    def _ref(self):
        return Ref(self.kind, self.external_id)

    @api.model
    def _of(self, imported, refs):
        ids = {}
        for ref in refs:
            ids.setdefault(ref.kind, []).append(ref.id)
        mine = Domain("import_id", "=", imported.id)
        return self.search(
            mine
            & Domain.OR(
                Domain("kind", "=", kind) & Domain("external_id", "in", names)
                for kind, names in ids.items()
            )
        )

    @api.model
    def _insert(self, imported, copies, is_counted, on_conflict):
        """:param copies: {ref: payload}"""
        if not copies:
            return
        self.flush_model()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO q2c_history_import_object
                       (import_id, kind, external_id, payload, is_counted)
                VALUES %s
                ON CONFLICT (import_id, kind, external_id) DO %s
                RETURNING 1
                """,
                SQL(", ").join(
                    SQL("%s", (imported.id, ref.kind, ref.id, payload, is_counted))
                    for ref, payload in copies.items()
                ),
                on_conflict,
            )
        )
        self.invalidate_model(flush=False)


def _read(row):
    connection = row.import_id.connection_id
    return connection._provider()._open(connection, row.kind, row.payload)


def _envelope(connection, kind, content):
    return connection._provider()._envelope(connection, kind, content)
