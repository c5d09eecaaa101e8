# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two contacts become one, by Odoo's own merge."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .match import OPEN

MERGEABLE = (*OPEN, "undone")


class Match(models.Model):
    _inherit = "q2c.match"

    may_approve = fields.Boolean(compute="_compute_may_approve")
    survivor_id = fields.Many2one(
        "res.partner",
        string="Stays",
        compute="_compute_survivor_id",
        help="The contact that is left after a merge; the links of both lead to it.",
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("state", "decided_by_id")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        finance = self.env.user.has_group("quote_to_cash.group_finance")
        for match in self:
            other = match.decided_by_id != self.env.user
            match.may_approve = match.state == "approval" and finance and other

    def _compute_survivor_id(self):
        """The one that was there first, unless only the other one is in entries that
        are secured by a hash, which names the partner."""
        for match in self:
            candidate, other = match.partner_id, match.other_partner_id
            stays = candidate
            if other and _secured(other) and not _secured(candidate):
                stays = other
            match.survivor_id = stays if other else False

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_merge(self):
        """Merge at once, or ask for the approval that two contacts with posted entries
        need."""
        self.ensure_one()
        self._check_may_decide()
        self._only(MERGEABLE)
        self._check_two()
        if not self._needs_approval():
            return self._merge()
        self._decide("approval")
        self._ask_finance()
        return self._told(
            self.env._(
                "Both contacts have posted entries: somebody else with the role "
                "Finance has to approve the merge."
            )
        )

    def action_approve_merge(self):
        """Merge what somebody else asked to be merged."""
        self.ensure_one()
        self._only(("approval",))
        self._check_two()
        self._check_approver()
        return self._merge()

    def _check_two(self):
        """:raises UserError: these are not two contacts that can be merged"""
        two = self.partner_id | self.other_partner_id
        if len(two) < 2:
            raise UserError(
                self.env._(
                    "%s is about one contact only. Accept or reject the match.",
                    self.display_name,
                )
            )
        if _secured(self.survivor_id) and _secured(two - self.survivor_id):
            raise UserError(
                self.env._(
                    "%(one)s and %(other)s are both in entries that are secured by a "
                    "hash, which a merge would break. Keep both, and archive the one "
                    "that is not used any more.",
                    one=two[0].display_name,
                    other=two[1].display_name,
                )
            )

    def _needs_approval(self):
        return all(_posted(p) for p in (self.partner_id, self.other_partner_id))

    def _check_approver(self):
        """:raises UserError: no role, or the one who asked"""
        user = self.env.user
        if not user.has_group("quote_to_cash.group_finance"):
            raise UserError(
                self.env._(
                    "Both contacts have posted entries, so the merge is approved by "
                    "the Quote to Cash role Finance. Ask somebody who has it."
                )
            )
        if self.decided_by_id == user:
            raise UserError(
                self.env._(
                    "You asked for this merge, so somebody else with the role Finance "
                    "has to approve it."
                )
            )

    # ------------------------------------------------------------------
    # MERGE
    # ------------------------------------------------------------------

    def _merge(self):
        """Let Odoo merge them, for good; what follows is in partner_merge."""
        survivor = self.survivor_id
        two = self.partner_id | self.other_partner_id
        # sudo: Odoo lets administrators alone merge contacts with two e-mail addresses;
        # here the role was checked, and the approval of what has entries
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge(two.ids, survivor.sudo())
        return survivor._get_records_action(context={})

    @api.model
    def _settle_merged(self, losers, winner):
        """Contacts were merged, here or by Odoo's wizard: whether they are one is no
        question any more."""
        matches = self.search(
            [
                ("partner_id", "=", winner.id),
                ("other_partner_id", "=", winner.id),
                ("state", "in", MERGEABLE),
            ]
        )
        names = ", ".join(f"{loser.display_name} (#{loser.id})" for loser in losers)
        note = self.env._("%(losers)s went into #%(id)s", losers=names, id=winner.id)
        matches._decide("merged", note=note)
        linked = matches.filtered("connection_id")
        for match in linked:
            match._overtake()
        linked._settle_work_list()
        linked._rerun()

    def _told(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------------
    # MERGES OF THE CRM
    # ------------------------------------------------------------------

    def _ask_finance(self):
        """Say on the work list that a merge waits for approval."""
        if not self.connection_id:
            return
        self.env["q2c.exception"]._report(
            self.connection_id,
            "merge_needs_approval",
            self.env._(
                "%(user)s wants %(one)s and %(other)s to be merged. Both have posted "
                "entries.",
                user=self.env.user.name,
                one=self.other_partner_id.display_name,
                other=self.partner_id.display_name,
            ),
            self.env._("Compare them, then approve the merge or reject it."),
            key=f"duplicate:{self._ref()}",
            record=self.partner_id,
            ref=self._ref(),
            category="duplicate",
        )

    def _merged_there(self, item, loser, winner):
        """The CRM merged two accounts whose contacts cannot just be put together: a
        person is to approve it."""
        # sudo: see _propose
        model = self.sudo()
        values = {
            "connection_id": item.event.connection_id.id,
            "company_id": item.event.company_id.id,
            "kind": item.ref.kind,
            "external_id": item.ref.id,
            "name": loser.name,
            "partner_id": winner.id,
            "other_partner_id": loser.id,
            "score": 100,
            "evidence": [{"kind": "crm_merge", "points": 100, "value": item.ref.id}],
            "event_id": item.event.id,
        }
        key = ("connection_id", "kind", "external_id", "partner_id")
        match = model.search([(name, "=", values[name]) for name in key])
        if not match:
            model.create(values)._log("review")
        elif match.state not in ("approval", "rejected"):
            match._found_again(values)


def _posted(partner):
    """Whether posted entries are in the partner's name."""
    domain = Domain("commercial_partner_id", "=", partner.id) | Domain(
        "partner_id", "=", partner.id
    )
    # sudo: those of other companies count as well
    moves = partner.env["account.move"].sudo()
    return bool(moves.search_count(domain & Domain("state", "=", "posted"), limit=1))


def _secured(partners):
    """Whether they are in entries that are secured by a hash."""
    # sudo: see _posted
    lines = partners.env["account.move.line"].sudo()
    domain = Domain("partner_id", "in", partners.ids) & Domain(
        "move_id.inalterable_hash", "!=", False
    )
    return bool(partners and lines.search_count(domain, limit=1))
