# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lead of the CRM → lead, which becomes the opportunity that it is converted to."""

from typing import NamedTuple

from odoo import fields, models
from odoo.tools import email_normalize, plaintext2html

from ...canonical import Ref
from .places import Places, bare_url
from .salespeople import salespeople


class Lookup(NamedTuple):
    places: Places
    # (company, e-mail address) → user
    salespeople: dict


class LeadApplier(models.AbstractModel):
    _name = "q2c.applier.lead"
    _inherit = "q2c.applier.crm_lead"
    _description = "Lead to Lead"

    def _apply(self, batch):
        if not batch.connection.takes_leads:
            for item in batch.open_items:
                item.result = "ignored"
            return
        self._apply_converted(batch)
        super()._apply(batch)

    def _lookup(self, batch):
        documents = [item.document for item in batch.open_items]
        return Lookup(
            Places(batch.env, [document.address for document in documents]),
            salespeople(batch, documents),
        )

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def _values(self, batch, item, record):
        document = item.document
        company = batch.connection.company_id
        owner = company, email_normalize(document.owner_email)
        user = batch.lookup.salespeople.get(owner)
        values = {
            "name": document.company or document.name or document.id,
            "contact_name": document.name or False,
            "partner_name": document.company or False,
            "email_from": document.email or False,
            "phone": document.phone or document.mobile or False,
            "function": document.function or False,
            "website": document.website or False,
            "description": plaintext2html(document.description)
            if document.description
            else False,
            "company_id": company.id,
            **batch.lookup.places.values(document.address),
        }
        if user:
            values["user_id"] = user.id
        if not record:
            values.update(type="lead", user_id=user.id if user else False)
        return values

    def _differs(self, record, name, value):
        if name == "website" and record.website:
            return bare_url(value) != bare_url(record.website)
        return super()._differs(record, name, value)

    # ------------------------------------------------------------------
    # CONVERTED
    # ------------------------------------------------------------------

    def _apply_converted(self, batch):
        """A lead that was converted before it was ever seen leaves nothing behind: what
        it became comes by itself."""
        converted = batch.of(
            [
                item
                for item in batch.open_items
                if item.document.is_converted and not item.document.deleted
            ]
        )
        # sudo: links are the engine's own
        bindings = batch.env["q2c.binding"].sudo()
        refs = {
            i: Ref("opportunity", i.document.opportunity_id) for i in converted.items
        }
        known = bindings._resolve(batch.connection, [r for r in refs.values() if r.id])
        kept = converted.collect(
            lambda item: self._convert(batch, item, refs[item], known.get(refs[item]))
        )
        batch.bind({item: lead for item, lead in kept.items() if lead})
        for item in converted.open_items:
            item.result = "ignored"

    def _convert(self, batch, item, ref, binding):
        """:return: the record that the lead is linked to from now on"""
        lead = batch.bound(item, self._target)
        if not lead:
            return lead
        if not ref.id:
            return self._leave(batch, item, lead)
        if not binding:
            return self._become(batch, lead, ref)
        opportunity = lead.browse(binding.res_id).exists()
        if opportunity and opportunity != lead:
            self._join(lead, opportunity)
        return opportunity or lead

    def _become(self, batch, lead, ref):
        """The opportunity is not here yet: when it comes, it finds this as its own."""
        lead.write({"type": "opportunity", "date_conversion": fields.Datetime.now()})
        # sudo: see _apply_converted
        binding = (
            batch.env["q2c.binding"]
            .sudo()
            .create(
                {
                    "connection_id": batch.connection.id,
                    "kind": ref.kind,
                    "external_id": ref.id,
                    "res_model": lead._name,
                    "res_id": lead.id,
                    "is_origin": True,
                    "trace": ref.id,
                }
            )
        )
        batch.bindings[ref] = binding.with_env(batch.env)
        return lead

    def _join(self, lead, opportunity):
        """The opportunity came first: what was said and planned goes over to it."""
        opportunity._merge_dependences(lead)
        lead.active = False

    def _leave(self, batch, item, lead):
        """Only an account and a contact were made of it."""
        document = item.document
        contact = batch.record(Ref("contact", document.contact_id), "res.partner")
        customer = batch.record(Ref("customer", document.customer_id), "res.partner")
        if lead.active and lead.type == "lead":
            lead.write({"partner_id": (contact or customer).id, "active": False})
        return lead

    # ------------------------------------------------------------------
    # GONE
    # ------------------------------------------------------------------

    def _remove(self, batch, item, record):
        """Who was merged leads to the winner for ever; what became an opportunity stays
        that."""
        binding = batch.bindings.get(Ref("lead", item.document.merged_into))
        if item.document.merged_into and binding:
            winner = batch.record(binding._ref(), self._target)
            if record and record != winner and record.type == "lead":
                self._join(record, winner)
            return winner
        if record.type == "opportunity":
            return record
        return super()._remove(batch, item, record)
