# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One object that is not the same at the provider, in the inbox and in Odoo."""

from odoo import api, fields, models

from ...canonical import Ref, explain
from ..engine.event import KIND_LABELS
from . import compare

SORTS = [
    (compare.MISSING, "Missing in the inbox"),
    (compare.NOT_APPLIED, "Not applied"),
    (compare.HELD, "Held"),
    (compare.NOT_POSTED, "Not posted"),
    (compare.DIFFERS, "Amount differs"),
    (compare.EXTRA, "Not at the provider"),
    (compare.UNREADABLE, "Not understood"),
]
STATES = [
    ("open", "Open"),
    ("backfill", "Backfill queued"),
    ("backfilled", "Backfilled"),
    ("resolved", "Resolved"),
    ("superseded", "Found again"),
]
# What is not settled, in this run or a later one.
OPEN = ("open", "backfill", "backfilled")
# What reading the object again may repair.
REPAIRABLE = (
    compare.MISSING,
    compare.NOT_APPLIED,
    compare.HELD,
    compare.DIFFERS,
    compare.UNREADABLE,
)
# Reason codes of the exceptions.
_CODES = {
    compare.MISSING: "missing_in_inbox",
    compare.NOT_APPLIED: "not_applied",
    compare.NOT_POSTED: "left_as_draft",
    compare.DIFFERS: "amount_differs",
    compare.EXTRA: "not_at_provider",
    compare.UNREADABLE: "not_understood",
}
# What nobody's books are wrong by, as far as this goes.
_INFO = (compare.NOT_POSTED,)


