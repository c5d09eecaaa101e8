# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which outside object is which record."""

from odoo import api, fields, models
from odoo.fields import Domain

from ...canonical import Ref
from .event import KIND_LABELS


class Binding(models.Model):
    _name = "q2c.binding"
    _inherit = "q2c.pointing"
    _description = "Linked Object"
    _order = "id desc"
    _rec_name = "external_id"

    connection_id = fields.Many2one(
        "q2c.connection", required=True, readonly=True, ondelete="restrict", index=True
    )
    provider = fields.Selection(
        related="connection_id.provider", store=True, precompute=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        readonly=False,
        index=True,
        help="Whose people see it: of an entry those of its company, which need not be "
        "the connection's.",
    )
    kind = fields.Selection(KIND_LABELS, required=True, readonly=True)
    external_id = fields.Char(string="External ID", required=True, readonly=True)
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(required=True, index=True)
    is_origin = fields.Boolean(
        string="Origin",
        readonly=True,
        help="The record was created from this object, so its values win. Other "
        "objects linked to the record only fill in what is empty.",
    )
    is_deleted = fields.Boolean(
        string="Deleted There",
        readonly=True,
        help="The object was deleted at the provider; it may come back.",
    )
    version = fields.Datetime(
        readonly=True, help="Time, by the provider's clock, of the state last applied."
    )
    fingerprint = fields.Char(readonly=True, help="Hash of the content last applied.")
    figures = fields.Json(
        readonly=True,
        help="What the state last applied says in figures, for the proof.",
    )
    metadata = fields.Json(
        readonly=True,
        help="What people put on the object at the provider, for the mappings.",
    )
    sent_fingerprint = fields.Char(readonly=True, help="Hash of what was last sent.")
    applied_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    sync_state = fields.Selection(
        [("synced", "In sync"), ("pending", "Pending"), ("error", "Error")],
        required=True,
        readonly=True,
        default="synced",
        index=True,
    )
    message = fields.Text(readonly=True)
    trace = fields.Char(readonly=True, index="btree_not_null")

    _external_id_uniq = models.Constraint(
        "UNIQUE (connection_id, kind, external_id)",
        "An outside object is linked to one record only.",
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("connection_id.company_id")
    def _compute_company_id(self):
        """Unless it was said when the record was linked."""
        for binding in self:
            if not binding.company_id:
                binding.company_id = binding.connection_id.company_id

    @api.depends("kind", "external_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for binding in self:
            kind = kinds.get(binding.kind, "")
            binding.display_name = f"{kind} {binding.external_id}"

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_view_events(self):
        """Everything that came in about this object."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "quote_to_cash.q2c_event_action"
            ),
            "domain": [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", self.kind),
                ("object_id", "=", self.external_id),
            ],
            "context": {},
        }

    def action_open_provider(self):
        self.ensure_one()
        # sudo: the address only, for whoever sees the link; the connection may be
        # another company's
        return self.connection_id.sudo()._open_external(self._ref())

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    def _ref(self):
        return Ref(self.kind, self.external_id)

    @api.model
    def _resolve(self, connection, refs):
        """{ref: binding} of those ``refs`` that are bound, in one query."""
        refs = set(refs)
        if not refs:
            return {}
        domain = Domain("connection_id", "=", connection.id) & Domain.OR(
            Domain("kind", "=", kind)
            & Domain("external_id", "in", [ref.id for ref in refs if ref.kind == kind])
            for kind in {ref.kind for ref in refs}
        )
        return {binding._ref(): binding for binding in self.search(domain)}

    @api.model
    def _of_records(self, connection, kind, records):
        """{record id: binding} for ``records`` of one model; the oldest where a record
        has several."""
        bindings = self.search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", kind),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
            ],
            order="id desc",
        )
        return {binding.res_id: binding for binding in bindings}
