# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where documents are booked, by who buys what from where in which currency."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..finance.mapping import EQUALS, plain_key
from .routing_terms import Terms

# Fields of what a rule asks for, with those that only say how.
CONDITIONS = (
    "connection_id",
    "partner_id",
    "record_type",
    "country_id",
    "country_group_id",
    "currency_id",
    "product_id",
    "product_scope",
    "document_metadata",
    "customer_metadata",
)
# Condition of routing_terms.Terms → its field.
FIELD_OF = {
    "connection": "connection_id",
    "partner": "partner_id",
    "record_type": "record_type",
    "country": "country_id",
    "country_group": "country_group_id",
    "currency": "currency_id",
    "product": "product_id",
    "document": "document_metadata",
    "customer": "customer_metadata",
}
# Fields of what it says.
OUTCOMES = ("routed_company_id", "journal_id", "fiscal_position_id")


class RoutingRule(models.Model):
    """All conditions that are set must hold. Of the rules that hold, the first one that
    names a company gives the company, and likewise for journal and fiscal position."""

    _name = "q2c.routing.rule"
    _inherit = "q2c.policy.part"
    _description = "Routing Rule"
    _order = "policy_id, sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True,
        help="What it is for, in a few words; it names the rule in every revision.",
    )
    connection_id = fields.Many2one(
        "q2c.connection",
        check_company=True,
        ondelete="cascade",
        help="The account that the document comes from.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        ondelete="restrict",
        help="The customer, or a company above it: a Salesforce account is the "
        "contact that it is linked to.",
    )
    record_type = fields.Char(
        string="Account Record Type",
        help="Developer name of the record type of the customer's Salesforce account.",
    )
    country_id = fields.Many2one(
        "res.country",
        ondelete="restrict",
        help="The customer's country.",
    )
    country_group_id = fields.Many2one("res.country.group", ondelete="restrict")
    currency_id = fields.Many2one(
        "res.currency", ondelete="restrict", help="The document's currency."
    )
    product_id = fields.Many2one(
        "product.product", check_company=True, ondelete="restrict"
    )
    product_scope = fields.Selection(
        [("any", "On a line"), ("all", "On every line")],
        string="Where the Product Is",
        required=True,
        default="any",
    )
    document_metadata = fields.Char(
        help="name=value, as it is on the invoice at the provider."
    )
    customer_metadata = fields.Char(
        help="name=value, as it is on the customer at the provider."
    )
    routed_company_id = fields.Many2one(
        "res.company",
        string="Book In",
        ondelete="restrict",
        help="The company that sells it: a further one of the connection. Its orders, "
        "invoices and credit notes are made there; what is paid stays with the holder "
        "of the account, who owes it to the company. Orders go to those companies only "
        "that are on the Companies page of the CRM's connection.",
    )
    books_company_id = fields.Many2one(
        "res.company", string="Books", compute="_compute_books_company_id"
    )
    journal_id = fields.Many2one(
        "account.journal",
        ondelete="restrict",
        domain="[('type', '=', 'sale'), ('company_id', '=', books_company_id)]",
        help="Invoices are booked in it, and numbered by it: in Odoo each journal has "
        "a number sequence of its own, so a sequence is chosen by its journal. Credit "
        "notes follow their invoice.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        ondelete="restrict",
        domain="[('company_id', '=', books_company_id)]",
        help="Shown on the invoice, whose taxes stay the provider's; on sales orders "
        "it maps the taxes.",
    )
    condition = fields.Char(string="If", compute="_compute_words")
    outcome = fields.Char(string="Then", compute="_compute_words")

    _name_uniq = models.Constraint(
        "UNIQUE (policy_id, name)", "There is a rule of this name already."
    )

    # ------------------------------------------------------------------
    # COMPUTES AND CONSTRAINTS
    # ------------------------------------------------------------------

    @api.depends("routed_company_id", "company_id")
    def _compute_books_company_id(self):
        """Whose journals and fiscal positions it may name."""
        for rule in self:
            books = rule.routed_company_id or rule.company_id
            rule.books_company_id = books or self.env.company

    @api.depends(*CONDITIONS, *OUTCOMES)
    def _compute_words(self):
        for rule in self:
            rule.condition = rule._in_words(CONDITIONS) or self.env._("always")
            rule.outcome = rule._in_words(OUTCOMES)

    def _in_words(self, names):
        words = []
        for name in names:
            # sudo: what it is called, for whoever sees the rule
            value, field = self.sudo()[name], self._fields[name]
            if not value or name == "product_scope":
                continue
            label = field._description_string(self.env)
            text = value.display_name if field.relational else value
            if name == "product_id" and self.product_scope == "all":
                text = self.env._("%s on every line", text)
            words.append(f"{label}: {text}")
        return ", ".join(words)

    # The name is always among what is created, outcomes need not be.
    @api.constrains("name", *OUTCOMES)
    def _check_outcomes(self):
        for rule in self:
            if not any(rule[name] for name in OUTCOMES):
                raise ValidationError(
                    self.env._(
                        "The rule %s says nothing: choose what follows from it.",
                        rule.name,
                    )
                )
            rule._check_books()

    def _check_books(self):
        """:raises ValidationError: an outcome is of another company"""
        # sudo: a company's journals need not be seen by whoever reads the rule
        rule = self.sudo()
        books = rule.books_company_id
        for name in ("journal_id", "fiscal_position_id"):
            target = rule[name]
            if target and target.company_id not in books.parent_ids:
                raise ValidationError(
                    self.env._(
                        "The rule %(rule)s books in %(company)s, but %(target)s is of "
                        "%(other)s. Choose one of %(company)s.",
                        rule=rule.name,
                        company=books.name,
                        target=target.display_name,
                        other=target.company_id.name,
                    )
                )

    @api.constrains("document_metadata", "customer_metadata")
    def _check_metadata(self):
        for rule in self:
            for text in filter(None, (rule.document_metadata, rule.customer_metadata)):
                if not all(text.partition(EQUALS)):
                    raise ValidationError(
                        self.env._(
                            "%(text)s in the rule %(rule)s is not name=value.",
                            text=text,
                            rule=rule.name,
                        )
                    )

    # ------------------------------------------------------------------
    # PART OF A REVISION
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_with_plain_metadata(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(_with_plain_metadata(vals))

    def _key(self):
        return self.name

    def _said(self):
        said = {"name": self.name, "sequence": self.sequence}
        for name in (*CONDITIONS, *OUTCOMES):
            value = self[name]
            said[name] = value.id if self._fields[name].relational else value
        return said

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    @api.model
    def _rules(self, company):
        """Those in force in ``company``, in order."""
        # sudo: what holds concerns every flow
        return self.env["q2c.policy"]._in_force(company).sudo().routing_ids._in_order()

    def _in_order(self):
        """As they are asked, be it that they were just dragged."""
        return self.sorted(lambda rule: (rule.sequence, rule.id))

    def _terms(self, named=None):
        """The rule as plain values.

        :param named: ids of the companies that it may give something, where it is not
            any: what it gives to another one stays at home
        """
        self.ensure_one()
        outcomes = {name: self[name].id for name in OUTCOMES if self[name]}
        routed = outcomes.get("routed_company_id")
        if routed and named is not None and routed not in named:
            outcomes["routed_company_id"] = self.company_id.id
        return Terms(
            name=self.name,
            books=self.books_company_id.id,
            connection=self.connection_id.id or 0,
            partner=self.partner_id.id or 0,
            record_type=self.record_type or "",
            country=self.country_id.id or 0,
            country_group=self.country_group_id.id or 0,
            currency=self.currency_id.name or "",
            product=self.product_id.id or 0,
            every_line=self.product_scope == "all",
            document=self.document_metadata or "",
            customer=self.customer_metadata or "",
            outcomes=outcomes,
        )


def _with_plain_metadata(vals):
    """The same values, metadata in the one form that is compared."""
    names = ("document_metadata", "customer_metadata")
    return {**vals, **{n: plain_key(vals[n]) for n in names if vals.get(n)}}
