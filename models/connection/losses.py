# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where money goes that is taken back, held back or never paid, and what moves the
balance beside payments."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class Connection(models.Model):
    _inherit = "q2c.connection"

    category_account_ids = fields.One2many(
        "q2c.category.account",
        "connection_id",
        string="Balance Categories",
        help="Accounts of what moves the balance without a payment, refund, dispute or "
        "payout behind it, by the provider's reporting category.",
    )

    dispute_account_id = fields.Many2one(
        "account.account",
        string="Disputed Funds Account",
        check_company=True,
        domain=[("account_type", "=", "asset_current"), ("reconcile", "=", True)],
        tracking=True,
        help="Asset account of what the provider has withdrawn until a dispute is "
        "decided.",
    )
    dispute_loss_policy = fields.Selection(
        [
            ("write_off", "Write it off as a loss"),
            ("credit_note", "Propose a credit note"),
        ],
        string="Lost Disputes",
        required=True,
        default="write_off",
        tracking=True,
        help="What a lost dispute means. Write it off: sales and taxes stay. Credit "
        "note: the customer owes the amount again, and a draft credit note over it "
        "waits for finance.",
    )
    chargeback_account_id = fields.Many2one(
        "account.account",
        string="Chargeback Loss Account",
        check_company=True,
        domain=[("account_type", "in", ("expense", "expense_direct_cost"))],
        tracking=True,
        help="Expense account of disputes that were lost.",
    )
    dispute_user_id = fields.Many2one(
        "res.users",
        string="Disputes Answered By",
        domain=[("share", "=", False)],
        tracking=True,
        help="Is reminded of the day until which evidence can be given. Empty: the "
        "salesperson of the invoice.",
    )

    uncollectible_policy = fields.Selection(
        [
            ("open", "Leave it open"),
            ("write_off", "Write it off as a bad debt"),
        ],
        string="Uncollectible Invoices",
        required=True,
        default="open",
        tracking=True,
        help="What an invoice means that the billing system gave up. A later payment "
        "or void undoes the write-off.",
    )
    bad_debt_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("account_type", "in", ("expense", "expense_direct_cost"))],
        tracking=True,
        help="Expense account of invoices that are written off.",
    )
    bad_debt_tax = fields.Boolean(
        string="Reduce Taxes",
        tracking=True,
        help="The taxes in what is written off are taken back, too: the write-off is a "
        "credit note to the bad debt account. Only where the jurisdiction allows it.",
    )

    @api.constrains("dispute_account_id")
    def _check_dispute_account(self):
        for connection in self:
            account = connection.dispute_account_id
            if account and not account.reconcile:
                raise ValidationError(
                    self.env._(
                        "%s must allow reconciliation: what was withdrawn and what "
                        "came back are matched there.",
                        account.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def _set_up_accounting(self):
        result = super()._set_up_accounting()
        for field, name, account_type, values in self._loss_accounts():
            if not self[field]:
                # sudo: see _set_up_accounting
                self[field] = self._create_account(
                    self.sudo().company_id, name, account_type, **values
                )
        self._set_up_categories()
        return result

    def _loss_accounts(self):
        """(field, name, type, further values) of each account that is created where
        none is chosen."""
        name = self._accounting_label()
        return [
            (
                "dispute_account_id",
                self.env._("%s Disputed Funds", name),
                "asset_current",
                {"reconcile": True},
            ),
            (
                "chargeback_account_id",
                self.env._("%s Chargebacks", name),
                "expense",
                {},
            ),
            ("bad_debt_account_id", self.env._("%s Bad Debts", name), "expense", {}),
        ]

    def _set_up_categories(self):
        """Choose the usual account for each category that has one."""
        chosen = set(self.category_account_ids.mapped("category"))
        missing = {
            category: role
            for category, (_label, role) in self._provider()
            ._balance_categories()
            .items()
            if role and category not in chosen
        }
        accounts = {role: self._role_account(role) for role in set(missing.values())}
        self.env["q2c.category.account"].create(
            [
                {
                    "connection_id": self.id,
                    "category": category,
                    "account_id": accounts[role].id,
                }
                for category, role in missing.items()
                if accounts[role]
            ]
        )

    def _role_account(self, role):
        """See q2c.provider._balance_categories; empty where there is none."""
        if role == "fee":
            return self.fee_account_id
        if role == "transit":
            return self._transit_account()
        name = self.env._("%s Reserve", self._accounting_label())
        # sudo: see _set_up_accounting
        return self._create_account(self.sudo().company_id, name, "asset_current")
