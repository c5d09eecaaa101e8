# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What puts exceptions on the list, and takes them off."""

from odoo import api, fields, models

from ...canonical import Ref

# Nobody follows what the program writes, and of its creation nothing needs to be said.
QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
}


class ExceptionCase(models.Model):
    _inherit = "q2c.exception"

    # ------------------------------------------------------------------
    # REPORT
    # ------------------------------------------------------------------

    @api.model
    def _report(
        self,
        connection,
        code,
        message,
        remedy="",
        *,
        key,
        record=None,
        ref=None,
        severity="warning",
        category="hold",
    ):
        """Say that a person must look at something: one exception per connection and
        ``key``, refreshed when it is reported again, and opened again if it was
        resolved.

        :param message: one sentence: what is wrong, on which record
        :param remedy: one sentence: what to do about it
        :param record: the record that it is about, None where there is none
        :param ref: the canonical.Ref of the provider's object, or None
        :return: the exception, with the system's rights
        """
        case = {
            "code": code,
            "message": message,
            "remedy": remedy,
            "key": key,
            "record": record,
            "ref": ref,
            "severity": severity,
            "category": category,
        }
        return self._report_many(connection, [case])

    @api.model
    def _report_many(self, connection, cases):
        """Report several, in as many queries as one.

        :param cases: dicts with the names of the arguments of :meth:`_report`; also
            ``event`` and ``command``, the row that stands still, ``partner`` and
            ``trace``
        :return: their exceptions, with the system's rights
        """
        cases = {case["key"]: case for case in cases}
        if not cases:
            return self.browse()
        # sudo: the list is the program's; who causes an exception need not see it
        model = self.sudo().with_context(**QUIET)
        known = model._by_key(connection, cases)
        values = {key: model._values(connection, case) for key, case in cases.items()}
        for key, case in known.items():
            case._refresh(values[key])
        created = model.create(
            [vals for key, vals in values.items() if key not in known]
        )
        return (model.union(*known.values()) + created).with_env(self.env(su=True))

    @api.model
    def _by_key(self, connection, keys):
        cases = self.search(
            [("connection_id", "=", connection.id), ("key", "in", list(keys))]
        )
        return {case.key: case for case in cases}

    @api.model
    def _values(self, connection, case):
        record, ref = case.get("record"), case.get("ref") or Ref("", "")
        event, command = case.get("event"), case.get("command")
        kinds = self._fields["kind"].get_values(self.env)
        return {
            "connection_id": connection.id,
            "key": case["key"],
            "code": case["code"],
            "message": case["message"],
            "remedy": case.get("remedy") or False,
            "severity": case.get("severity") or "warning",
            "category": case.get("category") or "hold",
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
            "kind": ref.kind if ref.kind in kinds else False,
            "external_id": ref.id or False,
            "partner_id": self._partner_of(record, case.get("partner")).id,
            "event_id": event.id if event else False,
            "command_id": command.id if command else False,
            "trace": case.get("trace") or False,
        }

    @api.model
    def _partner_of(self, record, partner):
        """The customer that ``record`` belongs to; ``partner`` where it is known."""
        if not partner and record:
            # sudo: who reports need not be one who sees the record
            record = record.sudo()
            if record._name == "res.partner":
                partner = record
            elif "partner_id" in record._fields:
                partner = record.partner_id
        return partner or self.env["res.partner"]

    def _refresh(self, values):
        """It was reported again. What somebody dismissed stays so as long as it says
        the same."""
        self.ensure_one()
        now = fields.Datetime.now()
        same = (self.code, self.message) == (values["code"], values["message"])
        values = {**values, "last_seen": now, "count": self.count + 1}
        if self.state == "resolved" or self.state == "dismissed" and not same:
            self._message_log(
                body=self.env._("Open again: %(message)s", message=values["message"])
            )
            values |= self._opening()
        self.write(values)

    # ------------------------------------------------------------------
    # RESOLVE
    # ------------------------------------------------------------------

    @api.model
    def _resolve_keys(self, connection, keys, how=None):
        """What these were about is settled: close what is not resolved, one query where
        there is nothing.

        :param how: how it was settled, for a person
        :return: the exceptions that were closed, with the system's rights
        """
        if not keys:
            return self.browse()
        # sudo: see _report_many
        cases = self.sudo().search(
            [
                ("connection_id", "=", connection.id),
                ("key", "in", list(keys)),
                ("state", "!=", "resolved"),
            ]
        )
        if cases:
            cases._close("resolved", how or self.env._("Settled"))
        return cases
