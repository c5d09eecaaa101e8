# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Posting the drafts that tie out, whoever or whatever asks for it."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.concurrency import run_batches

BATCH_SIZE = 100
SHOWN = 3


class Posting(models.AbstractModel):
    _name = "q2c.posting"
    _description = "Posting of Drafts"

    @api.model
    def _domain(self, connection):
        """The drafts that ``connection`` made. What a person has reset to draft is
        theirs to post."""
        links = self.env["q2c.binding"]._search(
            Domain("connection_id", "=", connection.id)
            & Domain("res_model", "=", "account.move")
        )
        return (
            Domain("state", "=", "draft")
            & Domain("posted_before", "=", False)
            & Domain("q2c_figures", "!=", False)
            & Domain("id", "in", links.subselect("res_id"))
        )

    @api.model
    def _run(self, connection):
        """Post the drafts of ``connection`` (in the service user's environment), batch
        by batch, each committed.

        :return: how many were posted, and how many refused
        """
        counts, refused = [0], set()

        def run_batch(size):
            drafts = self.with_env(connection.env)._next(connection, refused, size)
            posted, reasons = drafts.env["q2c.posting"]._post_drafts(drafts)
            counts[0] += len(posted)
            refused.update(move.id for move in reasons)
            return len(drafts)

        run_batches(self.env, run_batch, BATCH_SIZE)
        return counts[0], len(refused)

    @api.model
    def _next(self, connection, refused, size):
        domain = self._domain(connection) & Domain("id", "not in", list(refused))
        return self.env["account.move"].search(domain, order="id", limit=size)

    @api.model
    def _post_drafts(self, drafts):
        """Post ``drafts`` together; one that is refused stays behind, and says why.

        :return: (what is posted, {draft: the reason, in words})
        """
        refused = self._post_together(drafts)
        posted = drafts.filtered(lambda move: move.state == "posted")
        self.env["q2c.settling"]._settle(posted)
        for move, reason in refused.items():
            if move.q2c_hold_reason != reason:
                move.q2c_hold_reason = reason
        self._report(refused)
        return posted, refused

    @api.model
    def _resolve(self, moves):
        """What kept ``moves`` back is settled."""
        moves.q2c_hold_reason = False
        for connection, share in self._by_connection(moves).items():
            keys = {_matter(move) for move in share}
            self.env["q2c.exception"]._resolve_keys(connection, keys)

    @api.model
    def _report(self, refused):
        """Put {draft: reason} on the list of exceptions."""
        drafts = self.env["account.move"].union(*refused)
        for connection, share in self._by_connection(drafts).items():
            self.env["q2c.exception"]._report_many(
                connection, [self._case(move, refused[move]) for move in share]
            )

    @api.model
    def _case(self, move, reason):
        return {
            "key": _matter(move),
            "code": "draft_refused",
            "message": reason,
            "remedy": self.env._(
                "Put right what it says, then post the draft; or cancel it and retry "
                "its event."
            ),
            "record": move,
            "trace": move.q2c_trace,
            "category": "difference",
        }

    @api.model
    def _by_connection(self, moves):
        # sudo: who posts need not see links
        return moves.sudo().grouped(lambda move: move.q2c_binding_ids.connection_id[:1])

    @api.model
    def _post_together(self, moves):
        """{move: reason} of what was refused; halved until that stands alone."""
        if not moves:
            return {}
        try:
            with self.env.cr.savepoint():
                moves._post(soft=False)
                return {}
        except UserError as error:
            if len(moves) == 1:
                return {moves: " ".join(str(error).split())}
        middle = len(moves) // 2
        return self._post_together(moves[:middle]) | self._post_together(moves[middle:])

    @api.model
    def _notification(self, posted, refused):
        """What became of it, for the one who asked: {draft: reason} in ``refused``."""
        message = self.env._("%s posted.", posted)
        if refused:
            reasons = list(refused.values())[:SHOWN]
            message = self.env._(
                "%(posted)s posted, %(refused)s not: %(reasons)s",
                posted=posted,
                refused=len(refused),
                reasons=" ".join(reasons),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if refused else "success",
                "sticky": bool(refused),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


def _matter(move):
    """Key of its exception."""
    return f"posting:{move.id}"
