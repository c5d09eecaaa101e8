# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The clearing proof: the clearing account is the provider's balance, but for what is
listed."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...canonical import Failure, Ref, explain
from .clearing_items import ClearingItems
from .clearing_line import UNEXPLAINED
from .clearing_provider import ProviderSide
from .clearing_query import ClearingQuery


class ClearingProof(models.Model):
    _name = "q2c.clearing.proof"
    _description = "Clearing Proof"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name", store=True)
    connection_id = fields.Many2one(
        "q2c.connection", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    account_id = fields.Many2one(
        "account.account", string="Clearing Account", required=True, readonly=True
    )
    date = fields.Date(
        required=True, readonly=True, index=True, help="On its evening, UTC."
    )
    book_balance = fields.Monetary(
        string="In the Books",
        readonly=True,
        help="Posted items of the clearing account in this currency.",
    )
    opening_balance = fields.Monetary(
        readonly=True, help="What the provider held when the connection began."
    )
    mirrored = fields.Monetary(
        string="Transactions",
        readonly=True,
        help="Net of the balance transactions that are known here.",
    )
    is_checked = fields.Boolean(
        string="Checked with Provider",
        readonly=True,
        help="The provider was asked for its balance. It tells today's only.",
    )
    note = fields.Char(readonly=True, help="Why the provider did not tell its balance.")
    reported = fields.Monetary(
        string="Told by Provider",
        readonly=True,
        help="Pending and available, as the provider says.",
    )
    provider_balance = fields.Monetary(
        compute="_compute_balances",
        store=True,
        help="As told; where it was not, the opening balance and all transactions.",
    )
    difference = fields.Monetary(
        compute="_compute_balances",
        store=True,
        help="In the books less the provider's balance.",
    )
    explained = fields.Monetary(
        compute="_compute_balances", store=True, help="What the items come to."
    )
    unexplained = fields.Monetary(compute="_compute_balances", store=True)
    state = fields.Selection(
        [
            ("unexplained", "Unexplained difference"),
            ("explained", "Explained"),
            ("proven", "Proven"),
        ],
        compute="_compute_balances",
        store=True,
        help="Proven: the two are the same. Explained: the items come to the "
        "difference, to the cent.",
    )
    line_ids = fields.One2many("q2c.clearing.proof.line", "proof_id", readonly=True)
    line_count = fields.Integer(compute="_compute_balances", store=True)
    missing_count = fields.Integer(compute="_compute_missing_count")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("connection_id.name", "currency_id.name", "date")
    def _compute_name(self):
        for proof in self:
            parts = (proof.connection_id.name, proof.currency_id.name, proof.date)
            proof.name = " ".join(str(part) for part in parts if part)

    @api.depends(
        "book_balance",
        "opening_balance",
        "mirrored",
        "is_checked",
        "reported",
        "line_ids.amount",
        "line_ids.kind",
    )
    def _compute_balances(self):
        for proof in self:
            rounded = proof.currency_id.round
            known = proof.opening_balance + proof.mirrored
            proof.provider_balance = proof.reported if proof.is_checked else known
            explaining = proof.line_ids.filtered(lambda li: li.kind not in UNEXPLAINED)
            proof.difference = rounded(proof.book_balance - proof.provider_balance)
            proof.explained = rounded(sum(explaining.mapped("amount")))
            proof.unexplained = rounded(proof.difference - proof.explained)
            proof.line_count = len(proof.line_ids)
            proof.state = proof._find_state()

    def _find_state(self):
        if not self.currency_id.is_zero(self.unexplained):
            return "unexplained"
        return "explained" if self.line_ids else "proven"

    def _compute_missing_count(self):
        for proof in self:
            missing = proof.line_ids.filtered(lambda line: line.kind == "missing")
            proof.missing_count = len(missing)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_prove(self):
        """Ask which accounts are to be proven, and for which day; whatever is selected
        in the list."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Prove Clearing Accounts"),
            "res_model": "q2c.clearing.prove",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_prove_again(self):
        """Prove the same connections on the same day, as it is now."""
        self.check_access("read")
        proofs = self.browse()
        for date, share in self.grouped("date").items():
            proofs += self._prove_for_user(share.connection_id, date)
        return proofs._action()

    def action_receive(self):
        """Have the transactions that never came applied like any others."""
        self.ensure_one()
        self._check_finance()
        missing = self.line_ids.filtered(lambda line: line.kind == "missing")
        refs = [Ref("balance_transaction", line.label) for line in missing]
        connection = self.connection_id
        try:
            # sudo: the key is for the engine to use
            found = connection.sudo()._provider()._fetch(connection.sudo(), refs)
        except Failure as failure:
            raise UserError(explain(failure)) from failure
        provider = connection._provider()
        envelopes = [
            provider._envelope(connection, ref.kind, content)
            for ref, content in found.items()
            if isinstance(content, dict)
        ]
        # sudo: the inbox is the engine's own
        self.env["q2c.event"].sudo()._store(connection, envelopes, "fetch")
        return True

    def action_view_lines(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "quote_to_cash.q2c_clearing_proof_line_action"
            ),
            "domain": [("proof_id", "=", self.id)],
            "context": {"search_default_group_by_kind": 1},
        }

    def _totals_by_kind(self):
        """For the printed proof: a list of dicts of label, count and amount."""
        self.ensure_one()
        labels = dict(self.line_ids._fields["kind"]._description_selection(self.env))
        return [
            {
                "label": labels[kind],
                "count": len(lines),
                "amount": sum(lines.mapped("amount")),
            }
            for kind, lines in self.line_ids.grouped("kind").items()
            if kind not in UNEXPLAINED
        ]

    def _action(self):
        """Show these proofs."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quote_to_cash.q2c_clearing_proof_action"
        )
        if len(self) == 1:
            return {**action, "views": [(False, "form")], "res_id": self.id}
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    def _check_finance(self):
        if self.env.su or self.env.user.has_group("quote_to_cash.group_finance"):
            return
        raise UserError(
            self.env._(
                "Only finance may prove the clearing account. Ask an administrator for "
                "the Quote to Cash role Finance."
            )
        )

    # ------------------------------------------------------------------
    # PROVING
    # ------------------------------------------------------------------

    @api.model
    def _prove_for_user(self, connections, date):
        self._check_finance()
        connections.check_access("read")
        # sudo: the whole account is proven, whatever of it the user may see
        proofs = self.sudo()._prove(connections.sudo(), date)
        return proofs.with_env(self.env)

    @api.model
    def _prove(self, connections, date=None):
        """Prove the clearing accounts on the evening of ``date`` (UTC; today).

        Providers are asked before anything is written.

        :return: new proofs, one a connection and currency
        """
        date = date or fields.Date.today()
        provable = connections.filtered(
            lambda connection: connection.is_billing and connection._clearing_account()
        )
        sides = [(c, self._ask(c, date)) for c in provable]
        proofs = self.browse()
        for connection, side in sides:
            proofs += self._prove_one(connection, date, side)
        proofs._tell_work_list()
        return proofs

    def _tell_work_list(self):
        """What no item explains is for finance to look into; the newest proof of each
        account decides."""
        for connection, proofs in self.grouped("connection_id").items():
            newest = self._newest_days(connection)
            proofs = self.browse(
                proof.id for proof in proofs if proof.date >= newest[proof.currency_id]
            )
            open_ones = proofs.filtered(lambda proof: proof.state == "unexplained")
            exceptions = self.env["q2c.exception"]
            exceptions._resolve_keys(
                connection, {proof._matter() for proof in proofs - open_ones}
            )
            exceptions._report_many(connection, [p._case() for p in open_ones])

    def _newest_days(self, connection):
        return dict(
            self._read_group(
                [("connection_id", "=", connection.id)], ["currency_id"], ["date:max"]
            )
        )

    def _matter(self):
        return f"clearing:{self.currency_id.name}"

    def _case(self):
        return {
            "key": self._matter(),
            "code": "clearing_unexplained",
            "category": "difference",
            "severity": "critical",
            "record": self,
            "message": self.env._(
                "%(amount)s of the clearing account %(account)s on %(date)s is neither "
                "in the provider's balance nor among the listed items.",
                amount=self.currency_id.format(self.unexplained),
                account=self.account_id.display_name,
                date=self.date,
            ),
            "remedy": self.env._(
                "Open the proof, receive what is missing, and look for entries of "
                "another amount; then prove again."
            ),
        }

    @api.model
    def _ask(self, connection, date):
        """What the provider says, where it can: it tells today's balance only."""
        if date < fields.Date.today():
            note = self.env._("The provider tells today's balance only.")
            return ProviderSide(connection, note)
        if connection not in connection._runnable() or connection._is_tripped():
            note = self.env._("The connection is not active, or left alone for now.")
            return ProviderSide(connection, note)
        side = ProviderSide(connection)
        openings = self._openings(connection)
        query = ClearingQuery(connection, date, openings)
        known = self._known(query)
        codes = {currency.name: amount for currency, amount in known.items()}
        side.ask(codes, self._begun(connection, openings))
        return side

    @api.model
    def _begun(self, connection, openings):
        """Codes of the currencies of which it is known what the provider held at the
        beginning: it was told, or there was nothing to tell in the first proof."""
        proven = self._read_group(
            [("connection_id", "=", connection.id), ("is_checked", "=", True)],
            ["currency_id"],
        )
        currencies = [currency for (currency,) in proven]
        currencies += [opening.currency_id for opening in openings.values()]
        return {currency.name for currency in currencies}

    @api.model
    def _openings(self, connection):
        found = self.env["q2c.clearing.opening"].search(
            [("connection_id", "=", connection.id)]
        )
        return {opening.currency_id.id: opening for opening in found}

    @api.model
    def _known(self, query):
        """{currency: what the provider's balance should be}"""
        sums, held = query.mirrored(), query.opening_amounts()
        currencies = self.env["res.currency"].browse({*sums, *held})
        return {
            currency: sums.get(currency.id, 0.0) + held.get(currency.id, 0.0)
            for currency in currencies
        }

    @api.model
    def _prove_one(self, connection, date, side):
        self._open(connection, side)
        openings = {
            currency_id: opening
            for currency_id, opening in self._openings(connection).items()
            if opening._begun_at().date() <= date
        }
        query = ClearingQuery(connection, date, openings)
        items = ClearingItems(query, side)
        return self.create(
            [
                {
                    "connection_id": connection.id,
                    "account_id": query.account.id,
                    "date": date,
                    "note": side.note or False,
                    "is_checked": side.reported is not None,
                    **figures,
                }
                for figures in items.figures()
            ]
        )

    @api.model
    def _open(self, connection, side):
        """Keep what the provider held before the first movement that is known of."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        for code, amount in side.openings.items():
            self.env["q2c.clearing.opening"].create(
                {
                    "connection_id": connection.id,
                    "currency_id": currencies.search([("name", "=", code)]).id,
                    "date": connection.sync_from,
                    "amount": float(amount),
                }
            )
