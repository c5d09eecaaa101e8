# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From records to canonical documents. One model per kind: ``q2c.exporter.<kind>``."""

from odoo import models

from ...canonical import Failure, Ref, Wait


class Exporter(models.AbstractModel):
    """Runs with the rights of the connection's service user."""

    _name = "q2c.exporter"
    _description = "Exporter"

    _kind = None

    def _binding_kind(self, records):
        """The kind under which what comes of ``records`` is linked."""
        return self._kind

    def _documents(self, connection, records):
        """{record: its document, or the failure that kept us from making it}."""
        return self._each(records, lambda record: self._document(connection, record))

    def _each(self, records, make):
        """{record: what ``make`` gives for it, or the failure that kept it from it}."""
        documents = {}
        for record in records:
            try:
                documents[record] = make(record)
            except Failure as failure:
                documents[record] = failure
            except Exception as error:
                # Recorded on the command with its traceback; the others go on.
                documents[record] = error
        return documents

    def _document(self, connection, record):
        """The canonical document of ``record``.

        :raises Wait: something it refers to has to be created at the provider first
        :raises Hold: the record lacks what the provider needs
        """
        raise NotImplementedError

    def _sent(self, connection, command):
        """What follows once ``command`` was carried out."""

    def _external_id(self, connection, kind, record):
        """The provider's id of ``record``; where it has none yet, have it created.

        :raises Wait: until it is
        """
        known = self._known_ids(connection, kind, record)
        if record not in known:
            self._require(connection, {kind: record})
        return known[record]

    def _known_ids(self, connection, kind, records):
        """{record: the provider's id} of those that are linked."""
        # sudo: links are the engine's own
        bindings = self.env["q2c.binding"].sudo()
        found = bindings._of_records(connection, kind, records)
        return {
            record: found[record.id].external_id
            for record in records
            if record.id in found
        }

    def _require(self, connection, missing):
        """Have records created at the provider.

        :param missing: {kind: records without an id}
        :raises Wait: when there are any
        """
        first = None
        for kind, records in missing.items():
            self.env["q2c.command"]._enqueue(connection, "create", kind, records)
            if records and first is None:
                first = kind, records[0]
        if first is not None:
            kind, record = first
            raise Wait(
                "dependency",
                f"{record.display_name} is being created at {connection.name} first.",
                needs=Ref(kind, f"{record._name},{record.id}"),
            )

    def _common(self, connection, record):
        """What every document of ours carries."""
        return {
            "id": "",
            "odoo_ref": connection._odoo_ref(record),
            "live": connection.environment == "live",
        }
