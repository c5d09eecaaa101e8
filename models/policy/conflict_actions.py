# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person decides about conflicts."""

from odoo import models
from odoo.exceptions import UserError

from ..control import rights
from .values import unplain


class Conflict(models.Model):
    _inherit = "q2c.conflict"

    def action_keep_ours(self):
        """Keep what Odoo says, and tell the other side where that is possible."""
        rows = self._to_decide()
        rows._note(rows._records(), "kept")
        rows._close("kept")
        rows._tell()
        rows.binding_id._q2c_tell_conflicts()
        return True

    def action_take_theirs(self):
        """Write what the other side says."""
        rows = self._to_decide()
        rows._take("taken")
        return True

    def _to_decide(self):
        """Those that are open, with the system's rights.

        :raises UserError: the user has no role for it, or none is open
        """
        rights.check(self.env)
        self.check_access("read")
        rows = self.filtered(lambda row: row.state == "open")
        if not rows:
            raise UserError(self.env._("These conflicts are resolved already."))
        # sudo: the roles that may decide were checked right before
        return rows.sudo()

    def _take(self, how):
        """Write their values, with the rights that the flows have: it is what would
        have been written had they been the owner."""
        records = self._records()
        self._note(records, how)
        # First, so that the change is not taken for one against them.
        self._close(how)
        for row, record in records.items():
            service = row.connection_id._as_service()
            record.with_env(service.env).write(
                {
                    name: unplain(record, name, value)
                    for name, value in row.their_values.items()
                }
            )
        for row, record in records.items():
            # Others may say the same, or have to be told.
            record._q2c_follow(row.their_values)
        self.binding_id._q2c_tell_conflicts()

    def _note(self, records, how):
        """Say on ``records``, {conflict: record}, who decided what."""
        for row, record in records.items():
            words = {
                "field": row.field_label,
                "ours": row.our_value,
                "theirs": row.their_value,
                "object": f"{row.connection_id.name} {row.external_id}",
            }
            body = (
                self.env._(
                    "%(field)s: %(ours)s was kept; %(object)s says %(theirs)s.", **words
                )
                if how == "kept"
                else self.env._(
                    "%(field)s: %(theirs)s was taken from %(object)s instead of "
                    "%(ours)s.",
                    **words,
                )
            )
            record._message_log(body=body)

    def action_open_provider(self):
        self.ensure_one()
        return self.binding_id.action_open_provider()
