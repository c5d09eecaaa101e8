# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Further companies whose documents come from a connection. The company of the
connection holds the account, its balance and its fees; each of these has its own
invoices, and is owed by the holder what is paid for them."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What is needed to book anything in such a company.
NEEDED = (
    "invoice_journal_id",
    "entry_journal_id",
    "due_from_account_id",
    "due_to_account_id",
)


class ConnectionEntity(models.Model):
    """What appliers ask of a connection's books they may ask of these: fields of the
    same names, and what is agreed for all of them is the connection's."""

    _name = "q2c.connection.entity"
    _description = "Further Company of a Connection"
    _order = "connection_id, id"
    _rec_name = "company_id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "q2c.connection", required=True, ondelete="cascade", index=True
    )
    holder_id = fields.Many2one(
        related="connection_id.company_id",
        string="Holder of the Account",
        store=True,
        precompute=True,
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    name = fields.Char(compute="_compute_name")
    invoice_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "=", "sale")],
        help="Journal of its invoices, unless a routing rule or a mapping says another "
        "one.",
    )
    entry_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Entries",
        check_company=True,
        domain=[("type", "=", "general")],
        help="Journal of what the holder owes the company, and of its write-offs.",
    )
    due_from_account_id = fields.Many2one(
        "account.account",
        string="Due From Holder",
        check_company=True,
        domain=[("account_type", "=", "asset_current"), ("reconcile", "=", True)],
        help="Account of this company: what the holder has received for it. It mirrors "
        "the holder's account.",
    )
    due_to_account_id = fields.Many2one(
        "account.account",
        string="Due To Company",
        domain="[('account_type', '=', 'liability_current'), ('reconcile', '=', True),"
        " ('company_ids', 'in', holder_id)]",
        help="Account of the holder: what it has received for this company.",
    )
    rounding_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("account_type", "not in", ("asset_receivable", "liability_payable"))],
    )
    bad_debt_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("account_type", "=like", "expense%")],
    )
    chargeback_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("account_type", "=like", "expense%")],
        help="The loss of a dispute is the company's whose sale it was; the fee stays "
        "with the holder.",
    )
    reverse_charge_tax_id = fields.Many2one(
        "account.tax", check_company=True, domain=[("type_tax_use", "=", "sale")]
    )
    exempt_tax_id = fields.Many2one(
        "account.tax", check_company=True, domain=[("type_tax_use", "=", "sale")]
    )
    fallback_product_id = fields.Many2one(
        "product.product", compute="_compute_products"
    )
    shipping_product_id = fields.Many2one(
        "product.product", compute="_compute_products"
    )
    # Agreed for the whole connection.
    user_id = fields.Many2one(related="connection_id.user_id")
    lock_policy = fields.Selection(related="connection_id.lock_policy")
    rounding_tolerance = fields.Integer(related="connection_id.rounding_tolerance")
    uncollectible_policy = fields.Selection(
        related="connection_id.uncollectible_policy"
    )
    bad_debt_tax = fields.Boolean(related="connection_id.bad_debt_tax")

    _company_uniq = models.Constraint(
        "UNIQUE (connection_id, company_id)", "The company is on the list already."
    )

    # ------------------------------------------------------------------
    # COMPUTES AND CONSTRAINTS
    # ------------------------------------------------------------------

    @api.depends("connection_id.name", "company_id.name")
    def _compute_name(self):
        for entity in self:
            entity.name = f"{entity.connection_id.name} ({entity.company_id.name})"

    def _compute_products(self):
        """The connection's, where all companies share them."""
        for entity in self:
            for name in ("fallback_product_id", "shipping_product_id"):
                product = entity.connection_id[name]
                shared = product.company_id in (
                    self.env["res.company"],
                    entity.company_id,
                )
                entity[name] = product if shared else False

    @api.constrains("company_id", "connection_id")
    def _check_company_differs(self):
        for entity in self:
            if entity.company_id == entity.holder_id:
                raise ValidationError(
                    self.env._(
                        "%s holds the account: its books are set up on the Accounting "
                        "page.",
                        entity.company_id.name,
                    )
                )
            # sudo: the manager need not see the user's companies
            user = entity.user_id.sudo()
            if entity.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "The service user %(user)s of the connection %(name)s has no "
                        "access to the company %(company)s. Add the company to the "
                        "user, or choose another user.",
                        user=user.name,
                        name=entity.connection_id.name,
                        company=entity.company_id.name,
                    )
                )

    @api.constrains("due_to_account_id", "due_from_account_id", "company_id")
    def _check_accounts(self):
        """Each pair of companies has accounts of its own, or nobody could say who owes
        what to whom."""
        # sudo: whether, not which
        others = self.sudo().search([])
        for entity in self.sudo():
            due_to = entity.due_to_account_id
            if due_to and entity.holder_id not in due_to.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(account)s is no account of %(holder)s, which holds the "
                        "money.",
                        account=due_to.display_name,
                        holder=entity.holder_id.name,
                    )
                )
            for name in ("due_to_account_id", "due_from_account_id"):
                used = others.filtered(
                    lambda each, name=name, entity=entity: (
                        each[name]
                        and each[name] == entity[name]
                        and each._pair() != entity._pair()
                    )
                )
                if used:
                    raise ValidationError(
                        self.env._(
                            "%(account)s is used for %(other)s already. Choose an "
                            "account for this pair of companies alone.",
                            account=entity[name].display_name,
                            other=used[0].name,
                        )
                    )

    def _pair(self):
        return self.holder_id, self.company_id

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._admit_default_service_user(vals_list)
        return super().create(vals_list)

    @api.model
    def _admit_default_service_user(self, vals_list):
        """Give the addon's own service user access to the companies it will serve."""
        default = self.env.ref("quote_to_cash.user_service", raise_if_not_found=False)
        connections = self.env["q2c.connection"].browse(
            vals["connection_id"] for vals in vals_list
        )
        for vals, connection in zip(vals_list, connections, strict=True):
            if connection.user_id == default:
                # sudo: a manager of this addon need not administer users; this one only
                default.sudo().write({"company_ids": [(4, vals["company_id"])]})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for entity in self:
            # sudo: links are the engine's own
            links = self.env["q2c.binding"].sudo()
            if links.search_count(
                [
                    ("connection_id", "=", entity.connection_id.id),
                    ("company_id", "=", entity.company_id.id),
                ],
                limit=1,
            ):
                raise UserError(
                    self.env._(
                        "%s has documents of the connection, which go on to be paid "
                        "and credited. Change the routing rules instead.",
                        entity.company_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def action_set_up(self):
        """Create what is not chosen yet."""
        self.connection_id._check_manager()
        for entity in self:
            entity._set_up()
        return True

    def _set_up(self):
        connection = self.connection_id
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
        label = connection._accounting_label()
        known = self._twin()
        values = {
            name: known[name].id
            for name in ("due_from_account_id", "due_to_account_id")
            if known
        }
        makers = {
            "invoice_journal_id": lambda: connection._create_invoice_journal(
                company, label
            ),
            "entry_journal_id": lambda: self._create_entry_journal(company, label),
            "due_from_account_id": lambda: connection._create_account(
                company,
                self.env._("Due from %s", self.holder_id.name),
                "asset_current",
                reconcile=True,
            ),
            "due_to_account_id": lambda: connection._create_account(
                self.sudo().holder_id,
                self.env._("Due to %s", company.name),
                "liability_current",
                reconcile=True,
            ),
            "rounding_account_id": lambda: connection._create_account(
                company, self.env._("Rounding Differences"), "expense"
            ),
            "bad_debt_account_id": lambda: connection._create_account(
                company, self.env._("Bad Debts"), "expense"
            ),
            "chargeback_account_id": lambda: connection._create_account(
                company, self.env._("%s Chargebacks", label), "expense"
            ),
        }
        for name, make in makers.items():
            if not self[name] and not values.get(name):
                values[name] = make().id
        self.write({n: value for n, value in values.items() if not self[n]})

    def _twin(self):
        """The same pair of companies on another connection."""
        # sudo: the accounts of the pair are the same, whoever sees that connection
        return self.sudo().search(
            [
                ("holder_id", "=", self.holder_id.id),
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self.id),
                ("due_to_account_id", "!=", False),
                ("due_from_account_id", "!=", False),
            ],
            limit=1,
        )

    def _create_entry_journal(self, company, label):
        connection = self.connection_id
        journals = self.env["account.journal"].sudo()  # see _set_up
        return journals.create(
            {
                "name": self.env._("%s Intercompany", label),
                "type": "general",
                "code": connection._free_journal_code(company, f"{label[:3].upper()}C"),
                "company_id": company.id,
            }
        )

    # ------------------------------------------------------------------
    # FOR THE APPLIERS
    # ------------------------------------------------------------------

    def _entry_journal(self):
        """Where entries are booked that are neither invoice nor payment."""
        return self.entry_journal_id

    def _missing(self):
        """Labels of what has to be chosen before anything can be booked."""
        self.ensure_one()
        names = [*NEEDED]
        names += ["rounding_account_id"] if self.rounding_tolerance else []
        if self.uncollectible_policy == "write_off":
            names.append("bad_debt_account_id")
        return [
            self._fields[name]._description_string(self.env)
            for name in names
            if not self[name]
        ]


class Connection(models.Model):
    _inherit = "q2c.connection"

    entity_ids = fields.One2many(
        "q2c.connection.entity",
        "connection_id",
        string="Further Companies",
        copy=False,
        help="Companies that sell through this account too; routing rules say which. "
        "What is paid for them is owed to them by the company of the connection.",
    )

    def _books_of(self, company):
        """Whose settings an entry of ``company`` goes by: the connection itself, or one
        of its further companies; None where it serves the company not at all."""
        self.ensure_one()
        if company == self.company_id:
            return self
        found = self.entity_ids.filtered(lambda entity: entity.company_id == company)
        return found or None

    def _entry_journal(self):
        return self.payment_journal_id

    def _named_companies(self):
        """Its own, then the further ones."""
        # sudo: which ones, whoever asks
        further = self.sudo().entity_ids.company_id
        return self.company_id + (further - self.company_id).with_env(self.env)

    def _served_companies(self):
        """Those whose records its flows may touch: its own first."""
        # sudo: which ones, whoever asks
        access = self.sudo().user_id.company_ids.with_env(self.env)
        return self._named_companies() & (self.company_id | access)
