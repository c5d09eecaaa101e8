# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customer → partner."""

from typing import NamedTuple

from odoo import models

from ...canonical import Hold, Ref, Wait
from .partner_matching import PartnerMatching, plain_vat
from .places import Places


class Lookup(NamedTuple):
    places: Places
    # codes of those that are installed
    languages: set


class CustomerApplier(models.AbstractModel):
    _name = "q2c.applier.customer"
    _inherit = "q2c.applier"
    _description = "Customer to Partner"

    _target = "res.partner"

    def _lookup(self, batch):
        addresses = [item.document.billing for item in batch.open_items]
        languages = {code for code, _name in batch.env["res.lang"].get_installed()}
        return Lookup(Places(batch.env, addresses), languages)

    # ------------------------------------------------------------------
    # MATCH
    # ------------------------------------------------------------------

    def _match(self, batch, items):
        found = self._made_here(batch, items)
        rest = [item for item in items if item not in found]
        matching = PartnerMatching(batch, rest)
        for item in rest:
            partner = matching.find(item.document)
            if partner:
                found[item] = partner
        return found

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def _values(self, batch, item, record):
        document = item.document
        values = {
            "name": document.name,
            "is_company": document.is_company,
            "email": document.email or False,
            "phone": document.phone or False,
            "website": document.website or False,
            "ref": document.number or False,
            "comment": document.comment or False,
            **self._parent_values(batch, item, record),
            **self._address_values(batch, item, record),
        }
        values.update(self._vat_values(batch, document))
        language = document.language.replace("-", "_")
        if language in batch.lookup.languages:
            values["lang"] = language
        return values

    def _parent_values(self, batch, item, record):
        """Only where the provider knows of parents; elsewhere Odoo's stays."""
        parent = batch.record(Ref("customer", item.document.parent_id), "res.partner")
        if parent and parent != record:
            return {"parent_id": parent.id}
        return {}

    def _address_values(self, batch, item, record):
        """An address is one thing: where another source owns it, it is taken whole or
        not at all."""
        address = item.document.billing
        if not address:
            return {}
        if record and not batch.is_origin(item) and (record.street or record.city):
            return {}
        return batch.lookup.places.values(address)

    def _vat_values(self, batch, document):
        """A tax id that Odoo refuses must not keep the customer out."""
        if not document.vat:
            return {}
        country = batch.lookup.places.country(document.billing)
        partners = batch.env["res.partner"]
        # Odoo's own check, where its module base_vat is installed.
        check = getattr(partners, "_run_vat_checks", None)
        if check and country:
            vat, _country = check(country, document.vat, validation="setnull")
            return {"vat": vat} if vat else {}
        return {"vat": document.vat}

    def _changed(self, record, vals, is_origin):
        """A website and a tax id are kept by Odoo in a form of its own."""
        changed = super()._changed(record, vals, is_origin)
        if "website" in changed and record.website:
            if _bare(changed["website"]) == _bare(record.website):
                del changed["website"]
        if "vat" in changed and plain_vat(changed["vat"]) == plain_vat(record.vat):
            del changed["vat"]
        return changed

    # ------------------------------------------------------------------
    # MERGE AND DELETE
    # ------------------------------------------------------------------

    def _remove(self, batch, item, record):
        winner_id = item.document.merged_into
        if not winner_id:
            return super()._remove(batch, item, record)
        winner = self._winner(batch, Ref("customer", winner_id))
        if record and record != winner:
            self._check_no_entries(item, record, winner)
            super()._remove(batch, item, record)
        # The loser's id leads to the winner for ever.
        return winner

    def _winner(self, batch, ref):
        bindings = batch.env["q2c.binding"]._resolve(batch.connection, [ref])
        if ref not in bindings:
            raise Wait(
                "dependency",
                f"The customer {ref.id}, that another one was merged into, is not here "
                "yet.",
                needs=ref,
            )
        return batch.env["res.partner"].browse(bindings[ref].res_id)

    def _check_no_entries(self, item, loser, winner):
        """:raises Hold: both partners are in the books"""
        posted = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", loser.commercial_partner_id.id),
                ("state", "=", "posted"),
            ],
            limit=1,
        )
        if posted:
            raise Hold(
                "merge_needs_approval",
                f"{loser.display_name} ({item.ref.id}) was merged into "
                f"{winner.display_name}, but has posted entries such as {posted.name}.",
                "Merge the two contacts in Odoo, then retry; or skip the event to keep "
                "them apart.",
            )


def _bare(url):
    """A web address without what Odoo adds to it."""
    return (url or "").removeprefix("https://").removeprefix("http://").rstrip("/")
