# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A mapping that a revision changes; until it is in force, the mapping stays."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..finance.mapping import TARGETS


class PolicyMapping(models.Model):
    _name = "q2c.policy.mapping"
    _description = "Mapping Change of a Revision"
    _order = "policy_id, mapping_id"

    policy_id = fields.Many2one(
        "q2c.policy", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True, index=True
    )
    mapping_id = fields.Many2one(
        "q2c.mapping", required=True, readonly=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(related="mapping_id.kind")
    key = fields.Char(related="mapping_id.key")
    target_model = fields.Char(compute="_compute_target")
    target_id = fields.Many2oneReference(
        model_field="target_model",
        readonly=True,
        help="What it is to be mapped to; empty to unmap it.",
    )
    current = fields.Char(string="Now", related="mapping_id.target")
    target = fields.Char(string="To Be", compute="_compute_target")

    _mapping_uniq = models.Constraint(
        "UNIQUE (policy_id, mapping_id)", "A revision changes a mapping once."
    )

    @api.depends("mapping_id.kind", "target_id")
    def _compute_target(self):
        for change in self:
            field = self.env["q2c.mapping"]._fields[TARGETS[change.mapping_id.kind]]
            change.target_model = field.comodel_name
            change.target = change._target().display_name or False

    def _target(self):
        """The record that it is to be mapped to; an empty one to unmap it."""
        self.ensure_one()
        field = self.env["q2c.mapping"]._fields[TARGETS[self.mapping_id.kind]]
        # sudo: what it is called, for whoever sees the revision
        model = self.env[field.comodel_name].sudo()
        return model.browse(self.target_id or []).exists()

    @api.model_create_multi
    def create(self, vals_list):
        self.env["q2c.policy"].browse(
            {vals["policy_id"] for vals in vals_list}
        )._check_draft()
        changes = super().create(vals_list)
        changes.policy_id._compare()
        return changes

    def write(self, vals):
        self.policy_id._check_draft()
        result = super().write(vals)
        self.policy_id._compare()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_of_drafts(self):
        self.policy_id._check_draft()

    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        policies._compare()
        return result

    def _carry_out(self):
        """Map what was approved."""
        for change in self:
            name = TARGETS[change.mapping_id.kind]
            change.mapping_id.write({name: change._target().id})


class Mapping(models.Model):
    _inherit = "q2c.mapping"

    proposal_ids = fields.One2many(
        "q2c.policy.mapping",
        "mapping_id",
        string="Proposed Changes",
        domain=[("policy_id.state", "in", ("draft", "review", "approved"))],
        readonly=True,
    )
    proposal = fields.Char(compute="_compute_proposal")

    @api.depends(
        "proposal_ids.target_id",
        "proposal_ids.policy_id.state",
        "proposal_ids.policy_id",
    )
    def _compute_proposal(self):
        nothing = self.env._("nothing")
        for mapping in self:
            mapping.proposal = (
                "; ".join(
                    f"{row.target or nothing} ({row.policy_id.display_name})"
                    for row in mapping.proposal_ids
                    if row.policy_id.state in ("draft", "review", "approved")
                )
                or False
            )

    # ------------------------------------------------------------------
    # PROPOSED INSTEAD OF WRITTEN
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever may not map by himself adds it to the list, and proposes."""
        if self.env.su:
            return super().create(vals_list)
        connections = self.env["q2c.connection"].browse(
            vals.get("connection_id") or self._default_connection().id
            for vals in vals_list
        )
        # sudo: the connection may be another company's
        asking = {row.id for row in connections.sudo() if row.needs_approval}
        proposed, plain = [], []
        for vals, connection in zip(vals_list, connections, strict=True):
            targets = _targets_in(vals) if connection.id in asking else {}
            proposed.append(targets)
            plain.append({n: v for n, v in vals.items() if n not in targets})
        mappings = super().create(plain)
        for mapping, targets in zip(mappings, proposed, strict=True):
            if any(targets.values()):
                mapping._propose(targets)
        return mappings

    def write(self, vals):
        asking = self._asking()
        targets = _targets_in(vals)
        if asking and {"kind", "key", "connection_id"}.intersection(vals):
            asking._refuse_if_mapped()
        if not asking or not targets:
            return super().write(vals)
        asking._propose(targets)
        (self - asking).write(vals)
        rest = {name: value for name, value in vals.items() if name not in targets}
        return super(Mapping, asking).write(rest) if rest else True

    @api.ondelete(at_uninstall=False)
    def _unlink_unmapped(self):
        self._asking()._refuse_if_mapped()

    def _accepted(self, count):
        if self._asking():
            return self.env._(
                "%s proposed as suggested: send your revision for review.", count
            )
        return super()._accepted(count)

    def _asking(self):
        """Those whose connection wants changes approved, if a person makes them."""
        if self.env.su:
            return self.browse()
        # sudo: the connection may be another company's
        return self.filtered(lambda each: each.connection_id.sudo().needs_approval)

    def _refuse_if_mapped(self):
        for mapping in self:
            if mapping.state == "mapped":
                raise UserError(
                    self.env._(
                        "%s is in force, and changes of it need approval. Propose "
                        "another target, or none, and add a new mapping for another "
                        "key.",
                        mapping.label,
                    )
                )

    def _propose(self, vals):
        """Put the targets of ``vals`` into the user's draft, checked as though they
        were written."""
        for mapping in self:
            name = TARGETS[mapping.kind]
            if name not in vals:
                continue
            probe = self.new(vals, origin=mapping)
            probe._check_clearing()
            probe._check_field()
            probe._check_company([name])
            draft = self.env["q2c.policy"]._own_draft(mapping.company_id)
            draft._put_mapping(mapping, mapping[name].browse(vals[name] or []))


class Policy(models.Model):
    _inherit = "q2c.policy"

    def _put_mapping(self, mapping, target):
        """Have this draft map ``mapping`` to ``target``, which may be empty."""
        self.ensure_one()
        known = self.mapping_ids.filtered(lambda row: row.mapping_id == mapping)
        if target == mapping._target():
            known.unlink()
        elif known:
            known.target_id = target.id
        else:
            self.env["q2c.policy.mapping"].create(
                [
                    {
                        "policy_id": self.id,
                        "mapping_id": mapping.id,
                        "target_id": target.id,
                    }
                ]
            )


def _targets_in(vals):
    return {name: vals[name] for name in TARGETS.values() if name in vals}
