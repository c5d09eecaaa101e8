# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the provider's words and objects are in the books: one list for all kinds."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# kind → the field that holds its target
TARGETS = {
    "tax_rate": "tax_id",
    "payment_method": "payment_method_line_id",
    "tax_situation": "fiscal_position_id",
    "journal": "journal_id",
    "income": "account_id",
    "stage": "stage_id",
    "payment_term": "payment_term_id",
    "field": "field_id",
    "order_field": "field_id",
}
# Between the name and the value of metadata.
EQUALS = "="


class Mapping(models.Model):
    _name = "q2c.mapping"
    _description = "Mapping"
    _inherit = ["mail.thread"]
    _order = "state desc, connection_id, kind, label, id"
    _rec_name = "label"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "q2c.connection",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self._default_connection(),
    )
    entity_id = fields.Many2one(
        "q2c.connection.entity",
        string="Further Company",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('connection_id', '=', connection_id)]",
        help="The company whose books it is for. Empty: the connection's own.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    kind = fields.Selection(
        [
            ("tax_rate", "Tax rate"),
            ("payment_method", "Payment method"),
            ("tax_situation", "Tax situation"),
            ("journal", "Journal of invoices"),
            ("income", "Income account"),
            ("stage", "Stage of opportunities"),
            ("payment_term", "Payment terms"),
            ("field", "Field"),
            ("order_field", "Field of orders"),
        ],
        required=True,
    )
    kind_help = fields.Char(compute="_compute_kind_help")
    key = fields.Char(
        string="At the Provider",
        required=True,
        help="Its id, or its word: txr_…, card, reverse_charge:DE, EUR, prod_…, "
        "price_…, name=value of the metadata of products and prices, a stage or "
        "payment terms, or a field with its object, as in Account.Segment__c.",
    )
    label = fields.Char(
        compute="_compute_label",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    details = fields.Json(readonly=True, help="What the suggestion goes by.")
    state = fields.Selection(
        [("open", "Not mapped"), ("mapped", "Mapped")],
        compute="_compute_state",
        store=True,
        help="Not mapped: tax rates are held, everything else goes the usual way.",
    )
    tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain=[("type_tax_use", "=", "sale"), ("amount_type", "!=", "group")],
        tracking=True,
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Method",
        domain=[("payment_type", "=", "inbound"), ("payment_account_id", "!=", False)],
        tracking=True,
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position", check_company=True, tracking=True
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "=", "sale")],
        tracking=True,
    )
    account_id = fields.Many2one(
        "account.account",
        string="Income Account",
        check_company=True,
        domain=[
            ("account_type", "in", ("income", "income_other", "liability_current"))
        ],
        tracking=True,
    )
    stage_id = fields.Many2one("crm.stage", tracking=True)
    payment_term_id = fields.Many2one(
        "account.payment.term", check_company=True, tracking=True
    )
    target = fields.Char(string="In Odoo", compute="_compute_target")

    _key_uniq = models.UniqueIndex(
        "(connection_id, kind, key, COALESCE(entity_id, 0))",
        "It is mapped once per connection and company.",
    )

    # ------------------------------------------------------------------
    # COMPUTES AND CONSTRAINTS
    # ------------------------------------------------------------------

    @api.model
    def _default_connection(self):
        """The only one that bills, where there is only one."""
        connections = self.env["q2c.connection"].search([]).filtered("is_billing")
        return connections if len(connections) == 1 else False

    @api.depends("connection_id.company_id", "entity_id.company_id")
    def _compute_company_id(self):
        for mapping in self:
            books = mapping.entity_id or mapping.connection_id
            mapping.company_id = books.company_id

    @api.constrains("entity_id", "connection_id", "kind")
    def _check_entity(self):
        for mapping in self.filtered("entity_id"):
            # sudo: the connection may be another company's
            if mapping.entity_id.sudo().connection_id != mapping.connection_id.sudo():
                raise ValidationError(
                    self.env._(
                        "%(company)s is no further company of %(connection)s.",
                        company=mapping.entity_id.display_name,
                        connection=mapping.connection_id.sudo().name,
                    )
                )
            if mapping.kind == "payment_method":
                raise ValidationError(
                    self.env._(
                        "The money is received by the holder of the account: payment "
                        "methods are mapped for it alone."
                    )
                )

    @api.depends("kind")
    def _compute_kind_help(self):
        sentences = self._kind_sentences()
        for mapping in self:
            mapping.kind_help = sentences.get(mapping.kind, False)

    def _kind_sentences(self):
        return {
            "tax_rate": self.env._(
                "Which tax it is. Invoices that bear the rate are held until it is "
                "mapped."
            ),
            "payment_method": self.env._(
                "Which payment method of the payment journal it is. Unless it is "
                "mapped, the journal's first one is used."
            ),
            "tax_situation": self.env._(
                "Which fiscal position invoices show. Their taxes stay the provider's."
            ),
            "journal": self.env._(
                "Which journal invoices are booked in, by a price, a product, their "
                "metadata, or the currency, in this order. Where the lines of an "
                "invoice name several journals, the currency's is used, else the "
                "connection's."
            ),
            "income": self.env._(
                "Which account income is booked to instead of the product's, by a "
                "price, a product, or their metadata, in this order."
            ),
            "stage": self.env._(
                "Which stage open opportunities are in. Unless it is mapped, the stage "
                "of the same name is used, else they stay where they are. What is won "
                "or lost is told apart from the stage."
            ),
            "payment_term": self.env._(
                "Which payment terms customers and orders have. Unless they are "
                "mapped, Odoo's stay."
            ),
        }

    @api.depends("connection_id", "kind", "key")
    def _compute_label(self):
        """What the linked object is called, for whoever types in an id."""
        for mapping in self:
            if not mapping.label:
                mapping.label = mapping._linked_name() or mapping.key

    def _linked_name(self):
        self.ensure_one()
        # sudo: the name only, for whoever may map it
        link = (
            self.env["q2c.binding"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", self.connection_id.id),
                    ("kind", "in", ("product", "price")),
                    ("external_id", "=", self.key),
                ],
                limit=1,
            )
        )
        return link and link._record().display_name

    @api.depends("kind", *TARGETS.values())
    def _compute_state(self):
        for mapping in self:
            mapping.state = "mapped" if mapping._target() else "open"

    @api.depends("kind", *TARGETS.values())
    def _compute_target(self):
        for mapping in self:
            mapping.target = mapping._target().display_name or False

    @api.constrains("payment_method_line_id", "connection_id")
    def _check_clearing(self):
        """The money is in the provider's balance, whatever it was paid with."""
        for mapping in self.filtered("payment_method_line_id"):
            clearing = mapping.connection_id._clearing_account()
            if mapping.payment_method_line_id.payment_account_id != clearing:
                raise ValidationError(
                    self.env._(
                        "%(name)s must be mapped to a payment method whose outstanding "
                        "account is %(account)s, which mirrors the provider's balance.",
                        name=mapping.label,
                        account=clearing.display_name,
                    )
                )

    def _target(self):
        self.ensure_one()
        return self[TARGETS[self.kind]] if self.kind else self.env["account.tax"]

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create([_with_plain_key(vals) for vals in vals_list])
        mappings.filtered("tax_id")._follow_taxes()
        return mappings

    def write(self, vals):
        result = super().write(_with_plain_key(vals))
        if vals.get("tax_id"):
            self._follow_taxes()
        return result

    def _follow_taxes(self):
        """Link the tax rates from now on to their taxes, and wake what was held or
        waits for one of them. What is booked stays as it is."""
        events = self.env["q2c.event"].sudo()  # sudo: finance decides what is held
        # sudo: the connection may be another company's
        for connection, share in self.sudo().grouped("connection_id").items():
            keys = share.mapped("key")
            domain = Domain("connection_id", "=", connection.id) & Domain(
                "kind", "=", "tax_rate"
            )
            # sudo: links are the engine's own
            links = (
                self.env["q2c.binding"]
                .sudo()
                .search(domain & Domain("external_id", "in", keys))
            )
            own = share.filtered(lambda mapping: not mapping.entity_id).grouped("key")
            for link in links.filtered(lambda link, own=own: link.external_id in own):
                link.res_id = own[link.external_id].tax_id.id
            held = Domain("kind", "=", "tax_rate") & Domain("object_id", "in", keys)
            if share.entity_id:
                # What bears the rate was held itself.
                held |= Domain("reason", "=", "tax_not_mapped")
            events.search(
                Domain("connection_id", "=", connection.id)
                & Domain("state", "=", "failed")
                & held
            )._requeue()
            events._wake([f"tax_rate:{link.external_id}" for link in links])
            connection._wake_queues()


def _with_plain_key(vals):
    """The same values, the key in the one form that is looked up."""
    return {**vals, "key": plain_key(vals["key"])} if vals.get("key") else vals


def plain_key(text):
    """``text``, a word or name=value, as a person typed it, without blanks around."""
    return EQUALS.join(part.strip() for part in text.split(EQUALS, 1))
