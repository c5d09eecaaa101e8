# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who owns which field of which object, and from when on."""

from odoo import api, fields, models

from .owned_fields import ODOO, ORIGIN, OWNED, label_of, words_of

# Between the kind and the word of a subject.
DOT = "."


class OwnershipRule(models.Model):
    """Where no rule says otherwise, an object owns the record that was created from it,
    and Odoo owns what was created here."""

    _name = "q2c.ownership.rule"
    _inherit = "q2c.policy.part"
    _description = "Ownership Rule"
    _order = "subject, date_from, id"
    _rec_name = "subject"

    subject = fields.Selection(
        selection="_subjects",
        string="Object and Field",
        required=True,
        help="What is owned. A rule for a field goes before one for all fields of the "
        "object.",
    )
    kind = fields.Selection(
        selection=lambda self: self._kinds(),
        string="Object",
        compute="_compute_kind",
        store=True,
    )
    owner = fields.Selection(
        selection="_owner_selection",
        required=True,
        help="The owner's value is written wherever it is known to differ; a change by "
        "anybody else is a conflict, which a person decides. What is empty is filled "
        "in by whoever says it first. Origin: the object that the record was created "
        "from, or Odoo where it was created here.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="The first day on which the rule holds. It ends where a later one for the "
        "same begins.",
    )
    state = fields.Selection(
        [("past", "Over"), ("current", "In force"), ("future", "To come")],
        compute="_compute_state",
    )

    _subject_uniq = models.Constraint(
        "UNIQUE (policy_id, subject, date_from)",
        "There is a rule for this object and field from this day on already.",
    )

    # ------------------------------------------------------------------
    # SELECTIONS AND COMPUTES
    # ------------------------------------------------------------------

    @api.model
    def _kinds(self):
        kinds = self.env["q2c.binding"]._fields["kind"]._description_selection(self.env)
        return [(code, label) for code, label in kinds if code in OWNED]

    @api.model
    def _subjects(self):
        subjects = []
        for kind, label in self._kinds():
            subjects.append((kind, self.env._("%s: all fields", label)))
            subjects += [
                (f"{kind}{DOT}{word}", f"{label}: {label_of(self.env, kind, word)}")
                for word in OWNED[kind]
            ]
        return subjects

    @api.model
    def _owner_selection(self):
        """Any provider, those of other addons as well."""
        providers = self.env["q2c.connection"]._fields["provider"]
        return [
            (ORIGIN, self.env._("Origin")),
            (ODOO, self.env._("Odoo")),
            *providers._description_selection(self.env),
        ]

    @api.depends("subject")
    def _compute_kind(self):
        for rule in self:
            rule.kind = (rule.subject or "").partition(DOT)[0] or False

    @api.depends("subject", "date_from", "policy_id.rule_ids.date_from")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for policy, share in self.grouped("policy_id").items():
            current = set((policy.rule_ids | share)._current(today).values())
            for rule in share:
                if rule.date_from and rule.date_from > today:
                    rule.state = "future"
                else:
                    rule.state = "current" if rule in current else "past"

    @api.depends("subject", "owner")
    def _compute_display_name(self):
        subjects, owners = dict(self._subjects()), dict(self._owner_selection())
        for rule in self:
            subject, owner = subjects.get(rule.subject), owners.get(rule.owner)
            rule.display_name = f"{subject or ''} → {owner or ''}"

    # ------------------------------------------------------------------
    # PART OF A REVISION
    # ------------------------------------------------------------------

    def _key(self):
        return self.subject, self.date_from

    def _said(self):
        return {
            "subject": self.subject,
            "owner": self.owner,
            "date_from": self.date_from,
        }

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    def _current(self, day):
        """{subject: the one of these rules that holds on ``day``}."""
        begun = self.filtered(lambda rule: rule.date_from and rule.date_from <= day)
        return {rule.subject: rule for rule in begun.sorted("date_from")}

    @api.model
    def _owners(self, company, kind, policy=None):
        """{word: owner} of those words of ``kind`` that a rule speaks of today.

        :param policy: the revision to go by, else the one in force
        """
        if policy is None:
            policy = self.env["q2c.policy"]._in_force(company)
        # sudo: what holds concerns every flow
        current = policy.sudo().rule_ids._current(fields.Date.context_today(self))
        of_all = current.get(kind)
        found = {}
        for word in OWNED.get(kind, {}):
            rule = current.get(f"{kind}{DOT}{word}") or of_all
            if rule:
                found[word] = rule.owner
        return found

    @api.model
    def _owned_here(self, bindings, names):
        """Those of ``bindings`` whose provider is to be told of a change of the fields
        ``names`` of their record, because a rule says that Odoo owns one of them."""
        found = bindings.browse()
        for (company, kind), share in bindings.grouped(
            lambda binding: (binding.company_id, binding.kind)
        ).items():
            owners = self._owners(company, kind)
            if any(owners.get(word) == ODOO for word in words_of(kind, names)):
                found |= share
        return found

    @api.model
    def _unsaid(self, connection, kind, bindings):
        """{binding: attributes of the document that an update must leave out}: what the
        provider owns or nobody has decided yet; of an object that was not created from
        here, all but what a rule or a person gives to this side."""
        if kind not in OWNED or not bindings:
            return {}
        owners = self._owners(connection.company_id, kind)
        decided = self.env["q2c.conflict"]._decided(bindings)
        unsaid = {}
        for binding in bindings:
            verdicts = decided.get(binding, {})
            names = set() if binding.sent_at else set(BESIDE.get(kind, ()))
            for word, owned in OWNED[kind].items():
                ours = verdicts.get(word)
                if ours is None:
                    ours = _is_ours(owners.get(word, ORIGIN), binding)
                if not ours:
                    names.update(owned.said_by)
            unsaid[binding] = frozenset(names)
        return unsaid


def _is_ours(owner, binding):
    if owner == ORIGIN:
        return bool(binding.sent_at) and not binding.is_origin
    told = bool(binding.sent_at) or _is_published(binding)
    return owner != binding.provider and (owner == ODOO or told)


def _is_published(binding):
    """Whether what others own of the object goes there through Odoo."""
    published = binding.connection_id.publish_catalogue != "none"
    return published and binding.kind == "product"


# Attributes that exporters say beside what can be owned.
BESIDE = {"customer": ("comment", "shipping")}
