# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credit notes that disputes leave for a person to decide about."""

from odoo import models


class Dispute(models.Model):
    _inherit = "q2c.dispute"

    def _report_proposed(self, notes, message):
        """The dispute was lost; ``notes`` are drafts, to be posted or deleted."""
        self._report_credit(
            "dispute_credit_proposed",
            message,
            self.env._("Post the draft, or delete it and collect the debt."),
            notes,
        )

    def _report_standing(self, notes, message):
        """``notes`` were posted, but the dispute is not lost any more."""
        self._report_credit(
            "dispute_credit_stands",
            message,
            self.env._("Reverse %s.", ", ".join(notes.mapped("name"))),
            notes,
        )

    def _report_credit(self, code, message, remedy, notes):
        self.env["q2c.exception"]._report_many(
            self.connection_id,
            [
                {
                    "key": self._credit_matter(),
                    "code": code,
                    "message": message,
                    "remedy": remedy,
                    "category": "dispute",
                    "record": notes[:1],
                    "trace": notes[:1].q2c_trace,
                }
            ],
        )

    def _settle_credit(self):
        """Somebody decided about the notes of these disputes, or nothing is left to."""
        for connection, disputes in self.grouped("connection_id").items():
            keys = {dispute._credit_matter() for dispute in disputes}
            self.env["q2c.exception"]._resolve_keys(connection, keys)

    def _credit_matter(self):
        return f"dispute:{self.name}:credit"


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._q2c_disputes_credited()._settle_credit()
        return posted

    def unlink(self):
        disputes = self._q2c_disputes_credited()
        result = super().unlink()
        disputes._settle_credit()
        return result

    def _q2c_disputes_credited(self):
        # sudo: whoever posts or deletes need not see the disputes
        moves = self.sudo()
        notes = (moves | moves.reversed_entry_id).filtered(
            lambda move: move.move_type == "out_refund"
        )
        return notes.q2c_dispute_id