class ReconciliationDifference(models.Model):
    _name = "q2c.reconciliation.difference"
    _inherit = "q2c.pointing"
    _description = "Reconciliation Difference"
    _order = "id desc"
    _rec_name = "external_id"

    run_id = fields.Many2one(
        "q2c.reconciliation.run",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    connection_id = fields.Many2one(
        related="run_id.connection_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(KIND_LABELS, required=True, readonly=True)
    external_id = fields.Char(
        string="Object ID", required=True, readonly=True, index=True
    )
    sort = fields.Selection(
        SORTS,
        string="What Differs",
        required=True,
        readonly=True,
        help="Missing in the inbox: no event ever told of it. Not applied: it came in, "
        "but is not in Odoo. Held: a person must decide. Not posted: it is still a "
        "draft here. Amount differs: both know it, with different amounts. Not at the "
        "provider: only Odoo knows it.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="open",
        index=True,
        help="Backfill queued: it will be read and put into the inbox. Backfilled: it "
        "was, and is compared again once it is applied. Found again: a later run shows "
        "the same.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    provider_amount = fields.Monetary(string="At Provider", readonly=True)
    odoo_amount = fields.Monetary(string="In Odoo", readonly=True)
    difference = fields.Monetary(compute="_compute_difference", store=True)
    message = fields.Text(readonly=True, help="What is wrong, on which object.")
    remedy = fields.Text(readonly=True, help="What to do about it.")
    event_id = fields.Many2one(
        "q2c.event",
        string="Newest Event",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The last that the inbox knows of the object.",
    )
    resolved_at = fields.Datetime(readonly=True)

    _object_idx = models.Index("(connection_id, kind, external_id)")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("provider_amount", "odoo_amount")
    def _compute_difference(self):
        for row in self:
            difference = row.provider_amount - row.odoo_amount
            currency = row.currency_id
            row.difference = currency.round(difference) if currency else 0

    @api.depends("kind", "external_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{kinds.get(row.kind, '')} {row.external_id}"

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_open_provider(self):
        self.ensure_one()
        return self.connection_id._open_external(self._ref())

    def action_view_events(self):
        """Everything that came in about the object."""
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

    # ------------------------------------------------------------------
    # FOR THE RUN
    # ------------------------------------------------------------------

    def _ref(self):
        return Ref(self.kind, self.external_id)

    def _key(self):
        """Of the exception: one for an object, whatever differs about it."""
        return f"difference:{self.kind}:{self.external_id}"

    @api.model
    def _keep(self, run, compared, currencies):
        """Write down what differs among ``compared``, and settle what earlier runs
        found about the same objects.

        :param currencies: {code: res.currency}
        """
        different = [each for each in compared if each.sort]
        self._settle_earlier(run, compared, {each.ref for each in different})
        created = self.create(
            [
                {"run_id": run.id, **self._object_values(each, currencies)}
                for each in different
            ]
        )
        created._report()
        return created

    @api.model
    def _settle_earlier(self, run, compared, different):
        earlier = self.search(
            [
                ("connection_id", "=", run.connection_id.id),
                ("run_id", "!=", run.id),
                ("state", "in", OPEN),
                ("kind", "in", list({each.ref.kind for each in compared})),
                ("external_id", "in", [each.ref.id for each in compared]),
            ]
        )
        again = earlier.filtered(lambda row: row._ref() in different)
        again.write({"state": "superseded"})
        (earlier - again)._resolve()

    @api.model
    def _object_values(self, each, currencies):
        """What is said of one Compared."""
        message, remedy = self._words(each)
        model, res_id = each.record or (False, False)
        newest = each.events.get(each.newest_state)
        return {
            "kind": each.ref.kind,
            "external_id": each.ref.id,
            "sort": each.sort,
            "currency_id": currencies.get(each.currency, self.env["res.currency"]).id,
            "provider_amount": float((each.told and each.told.amount) or 0),
            "odoo_amount": _in_books(each.booked),
            "message": message,
            "remedy": remedy,
            "res_model": model,
            "res_id": res_id,
            "event_id": newest,
        }

    @api.model
    def _words(self, each):
        """(what is wrong, what to do) for a person."""
        if each.sort == compare.UNREADABLE:
            return explain(each.failure), ""
        kind = dict(self._fields["kind"]._description_selection(self.env))
        what = f"{kind[each.ref.kind]} {each.ref.id}"
        if each.sort == compare.HELD:
            held = self.env["q2c.event"].browse(each.events["failed"])
            return held.message or what, held.remedy or ""
        return self._sentences(what, each)[each.sort]

    def _sentences(self, what, each):
        told = each.told.amount if each.told and each.told.amount is not None else None
        booked = each.booked and each.booked.amount
        return {
            compare.MISSING: (
                self.env._("%s never came in: no event told of it.", what),
                self.env._("Backfill brings it into the inbox."),
            ),
            compare.NOT_APPLIED: (
                self.env._("%s came in, but is not in Odoo.", what),
                self.env._(
                    "See its events: they wait, or were skipped. Backfill puts it in "
                    "line again."
                ),
            ),
            compare.NOT_POSTED: (
                self.env._("%s is still a draft in Odoo.", what),
                self.env._("Open the record and post it."),
            ),
            compare.DIFFERS: (
                self.env._(
                    "%(what)s counts for %(told)s at the provider, but for %(booked)s "
                    "in Odoo.",
                    what=what,
                    told=told or self.env._("nothing"),
                    booked=booked or self.env._("nothing"),
                ),
                self.env._(
                    "Backfill applies it anew, and says what keeps the two apart."
                ),
            ),
            compare.EXTRA: (
                self.env._("%s is in Odoo, but the provider does not know it.", what),
                self.env._(
                    "See where the record comes from (another account, test data), and "
                    "reverse it if it does not belong here."
                ),
            ),
        }

    # ------------------------------------------------------------------
    # EXCEPTIONS
    # ------------------------------------------------------------------

    def _report(self):
        """Each row is an exception until it is settled. What is held is one already: it
        waits for the same decision."""
        exceptions = self.env["q2c.exception"]
        for connection, rows in self.grouped("connection_id").items():
            held = rows.filtered(lambda row: row.sort == compare.HELD)
            exceptions._resolve_keys(connection, {row._key() for row in held})
            exceptions._report_many(connection, [r._case() for r in rows - held])

    def _case(self):
        return {
            "key": self._key(),
            "code": _CODES[self.sort],
            "category": "difference",
            "severity": "info" if self.sort in _INFO else "warning",
            "record": self,
            "ref": self._ref(),
            "partner": self._partner(),
            "event": self.event_id,
            "message": self.message,
            "remedy": self.remedy,
        }

    def _partner(self):
        if not self.res_model or "partner_id" not in self.env[self.res_model]._fields:
            return self.env["res.partner"]
        return self.env[self.res_model].browse(self.res_id).partner_id

    def _resolve(self):
        """The two say the same now."""
        self.write({"state": "resolved", "resolved_at": fields.Datetime.now()})
        for connection, rows in self.grouped("connection_id").items():
            self.env["q2c.exception"]._resolve_keys(
                connection,
                {row._key() for row in rows},
                self.env._("The provider and Odoo say the same now"),
            )


def is_repairable(sort, state):
    return sort in REPAIRABLE and state in ("open", "backfilled")


def _in_books(figure):
    return float(figure.amount or 0) if figure and not figure.note else 0.0
