# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The proof sheet: each figure of a document as the provider tells it, beside what the
books say."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.event import KIND_LABELS
from .proof_query import query

FIGURES = [
    ("untaxed", "Untaxed amount"),
    ("tax", "Tax"),
    ("rounding", "Rounding difference"),
    ("total", "Total"),
    ("paid", "Paid"),
    ("from_balance", "From customer balance"),
    ("remaining", "Remaining"),
    ("amount", "Amount"),
    ("settled", "Settlement"),
    ("fee", "Fee"),
]


class Proof(models.Model):
    """Rows are computed whenever they are looked at: a sheet is never out of date, and
    booking does not pay for it."""

    _name = "q2c.proof"
    _description = "Proof Sheet"
    _auto = False
    _order = "date desc, id"
    _rec_name = "reference"
    _depends = {
        "account.move": [
            "amount_residual",
            "currency_id",
            "date",
            "origin_payment_id",
            "q2c_balance_move_id",
            "q2c_figures",
            "q2c_mirrored_move_id",
            "q2c_tolerance",
            "ref",
            "state",
            "statement_line_id",
        ],
        "account.move.line": [
            "account_id",
            "amount_currency",
            "currency_id",
            "display_type",
            "move_id",
            "parent_state",
            "q2c_line_id",
            "tax_line_id",
        ],
        "account.partial.reconcile": ["debit_amount_currency"],
        "account.payment": [
            "amount",
            "currency_id",
            "date",
            "move_id",
            "outstanding_account_id",
            "payment_reference",
            "q2c_reopened_move_ids",
            "state",
        ],
        "q2c.balance.transaction": ["amount", "currency_id", "fee", "fee_move_id"],
        "q2c.binding": ["figures", "res_id"],
        "q2c.event": ["partition", "state"],
    }

    kind = fields.Selection(KIND_LABELS, string="Document", readonly=True)
    connection_id = fields.Many2one("q2c.connection", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    date = fields.Date(readonly=True)
    reference = fields.Char(readonly=True, help="The provider's number.")
    customer = fields.Char(
        string="Provider Customer", readonly=True, help="The provider's id."
    )
    figure = fields.Selection(FIGURES, readonly=True)
    tax_id = fields.Many2one("account.tax", readonly=True)
    label = fields.Char(compute="_compute_label")
    currency_id = fields.Many2one("res.currency", readonly=True)
    told = fields.Monetary(
        string="Provider",
        readonly=True,
        help="What the provider says in the state that was applied last.",
    )
    booked = fields.Monetary(
        string="Odoo", readonly=True, help="What the journal items say now."
    )
    difference = fields.Monetary(readonly=True, help="Odoo less the provider.")
    state = fields.Selection(
        [
            ("tied", "Agrees"),
            ("explained", "Explained"),
            ("transit", "In transit"),
            ("differs", "Differs"),
        ],
        readonly=True,
        help="In transit: the entry is not posted yet, or an event about the customer "
        "is still in line. Explained: it follows from a policy of the connection.",
    )
    note = fields.Char(compute="_compute_note")

    @property
    def _table_query(self):
        return query()

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("figure", "tax_id")
    def _compute_label(self):
        labels = dict(self._fields["figure"]._description_selection(self.env))
        for row in self:
            row.label = " ".join(filter(None, (labels[row.figure], row.tax_id.name)))

    @api.depends("state")
    def _compute_note(self):
        """Why it does not agree, where that is known."""
        held = self.filtered(lambda row: row.state == "differs")._held()
        for row in self:
            row.note = held.get((row.connection_id, row.customer)) or row._reason()

    def _reason(self):
        self.ensure_one()
        if self.state == "explained":
            if self.figure in ("untaxed", "rounding", "tax"):
                return self.env._("Within the tolerance of the connection.")
            if self.move_id.amount_residual:
                return self.env._("Owed again, because the payment was refunded.")
            return self.env._("Written off as uncollectible.")
        if self.state == "transit":
            if self.move_id.state == "draft":
                return self.env._("The entry is a draft.")
            return self.env._("An event about the customer is in line.")
        return False

    def _held(self):
        """{(connection, provider's id of the customer): the newest event of theirs
        that was held, in words}."""
        customers = list(filter(None, self.mapped("customer")))
        if not customers:
            return {}
        events = self.env["q2c.event"].search(
            Domain("state", "=", "failed")
            & Domain("connection_id", "in", self.connection_id.ids)
            & Domain("partition", "in", customers),
            order="id",
        )
        return {
            (event.connection_id, event.partition): event.message for event in events
        }

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_open_document(self):
        self.ensure_one()
        document = self.move_id or self.payment_id
        return document._get_records_action()
