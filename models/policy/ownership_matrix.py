# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who owns each field of each object by a revision, in one table."""

from markupsafe import Markup

from odoo import api, fields, models

from .owned_fields import ORIGIN, OWNED, label_of


class Policy(models.Model):
    _inherit = "q2c.policy"

    matrix = fields.Html(compute="_compute_matrix", sanitize=False)

    @api.depends("rule_ids.subject", "rule_ids.owner", "rule_ids.date_from")
    def _compute_matrix(self):
        for policy in self:
            policy.matrix = policy._matrix()

    def _matrix(self):
        """Objects side by side, fields below each other, the owner of today in each."""
        rules = self.env["q2c.ownership.rule"]
        kinds, owners = dict(rules._kinds()), dict(rules._owner_selection())
        today = {kind: rules._owners(self.company_id, kind, self) for kind in OWNED}
        labels = {}
        for kind in OWNED:
            for word in OWNED[kind]:
                labels.setdefault(word, label_of(self.env, kind, word))
        cell, row = Markup("<td class='%s'>%s</td>"), Markup("<tr><th>%s</th>%s</tr>")

        def owner_of(kind, word):
            if word not in OWNED[kind]:
                return cell % ("text-muted", "")
            owner = today[kind].get(word, ORIGIN)
            shade = "text-muted" if owner == ORIGIN else "fw-bold"
            return cell % (shade, owners.get(owner, owner))

        head = Markup("").join(Markup("<th>%s</th>") % kinds[kind] for kind in OWNED)
        body = Markup("").join(
            row % (label, Markup("").join(owner_of(kind, word) for kind in OWNED))
            for word, label in labels.items()
        )
        table = Markup("<table class='table table-sm'>%s%s</table>")
        return table % (row % ("", head), body)
