# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whoever merges contacts in Odoo: what was linked to one is linked to the other."""

from odoo import api, models
from odoo.tools import SQL

# Models that refer to any record by its model and id.
POINTING = ("q2c.binding", "q2c.event", "q2c.command", "q2c.exception")


class PartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Odoo moves what refers to the losers, and deletes all of it where one row
        would be there twice; so those go before."""
        # sudo: keys and matches are the engine's own
        keys = self.env["q2c.match.key"].sudo()
        for partner in src_partners:
            keys._move_remembered(partner, dst_partner)
        keys._replace(src_partners.ids, [])
        self.env["q2c.match"].sudo()._fold(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        """Links of the losers lead to the winner for ever; only its own origin speaks
        for it."""
        # sudo: links are the engine's own
        bindings = self.env["q2c.binding"].sudo()
        self.env.flush_all()
        for name in POINTING:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET res_id = %s %s"
                    " WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
                    SQL.identifier(self.env[name]._table),
                    dst_partner.id,
                    SQL(", is_origin = false" if name == bindings._name else ""),
                    src_partners.ids,
                )
            )
        self.env.invalidate_all()
        return super()._update_reference_fields(src_partners, dst_partner)

    def _log_merge_operation(self, src_partners, dst_partner):
        """The last step before the losers are deleted."""
        # sudo: matches are the engine's own
        self.env["q2c.match"].sudo()._settle_merged(src_partners, dst_partner)
        return super()._log_merge_operation(src_partners, dst_partner)


class Match(models.Model):
    _inherit = "q2c.match"

    @api.model
    def _fold(self, losers, winner):
        """Drop the matches that would say of the winner what another says already."""
        matches = self.search([("partner_id", "in", (losers | winner).ids)])
        known = {match._object() for match in matches if match.partner_id == winner}
        for match in matches.filtered(lambda m: m.partner_id != winner):
            about = match._object()
            if match.connection_id and about in known:
                match.unlink()
            known.add(about)

    def _object(self):
        return (self.connection_id.id, self.kind, self.external_id)
