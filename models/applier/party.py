# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What customers and contacts have in common: they are merged, and they go."""

from odoo import models
from odoo.fields import Domain

from ...canonical import Hold, Ref


class PartyApplier(models.AbstractModel):
    _name = "q2c.applier.party"
    _inherit = "q2c.applier"
    _description = "Applier of Partners"

    _target = "res.partner"

    def _insert(self, batch, vals_list):
        """What a person takes over from the company is among the values, read for all
        together. Odoo would hand it down by a write or two for each."""
        model = batch.env[self._target]
        ids = {vals["parent_id"] for vals in vals_list if vals.get("parent_id")}
        parents = model.browse(ids)
        (parents | parents.commercial_partner_id).fetch(
            [*model._address_fields(), *model._commercial_fields()]
        )
        complete = [{**vals, **_taken_over(parents, vals)} for vals in vals_list]
        partners = model.with_context(_partners_skip_fields_sync=True).create(complete)
        partners = partners.with_env(batch.env)
        self._hand_down_elsewhere(partners.filtered("parent_id"))
        return partners

    def _hand_down_elsewhere(self, partners):
        """What a company has in other companies' books is no part of the values. Odoo
        would write it for each person and each company, be it that it differs or not.
        """
        # sudo: there may be companies that the service user does not see
        elevated = partners.sudo()
        names = elevated._company_dependent_commercial_fields()
        others = elevated.env["res.company"].search([]) - partners.env.company
        for company in others if names and partners else ():
            groups = {}
            for partner in elevated.with_company(company):
                there = partner.commercial_partner_id
                values = there._convert_fields_to_values(names)
                changed = {n: v for n, v in values.items() if partner[n] != there[n]}
                if changed:
                    ids = groups.setdefault(repr(changed), (changed, []))[1]
                    ids.append(partner.id)
            for changed, ids in groups.values():
                elevated.with_company(company).browse(ids).write(changed)

    def _remove(self, batch, item, record):
        """Archive who was deleted; who was merged leads to the winner for ever."""
        winner_id = item.document.merged_into
        if not winner_id:
            if batch.is_origin(item):
                self._archive(item, record)
            return record
        winner = batch.record(Ref(item.ref.kind, winner_id), self._target)
        if record and record != winner:
            self._check_mergeable(batch, item, record, winner)
            self._archive(item, record)
            self._move(record, winner)
        return winner

    def _archive(self, item, partner):
        """:raises Hold: ``partner_has_user``"""
        # sudo: whether somebody signs in as the partner, not who
        if partner.sudo().user_ids:
            raise Hold(
                "partner_has_user",
                f"{partner.display_name} ({item.ref.id}) is gone at its source, but "
                "somebody signs in to Odoo with this contact.",
                "Archive the user of the contact, then retry; or skip the event to "
                "keep the contact.",
            )
        if partner.active:
            partner.active = False

    # ------------------------------------------------------------------
    # MERGE
    # ------------------------------------------------------------------

    def _check_mergeable(self, batch, item, loser, winner):
        """What is in the loser's name goes along only by Odoo's merge, which a person
        starts, and another one approves where both have entries.

        :raises Hold: ``merge_needs_approval``
        """
        tie = self._tie(loser)
        if tie:
            batch.env["q2c.match"]._merged_there(item, loser, winner)
            raise Hold(
                "merge_needs_approval",
                f"{loser.display_name} ({item.ref.id}) was merged into "
                f"{winner.display_name}, but {tie.display_name} is in its name.",
                "Merge the two contacts on the screen Possible Duplicates; or skip the "
                "event to keep them apart.",
            )

    def _tie(self, partner):
        """A posted entry, a confirmed order or a contract of the partner, if any."""
        own = Domain("partner_id", "=", partner.id)
        commercial = Domain("commercial_partner_id", "=", partner.id)
        for model, domain in (
            ("account.move", (own | commercial) & Domain("state", "=", "posted")),
            ("sale.order", own & Domain("state", "=", "sale")),
            ("q2c.subscription", own),
        ):
            # sudo: those of other companies count as well
            found = self.env[model].sudo().search(domain, limit=1)
            if found:
                return found
        return None

    def _move(self, loser, winner):
        """What else is linked to the loser, and its people, are the winner's now."""
        # sudo: links are the engine's own
        bindings = self.env["q2c.binding"].sudo()
        linked = bindings.search(
            [("res_model", "=", loser._name), ("res_id", "=", loser.id)]
        )
        linked.write({"res_id": winner.id, "is_origin": False})
        people = loser.with_context(active_test=False).child_ids
        people.filtered(lambda child: child.type == "contact").parent_id = winner


def _taken_over(parents, vals):
    """What a new partner with ``vals`` has from one of ``parents``: the company's
    commercial fields unless it is a company itself, and as a contact its address."""
    parent_id = vals.get("parent_id")
    parent = parents.browse(parent_id).with_prefetch(parents.ids)
    if not parent_id or vals.get("is_company"):
        return {}
    taken = parent.commercial_partner_id._get_commercial_values()
    if vals.get("type") == "contact":
        taken |= parent._get_address_values()
    return {name: value for name, value in taken.items() if value}
