# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Events and commands that stand still are exceptions."""

from odoo import models
from odoo.fields import Domain

from ...canonical import Ref
from ..engine.reasons import reason_of


class Queued(models.AbstractModel):
    _inherit = "q2c.queued"

    def _tell_work_list(self):
        """Put what failed on the work list and take off what is settled: once for all
        rows that were worked on together."""
        exceptions = self.env["q2c.exception"]
        for connection, rows in self.grouped("connection_id").items():
            failed = rows.filtered(lambda row: row.state == "failed")
            if failed:
                exceptions._report_many(connection, failed._exceptions(connection))
            settled = (rows - failed).filtered(lambda row: row._is_settled())
            keys = set(settled.mapped(lambda row: row._matter()))
            if exceptions._resolve_keys(connection, keys):
                settled._set_aside_older()
        return super()._tell_work_list()

    def _tell_skipped(self):
        """A person set these aside. An exception is over when nothing else of its
        matter has failed."""
        for connection, rows in self.grouped("connection_id").items():
            others = self.search(rows._same_matter() & Domain("state", "=", "failed"))
            failed = {row._matter() for row in others}
            for message, share in rows.grouped("message").items():
                keys = {row._matter() for row in share} - failed
                self.env["q2c.exception"]._resolve_keys(connection, keys, message)
        return super()._tell_skipped()

    def _is_settled(self):
        """Whether its matter is: what was overtaken is left to the newer one."""
        if self.state == "skipped":
            return self.reason != "superseded"
        return self.state == "done"

    def _set_aside_older(self):
        """What failed before about the same matters is contained in what succeeded."""
        newest = {}
        for row in self:
            newest[row._matter()] = max(newest.get(row._matter()) or row, row, key=_age)
        stale = self.search(self._same_matter() & Domain("state", "=", "failed"))
        stale.filtered(
            lambda row: (
                row._matter() in newest and _age(row) < _age(newest[row._matter()])
            )
        )._finish("skipped", "superseded")

    def _stuck_with(self):
        """What has failed about the same matter as this one, and this one."""
        others = self.search(self._same_matter() & Domain("state", "=", "failed"))
        return self + (others - self).filtered(
            lambda row: row._matter() == self._matter()
        )

    def _exceptions(self, connection):
        """What there is to report about these failed rows; see
        q2c.exception._report_many."""
        records = self._records_concerned(connection)
        cases = []
        for row in self:
            reason = reason_of(row.reason)
            record, partner = records[row]
            cases.append(
                {
                    "key": row._matter(),
                    "code": row.reason or "error",
                    "message": row.message or "",
                    "remedy": row.remedy,
                    "severity": reason.severity,
                    "category": reason.category,
                    "ref": row._ref(),
                    "record": record,
                    "partner": partner,
                    "trace": row.trace,
                    row._name.removeprefix("q2c."): row,
                }
            )
        return cases

    # ------------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------------

    def _matter(self):
        """What the row is about, whichever row of it: the key of its exception."""
        raise NotImplementedError

    def _same_matter(self):
        """Domain of the rows that may be about the same as these, of one connection."""
        raise NotImplementedError

    def _records_concerned(self, connection):
        """{row: (the record that it is about, its customer)}, each None where it is not
        known."""
        raise NotImplementedError


class Event(models.Model):
    _inherit = "q2c.event"

    def _matter(self):
        return f"event:{self.kind or ''}:{self.object_id or self.external_id}"

    def _same_matter(self):
        return (
            Domain("connection_id", "in", self.connection_id.ids)
            & Domain("kind", "in", list(set(self.mapped("kind"))))
            & Domain("object_id", "in", list(set(self.mapped("object_id"))))
        )

    def _records_concerned(self, connection):
        customers = {row: Ref("customer", row.partition or "") for row in self}
        refs = {row._ref() for row in self if row.kind} | set(customers.values())
        bindings = self.env["q2c.binding"]._resolve(connection, refs)
        found = {}
        for row in self:
            binding, customer = (
                bindings.get(ref) for ref in (row._ref(), customers[row])
            )
            partner = customer and customer.res_model == "res.partner"
            found[row] = (
                binding and binding._record(),
                customer._record() if partner else None,
            )
        return found


class Command(models.Model):
    _inherit = "q2c.command"

    def _matter(self):
        return f"command:{self.verb}:{self.kind}:{self.res_model},{self.res_id}"

    def _same_matter(self):
        return Domain("connection_id", "in", self.connection_id.ids) & Domain(
            "res_id", "in", list(set(self.mapped("res_id")))
        )

    def _records_concerned(self, connection):
        found = {}
        for model, rows in self.grouped("res_model").items():
            there = set(self.env[model].browse(rows.mapped("res_id")).exists().ids)
            for row in rows:
                known = row.res_id in there
                found[row] = (
                    self.env[model].browse(row.res_id) if known else None,
                    None,
                )
        return found


def _age(row):
    """By which of two rows about one matter is the newer one."""
    return (getattr(row, "occurred_at", None) or row.create_date, row.id)
