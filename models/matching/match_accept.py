# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Accept, reject, undo: what a decision does to links."""

from odoo import models
from odoo.exceptions import UserError

from .match import OPEN

DECIDABLE = (*OPEN, "undone")


class Match(models.Model):
    _inherit = "q2c.match"

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_accept(self):
        """The customer is the candidate, from now on."""
        self._check_may_decide()
        for match in self._only(DECIDABLE):
            match._accept()
        self._settle_work_list()
        return True

    def action_reject(self):
        """The two are not the same, and this is not asked again."""
        self._check_may_decide()
        matches = self._only(DECIDABLE)
        matches._decide("rejected")
        matches._rerun_waiting()
        matches._settle_work_list()
        return True

    def action_undo(self):
        """Let what was decided no longer hold. Where there are two contacts again, they
        are to be compared anew; otherwise that comes with the next run."""
        self._check_may_decide()
        for match in self._only(("accepted", "rejected")):
            if match.state == "accepted":
                match._undo_link()
            match._decide("undone", undo=False)
            match._review_again()
        return True

    def _review_again(self):
        """Ask again, where the object is another contact than the candidate."""
        binding = self.connection_id and self._binding()
        other = binding._record() if binding else self.other_partner_id
        if other and other != self.partner_id:
            # sudo: see _decide
            self.sudo().write({"state": "review", "other_partner_id": other.id})
            self._reopen_work_list()

    def _only(self, states):
        matches = self.filtered(lambda match: match.state in states)
        if not matches:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "None of these can be decided like that: this is for what is %s.",
                    ", ".join(labels[state] for state in states),
                )
            )
        return matches

    # ------------------------------------------------------------------
    # ACCEPT
    # ------------------------------------------------------------------

    def _accept(self):
        self.ensure_one()
        if not self.connection_id:
            raise UserError(
                self.env._(
                    "%s are two contacts, with nothing to link: merge them, or reject "
                    "the match.",
                    self.display_name,
                )
            )
        self._check_free()
        binding = self._binding()
        former = binding._record() if binding else None
        undo = {}
        if former and former != self.partner_id:
            self._check_empty(former, binding)
            undo = self._move_to_candidate(binding, former)
        elif not binding:
            self._create_binding()
        self._decide("accepted", undo=undo)
        self._overtake()
        self._rerun()

    def _binding(self):
        # sudo: links are the engine's own; who may decide was checked before
        bindings = self.env["q2c.binding"].sudo()
        return bindings._resolve(self.connection_id, [self._ref()]).get(self._ref())

    def _check_free(self):
        """:raises UserError: the candidate is another account of the CRM already"""
        if self.connection_id.is_billing:
            return
        # sudo: see _binding
        taken = self.env["q2c.binding"].sudo()
        other = taken._of_records(self.connection_id, self.kind, self.partner_id)
        binding = other.get(self.partner_id.id)
        if binding and binding.external_id != self.external_id:
            raise UserError(
                self.env._(
                    "%(partner)s is the account %(id)s of %(connection)s already, and "
                    "is only one. Merge the two accounts there: the merge is followed "
                    "here.",
                    partner=self.partner_id.display_name,
                    id=binding.external_id,
                    connection=self.connection_id.name,
                )
            )

    def _check_empty(self, former, binding):
        """:raises UserError: something is in the name of the contact that would go"""
        if not binding.is_origin:
            return
        tie = self._party()._tie(former)
        if tie:
            raise UserError(
                self.env._(
                    "%(tie)s is in the name of %(former)s, which %(customer)s became "
                    "meanwhile. Merge the two contacts instead of linking: then it "
                    "goes along.",
                    tie=tie.display_name,
                    former=former.display_name,
                    customer=self.name,
                )
            )
        # sudo: whether somebody signs in as the partner, not who
        if former.sudo().user_ids:
            raise UserError(
                self.env._(
                    "Somebody signs in to Odoo with the contact %s, which would be "
                    "archived. Merge the two contacts instead of linking.",
                    former.display_name,
                )
            )

    def _party(self):
        """The applier that knows what goes along with a partner, with the rights that
        the flows of the connection have."""
        return self.connection_id.sudo()._as_service().env["q2c.applier.party"]

    def _move_to_candidate(self, binding, former):
        """Link to the candidate. What was created for this object only is archived, and
        all that is linked to it goes along.

        :return: what has to be put back when this is undone
        """
        undo = {"former": former.id, "origin": binding.is_origin}
        if binding.is_origin:
            undo |= self._set_aside(former)
        binding.write(
            {"res_id": self.partner_id.id, "is_origin": False, "fingerprint": False}
        )
        return undo

    def _set_aside(self, former):
        """:return: ids of the links and people that moved"""
        party = self._party()
        former = party.env["res.partner"].browse(former.id)
        links = (
            self.env["q2c.binding"]
            # sudo: see _binding
            .sudo()
            .search([("res_model", "=", "res.partner"), ("res_id", "=", former.id)])
        )
        people = former.child_ids.filtered(lambda child: child.type == "contact")
        moved = {
            "links": [[link.id, link.is_origin] for link in links],
            "people": people.ids,
            "archived": former.active,
        }
        party._move(former, party.env["res.partner"].browse(self.partner_id.id))
        former.active = False
        return moved

    def _create_binding(self):
        # sudo: see _binding
        self.env["q2c.binding"].sudo().create(
            {
                "connection_id": self.connection_id.id,
                "kind": self.kind,
                "external_id": self.external_id,
                "res_model": "res.partner",
                "res_id": self.partner_id.id,
            }
        )

    def _overtake(self):
        """What else the object might have been is no question any more."""
        others = self._of_object() - self
        others.filtered("is_open")._decide("overtaken")

    def _of_object(self):
        # sudo: see _decide
        return self.sudo().search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", self.kind),
                ("external_id", "=", self.external_id),
            ]
        )

    # ------------------------------------------------------------------
    # UNDO
    # ------------------------------------------------------------------

    def _undo_link(self):
        """Take the link back; what was booked in the candidate's name stays there."""
        binding = self._binding()
        if not binding or binding.res_id != self.partner_id.id:
            raise UserError(
                self.env._(
                    "%s is not linked to the candidate any more, so there is nothing "
                    "to undo.",
                    self.name or self.external_id,
                )
            )
        undo = self.sudo().undo or {}
        former = self.env["res.partner"].sudo().browse(undo.get("former")).exists()
        if former:
            self._put_back(binding, former, undo)
        else:
            binding.unlink()
        overtaken = self._of_object().filtered(lambda m: m.state == "overtaken")
        overtaken._decide("review")
        overtaken._reopen_work_list()
        self._rerun()

    def _put_back(self, binding, former, undo):
        # sudo: see _binding
        links = self.env["q2c.binding"].sudo()
        for link_id, is_origin in undo.get("links", ()):
            links.browse(link_id).exists().write(
                {"res_id": former.id, "is_origin": is_origin}
            )
        binding.write(
            {
                "res_id": former.id,
                "is_origin": undo.get("origin", False),
                "fingerprint": False,
            }
        )
        partners = self._party().env["res.partner"]
        if undo.get("archived"):
            partners.browse(former.id).active = True
        people = partners.browse(undo.get("people", ())).exists()
        people.filtered(
            lambda person: person.parent_id.id == self.partner_id.id
        ).parent_id = former.id

    # ------------------------------------------------------------------
    # RUN AGAIN
    # ------------------------------------------------------------------

    def _rerun(self):
        """Apply what is known of the objects anew."""
        for match in self:
            match._newest_event()._requeue()
        self.connection_id._wake_queues()

    def _rerun_waiting(self):
        """Go on with what waited for these, where nothing is left to decide."""
        for match in self:
            event = match._newest_event()
            if event.reason == "match_review" and not any(
                match._of_object().mapped("is_open")
            ):
                match._rerun()

    def _newest_event(self):
        """The last event about the object, unless a person set it aside."""
        # sudo: who may decide was checked before; the queue is the engine's
        events = self.env["q2c.event"].sudo()
        event = events.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", self.kind),
                ("object_id", "=", self.external_id),
                ("reason", "!=", "superseded"),
            ],
            order="occurred_at desc, id desc",
            limit=1,
        )
        return event if event.reason != "by_user" else events
