# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a revision would change at once, before it is sent for review."""

from odoo import api, fields, models

from .owned_fields import ORIGIN, OWNED, label_of


class Policy(models.Model):
    _inherit = "q2c.policy"

    preview_ids = fields.Many2many(
        "q2c.conflict",
        string="Would Change at Once",
        compute="_compute_preview",
        help="Values that are in conflict today and whose provider is to be the owner.",
    )
    preview_note = fields.Text(compute="_compute_preview")

    @api.depends("rule_ids.subject", "rule_ids.owner", "rule_ids.date_from", "state")
    def _compute_preview(self):
        conflicts = self.env["q2c.conflict"]
        for policy in self:
            if policy.state not in ("draft", "review", "approved"):
                policy.preview_ids, policy.preview_note = False, False
                continue
            opened = conflicts.search(
                [("company_id", "=", policy.company_id.id), ("state", "=", "open")]
            )
            policy.preview_ids = opened._won(policy)
            policy.preview_note = policy._preview_note()

    def _preview_note(self):
        """What becomes of the rest, in sentences."""
        sentences = [
            self.env._(
                "%(kind)s: %(field)s will be owned by %(owner)s; %(count)s linked "
                "objects follow when they change next.",
                **words,
            )
            for words in self._owner_changes()
        ]
        if not sentences:
            return self.env._("No field has another owner today by this revision.")
        sentences.append(
            self.env._(
                "Not known is what an object says that has not changed since conflicts "
                "are kept, or whose difference was no conflict because no rule spoke "
                "of it: such values change when the object changes next. Rules that "
                "begin later, and records that have not come yet, are not shown either."
            )
        )
        return "\n".join(sentences)

    def _owner_changes(self):
        """Those fields that have another owner by this revision, with the number of
        linked objects."""
        self.ensure_one()
        rules = self.env["q2c.ownership.rule"]
        labels = dict(rules._owner_selection())
        kinds = dict(rules._kinds())
        # sudo: how many there are, not which
        counts = dict(
            self.env["q2c.binding"]
            .sudo()
            ._read_group(
                [("company_id", "=", self.company_id.id), ("kind", "in", list(OWNED))],
                ["kind"],
                ["__count"],
            )
        )
        for kind in OWNED:
            now = rules._owners(self.company_id, kind)
            then = rules._owners(self.company_id, kind, self)
            for word in OWNED[kind]:
                owner = then.get(word, ORIGIN)
                if owner != now.get(word, ORIGIN):
                    yield {
                        "kind": kinds[kind],
                        "field": label_of(self.env, kind, word),
                        "owner": labels.get(owner, owner),
                        "count": counts.get(kind, 0),
                    }
