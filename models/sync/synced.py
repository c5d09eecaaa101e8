# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a record shows of its counterparts elsewhere."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Worst first: that is what a record with several links shows.
STATES = ("error", "pending", "synced")


class Shown(models.AbstractModel):
    """What is seen of the links of a record, however it comes by them."""

    _name = "q2c.shown"
    _description = "Record that Shows Links to Other Systems"

    q2c_binding_count = fields.Integer(
        string="Linked Object Count",
        compute="_compute_q2c_sync",
        groups="quote_to_cash.group_user",
    )
    q2c_sync_state = fields.Selection(
        [
            ("none", "Not linked"),
            ("synced", "In sync"),
            ("pending", "Pending"),
            ("error", "Error"),
        ],
        string="Sync",
        compute="_compute_q2c_sync",
        search="_search_q2c_sync_state",
        groups="quote_to_cash.group_user",
    )
    q2c_in_stripe = fields.Boolean(
        compute="_compute_q2c_sync", groups="quote_to_cash.group_user"
    )
    q2c_in_salesforce = fields.Boolean(
        compute="_compute_q2c_sync", groups="quote_to_cash.group_user"
    )

    def _compute_q2c_sync(self):
        raise NotImplementedError

    def _search_q2c_sync_state(self, operator, value):
        raise NotImplementedError


class Synced(models.AbstractModel):
    _name = "q2c.synced"
    _inherit = "q2c.shown"
    _description = "Record Linked to Other Systems"

    q2c_binding_ids = fields.One2many(
        "q2c.binding",
        "res_id",
        string="Linked Objects",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
    )

    @api.depends("q2c_binding_ids.sync_state", "q2c_binding_ids.provider")
    def _compute_q2c_sync(self):
        for record in self:
            bindings = record.q2c_binding_ids
            states = set(bindings.mapped("sync_state"))
            providers = set(bindings.mapped("provider"))
            record.q2c_binding_count = len(bindings)
            record.q2c_sync_state = next(
                (state for state in STATES if state in states), "none"
            )
            record.q2c_in_stripe = "stripe" in providers
            record.q2c_in_salesforce = "salesforce" in providers

    def _search_q2c_sync_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        bindings = Domain("res_model", "=", self._name)
        linked = self.env["q2c.binding"]._search(bindings).subselect("res_id")
        matching = (
            self.env["q2c.binding"]
            ._search(bindings & Domain("sync_state", "in", list(value)))
            .subselect("res_id")
        )
        domain = Domain("id", "in", matching)
        return domain | Domain("id", "not in", linked) if "none" in value else domain

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_q2c_open_stripe(self):
        return self._q2c_open("stripe")

    def action_q2c_open_salesforce(self):
        return self._q2c_open("salesforce")

    def _q2c_open(self, provider):
        self.ensure_one()
        bindings = self.q2c_binding_ids.filtered(lambda b: b.provider == provider)
        if not bindings:
            raise UserError(
                self.env._("%s is not linked to an object there.", self.display_name)
            )
        return bindings[0].action_open_provider()

    def action_q2c_view_bindings(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "quote_to_cash.q2c_binding_action"
            ),
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": {},
        }


class Traced(models.AbstractModel):
    _name = "q2c.traced"
    _inherit = "q2c.synced"
    _description = "Linked Record that Belongs to a Deal"

    q2c_trace = fields.Char(
        string="Trace",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="One id for everything that belongs to this deal.",
    )
