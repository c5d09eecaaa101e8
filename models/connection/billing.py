# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is agreed with an account that bills: who owns the contract, how it is
collected, and where its documents are booked."""

from itertools import chain, count

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class Connection(models.Model):
    _inherit = "q2c.connection"

    is_billing = fields.Boolean(compute="_compute_is_billing")
    subscription_owner = fields.Selection(
        [
            ("odoo", "Odoo: created from confirmed orders"),
            ("provider", "The billing system: created there and matched here"),
        ],
        required=True,
        default="odoo",
        tracking=True,
        help="Where a subscription comes into being. Either way its later state is the "
        "billing system's.",
    )
    bills_new_customers = fields.Boolean(
        default=True,
        tracking=True,
        help="Orders of customers that are in none of the company's accounts yet go to "
        "the first connection that has this. Where none has it, the order must name "
        "its own.",
    )
    collection = fields.Selection(
        [
            ("charge_automatically", "Charge the saved payment method"),
            ("send_invoice", "Send an invoice to pay"),
        ],
        required=True,
        default="send_invoice",
        tracking=True,
        help="How new subscriptions are paid.",
    )
    days_until_due = fields.Integer(
        default=30, help="Days to pay an invoice that is sent."
    )
    automatic_tax = fields.Boolean(
        tracking=True,
        help="Let the billing system determine the taxes of new subscriptions. "
        "Otherwise the taxes of the order lines are brought over as tax rates.",
    )
    refund_policy = fields.Selection(
        [
            ("credit_note", "Propose a credit note"),
            ("reopen", "The invoice is owed again"),
        ],
        required=True,
        default="credit_note",
        tracking=True,
        help="What a refund without a credit note of the provider means. A proposed "
        "credit note is a draft: finance posts it, changes it, or deletes it.",
    )
    invoice_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "=", "sale")],
        tracking=True,
        help="Journal of the invoices; one of its own keeps Odoo's numbering apart.",
    )
    payment_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "=", "bank")],
        tracking=True,
        help="Journal of the payments. Its outstanding account is the clearing account "
        "that mirrors the provider's balance.",
    )
    fee_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("account_type", "in", ("expense", "expense_direct_cost"))],
        tracking=True,
        help="Expense account of what the provider keeps of each payment.",
    )
    customer_credit_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("account_type", "=", "liability_current")],
        tracking=True,
        help="Liability account of what customers are owed: the credit balance that "
        "the provider keeps for each.",
    )
    sold_credit_account_id = fields.Many2one(
        "account.account",
        string="Sold Credits Account",
        check_company=True,
        domain=[("account_type", "=", "liability_current")],
        tracking=True,
        help="Liability account of billing credits that customers bought and have not "
        "used yet. Map the income of the product that you sell them as to the same "
        "account. It is not the customer credit account: that one is what the provider "
        "keeps as the customer's balance.",
    )
    out_of_band_journal_id = fields.Many2one(
        "account.journal",
        string="Out-of-Band Journal",
        check_company=True,
        domain=[("type", "in", ("bank", "cash"))],
        tracking=True,
        help="Journal of payments that never touch the provider's balance. Empty: the "
        "invoice stays open until the bank statement settles it.",
    )
    create_taxes = fields.Boolean(
        string="Create Missing Taxes",
        tracking=True,
        help="Create a sales tax for a tax rate that has none, like the company's "
        "default one but for its percentage. Otherwise what bears it is held until "
        "the tax is there.",
    )
    fallback_product_id = fields.Many2one(
        "product.product",
        string="Product of Free Lines",
        check_company=True,
        tracking=True,
        help="Used for invoice lines that name no product. Empty: such lines are "
        "booked to the journal's default income account.",
    )

    shipping_product_id = fields.Many2one(
        "product.product",
        string="Product of Shipping",
        check_company=True,
        tracking=True,
        help="Used for what is charged for sending the goods. Empty: like free lines.",
    )
    reverse_charge_tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain=[("type_tax_use", "=", "sale")],
        tracking=True,
        help="The tax under which sales are reported that the customer owes the tax "
        "for. Empty: under the tax of the rate, with an amount of zero.",
    )
    exempt_tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain=[("type_tax_use", "=", "sale")],
        tracking=True,
        help="The tax under which sales are reported that are exempt because of the "
        "customer or the product. Empty: under the tax of the rate, with an amount of "
        "zero.",
    )

    @api.depends("provider")
    def _compute_is_billing(self):
        for connection in self:
            chosen = bool(connection.provider)
            connection.is_billing = chosen and connection._provider()._bills

    def action_set_up_accounting(self):
        """Create the journals and the clearing account that are not chosen yet."""
        self._check_manager()
        for connection in self:
            connection._set_up_accounting()
        return True

    def _open_steps(self):
        steps = super()._open_steps()
        missing = not self._has_accounting()
        if self.is_billing and self.state != "active" and missing:
            steps.add("accounting")
        return steps

    @api.model
    def _billing(self, companies):
        """{company: the connections that may bill its orders: its own by sequence, then
        those of other companies that name it as a further one}.

        Paused ones count: what is to be sent waits until they go on.
        """
        connections = self.search(
            Domain("state", "in", ("active", "paused"))
            & (
                Domain("company_id", "in", companies.ids)
                | Domain("entity_ids.company_id", "in", companies.ids)
            )
        ).filtered("is_billing")
        found = {
            company: connections.filtered(
                lambda each, company=company: company in each._named_companies()
            ).sorted(lambda each, company=company: each.company_id != company)
            for company in companies
        }
        return {company: share for company, share in found.items() if share}

    def _check_names(self, records):
        """:raises ValidationError: one of ``records`` is of a company that the
        connection does not serve"""
        self.ensure_one()
        for record in records:
            if record.company_id not in self._named_companies():
                raise ValidationError(
                    self.env._(
                        "%(record)s is of %(company)s, for which %(connection)s does "
                        "not collect. Add the company on the Companies page of the "
                        "connection, or choose another one.",
                        record=record.display_name,
                        # sudo: what they are called
                        company=record.sudo().company_id.name,
                        connection=self.name,
                    )
                )

    def _set_up_accounting(self):
        self.ensure_one()
        # sudo: journals are the accountant's, their creation here the manager's wish
        company = self.sudo().company_id
        if not company.chart_template:
            raise UserError(
                self.env._(
                    "The company %s has no chart of accounts. Choose one in the "
                    "accounting settings first.",
                    company.name,
                )
            )
        name = self._accounting_label()
        if not self.invoice_journal_id:
            self.invoice_journal_id = self._create_invoice_journal(company, name)
        if not self.payment_journal_id:
            self.payment_journal_id = self._create_payment_journal(company, name)
        if not self.fee_account_id:
            self.fee_account_id = self._create_account(
                company, self.env._("%s Fees", name), "expense"
            )
        if not self.customer_credit_account_id:
            self.customer_credit_account_id = self._create_account(
                company,
                self.env._("%s Customer Credit", name),
                "liability_current",
                reconcile=True,
            )

    def _accounting_label(self):
        """What journals and accounts of this connection are called after: the provider,
        and the connection's own name for a further account of it in the company."""
        self.ensure_one()
        others = self.search_count(
            [
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("provider", "=", self.provider),
                ("payment_journal_id", "!=", False),
            ]
        )
        labels = dict(self._fields["provider"]._description_selection(self.env))
        return self.name if others else labels[self.provider]

    def _create_invoice_journal(self, company, name):
        journals = self.env["account.journal"].sudo()  # see _set_up_accounting
        usual = journals.search(
            [
                ("company_id", "=", company.id),
                ("type", "=", "sale"),
                ("default_account_id", "!=", False),
            ],
            limit=1,
        )
        return journals.create(
            {
                "name": self.env._("%s Invoices", name),
                "type": "sale",
                "default_account_id": usual.default_account_id.id,
                "code": self._free_journal_code(company, f"{name[:3].upper()}I"),
                "company_id": company.id,
            }
        )

    def _create_payment_journal(self, company, name):
        accounts = self.env["account.account"].sudo()  # see _set_up_accounting
        clearing = accounts.with_company(company).create(
            {
                "name": self.env._("%s Clearing", name),
                "code": accounts.with_company(company)._search_new_account_code(
                    f"{company.transfer_account_code_prefix or '1017'}01"
                ),
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [(6, 0, company.ids)],
            }
        )
        journals = self.env["account.journal"].sudo()  # see _set_up_accounting
        journal = journals.create(
            {
                "name": name,
                "type": "bank",
                "code": self._free_journal_code(company, f"{name[:3].upper()}P"),
                "company_id": company.id,
                "default_account_id": clearing.id,
            }
        )
        lines = (
            journal.inbound_payment_method_line_ids
            + journal.outbound_payment_method_line_ids
        )
        lines.payment_account_id = clearing
        return journal

    def _create_account(self, company, name, account_type, **values):
        """Beside the accounts of its type that there are."""
        accounts = self.env["account.account"].sudo()  # see _set_up_accounting
        accounts = accounts.with_company(company)
        usual = accounts.search(
            [
                *accounts._check_company_domain(company),
                ("account_type", "=", account_type),
            ],
            order="code desc",
            limit=1,
        )
        code = accounts._search_new_account_code(usual.code or "999000")
        return accounts.create(
            {
                "name": name,
                "code": code,
                "account_type": account_type,
                "company_ids": [(6, 0, company.ids)],
                **values,
            }
        )

    def _clearing_account(self):
        """The account that mirrors the provider's balance; empty where none is
        chosen."""
        self.ensure_one()
        methods = self.payment_journal_id.inbound_payment_method_line_ids
        return methods.payment_account_id[:1]

    def _free_journal_code(self, company, prefix):
        """``prefix``, or that with a number where another journal has it."""
        journals = self.env["account.journal"].sudo()  # see _set_up_accounting
        taken = set(
            journals.with_context(active_test=False)
            .search([("company_id", "=", company.id)])
            .mapped("code")
        )
        longest = journals._fields["code"].size
        numbered = (
            f"{prefix[: longest - len(str(number))]}{number}" for number in count(2)
        )
        codes = chain([prefix[:longest]], numbered)
        return next(code for code in codes if code not in taken)

    def _has_accounting(self):
        """Whether every journal and account that is always needed is chosen."""
        self.ensure_one()
        return bool(
            self.invoice_journal_id
            and self.payment_journal_id
            and self.fee_account_id
            and self.customer_credit_account_id
        )

    def _check_billing_complete(self):
        """:raises UserError: a journal or an account is missing"""
        if not self._has_accounting():
            raise UserError(
                self.env._(
                    "The connection %s lacks journals or accounts. Choose them on the "
                    "Accounting page, or let Set Up Accounting create them.",
                    self.name,
                )
            )
