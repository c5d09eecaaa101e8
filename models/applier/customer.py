# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customer → partner."""

from typing import NamedTuple

from odoo import models
from odoo.tools import plaintext2html

from ...canonical import Ref, Wait
from ...canonical.likeness import plain_vat
from ..engine.rules_applied import rules_of
from ..matching import facts
from .partner_matching import PartnerMatching, known_ids, named_ids
from .payment_terms import PaymentTerms
from .places import Places, bare_url


class Lookup(NamedTuple):
    places: Places
    # code, or its first part, in lower case → code of an installed language
    languages: dict
    # item → the Proposal that it was linked by
    linked: dict
    # item → the Proposals, none of which was chosen
    doubtful: dict
    terms: PaymentTerms


class CustomerApplier(models.AbstractModel):
    _name = "q2c.applier.customer"
    _inherit = "q2c.applier.party"
    _description = "Customer to Partner"

    def _lookup(self, batch):
        documents = [item.document for item in batch.open_items]
        addresses = [d.billing for d in documents] + [d.shipping for d in documents]
        places = Places(batch.env, addresses)
        terms = PaymentTerms(batch.connection, documents)
        return Lookup(places, self._languages(batch.env), {}, {}, terms)

    def _languages(self, env):
        codes = [code for code, _name in env["res.lang"].get_installed()]
        first_parts = {code.split("_")[0].lower(): code for code in reversed(codes)}
        return first_parts | {code.lower(): code for code in codes}

    # ------------------------------------------------------------------
    # MATCH
    # ------------------------------------------------------------------

    def _match(self, batch, items):
        """Certain → linked. Doubtful → where the connection says so, it waits for a
        person; otherwise it becomes a partner, and a person compares the two."""
        found = self._made_here(batch, items)
        rest = [item for item in items if item not in found]
        matching = PartnerMatching(batch, rest)
        for item in rest:
            proposal = matching.find(item)
            if proposal:
                found[item] = proposal.partner
                batch.lookup.linked[item] = proposal
            about = [proposal] if proposal else matching.doubtful.get(item, ())
            rules_of(batch.env).matched(item.ref, about, bool(proposal))
        batch.lookup.doubtful.update(matching.doubtful)
        if matching.policy.hold and matching.doubtful:
            self._hold(batch, matching.doubtful)
        return found

    def _hold(self, batch, doubtful):
        batch.env["q2c.match"]._propose(batch, doubtful)
        for item in doubtful:
            item.failure = Wait(
                "match_review",
                f"The customer {item.document.name or item.ref.id} ({item.ref.id}) may "
                "be a contact that is there already: a person is to compare them.",
            )

    def _evidence(self, batch, item):
        """Two accounts of a CRM are two partners whatever they have in common."""
        if not batch.connection.is_billing:
            return set()
        policy = batch.connection.sudo()._match_policy()
        country = batch.lookup.places.country(item.document.billing)
        about = facts.of_document(item.document, country.code if country else "")
        keys = about.keys() | {("id", i) for i in known_ids(batch.env, item.document)}
        at = policy.review_at if policy.hold else policy.link_at
        return policy.sufficient(keys, at)

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def _values(self, batch, item, record):
        """What the provider does not say stays Odoo's: an account of a CRM has no
        e-mail address, a customer of a billing system no website."""
        document = item.document
        said = {
            "email": document.email,
            "phone": document.phone,
            "website": document.website,
            "ref": document.number,
            "lang": self._language(batch, document),
            "property_payment_term_id": self._payment_term(batch, document),
        }
        values = {
            "name": document.name or document.email or document.id,
            "is_company": document.is_company,
            **{name: value for name, value in said.items() if value},
            **self._parent_values(batch, item, record),
            **self._address_values(batch, item),
        }
        vat, refused = self._check_vat(document, record, values)
        if vat is not None:
            values["vat"] = vat
        values.update(self._comment_values(document, record, refused))
        return values

    def _payment_term(self, batch, document):
        terms = batch.lookup.terms.get(document)
        return terms and terms.id

    def _language(self, batch, document):
        code = document.language.replace("-", "_").lower()
        languages = batch.lookup.languages
        return languages.get(code) or languages.get(code.split("_")[0])

    def _parent_values(self, batch, item, record):
        """Only where the provider knows of parents; elsewhere Odoo's stays."""
        parent = batch.record(Ref("customer", item.document.parent_id), "res.partner")
        if not parent or parent == record or (record and not batch.is_origin(item)):
            return {}
        # As a "contact" it would take its parent's address, or give it its own.
        return {"parent_id": parent.id, "type": "other"}

    def _address_values(self, batch, item):
        address = item.document.billing
        return batch.lookup.places.values(address) if address else {}

    # ------------------------------------------------------------------
    # TAX ID
    # ------------------------------------------------------------------

    def _check_vat(self, document, record, values):
        """(tax id to write or None, the one that Odoo refuses): a refused one must not
        keep the customer out. One that is there may not fit to a new country."""
        vat = document.vat or record.vat
        country = record.commercial_partner_id.country_id
        if "country_id" in values:
            country = country.browse(values["country_id"])
        known = plain_vat(vat) == plain_vat(record.vat)
        if not vat or (known and country == record.country_id):
            return None, ""
        accepted, _country = record._run_vat_checks(country, vat, validation="setnull")
        if accepted:
            return accepted, ""
        return (False if known else None), vat

    def _comment_values(self, document, record, refused):
        """The description, which does not touch what is noted already, and a tax id
        that could not be kept where it belongs."""
        note = record.comment or ""
        if not note and document.comment:
            note = plaintext2html(document.comment)
        if refused and refused not in note:
            text = self.env._("Tax ID as received, which Odoo refuses: %s", refused)
            note += plaintext2html(text)
        return {"comment": note} if note else {}

    def _differs(self, record, name, value):
        """A website and a tax id are kept by Odoo in a form of its own."""
        if name == "website" and record.website:
            return bare_url(value) != bare_url(record.website)
        if name == "vat":
            return plain_vat(value) != plain_vat(record.vat)
        return super()._differs(record, name, value)

    # ------------------------------------------------------------------
    # AFTERWARDS
    # ------------------------------------------------------------------

    def _created(self, batch, records):
        self._remember(batch, records)
        self._ship(batch, records)
        if batch.connection.sudo().match_policy == "create":
            self._compare(batch, records)

    def _updated(self, batch, records):
        self._remember(batch, records)
        self._ship(batch, {i: r for i, r in records.items() if batch.is_origin(i)})
        linked = batch.lookup.linked
        batch.env["q2c.match"]._record_links(
            batch, {item: linked[item] for item in records if item in linked}
        )

    def _remember(self, batch, records):
        """Which ids elsewhere a partner was said to have, for what comes later."""
        named = {
            partner: named_ids(batch.env, item.document)
            for item, partner in records.items()
            if item.document.counterparts
        }
        # sudo: the keys are the engine's own
        batch.env["q2c.match.key"].sudo()._remember(named)

    def _compare(self, batch, records):
        """Whom the new partners may be: what was there before, and each other."""
        if batch.connection.is_billing:
            doubtful = self._compare_all(batch, records)
        else:
            doubtful = self._still_doubtful(batch, records)
        batch.env["q2c.match"]._propose(batch, doubtful, records)

    def _compare_all(self, batch, records):
        matching = PartnerMatching(batch, list(records), own=records)
        for item in records:
            proposal = matching.find(item)
            if proposal:
                matching.doubtful[item] = [proposal]
        return matching.doubtful

    def _still_doubtful(self, batch, records):
        """Accounts of a CRM are not compared with each other, so that all there is was
        found before they were created; but for whom another one was linked to."""
        lookup = batch.lookup
        taken = {p.partner for item, p in lookup.linked.items() if item.result}
        doubtful = {
            item: [p for p in lookup.doubtful.get(item, ()) if p.partner not in taken]
            for item in records
        }
        return {item: proposals for item, proposals in doubtful.items() if proposals}

    # ------------------------------------------------------------------
    # DELIVERY ADDRESS
    # ------------------------------------------------------------------

    def _ship(self, batch, records):
        """Keep the shipping address, where it is another one, as the partner's delivery
        address."""
        wanted = {
            partner: batch.lookup.places.values(item.document.shipping)
            for item, partner in records.items()
            if item.document.shipping
            and item.document.shipping != item.document.billing
        }
        if not wanted:
            return
        model = batch.env["res.partner"]
        found = model.search(
            [
                ("parent_id", "in", [partner.id for partner in wanted]),
                ("type", "=", "delivery"),
            ]
        ).grouped("parent_id")
        for partner, values in wanted.items():
            delivery = found.get(partner, model)[:1]
            changed = delivery and self._changed(delivery, values, values)
            if changed:
                delivery.write(changed)
        model.create(
            [
                {**values, "parent_id": partner.id, "type": "delivery"}
                for partner, values in wanted.items()
                if partner not in found
            ]
        )
