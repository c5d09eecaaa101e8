# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the provider's words and objects are in the books: one list for all kinds."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

# kind → the field that holds its target
TARGETS = {
    "tax_rate": "tax_id",
    "payment_method": "payment_method_line_id",
    "tax_situation": "fiscal_position_id",
    "income": "account_id",
}


class Mapping(models.Model):
    _name = "q2c.mapping"
    _description = "Mapping"
    _inherit = ["mail.thread"]
    _order = "state desc, connection_id, kind, label, id"
    _rec_name = "label"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "q2c.connection", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        [
            ("tax_rate", "Tax rate"),
            ("payment_method", "Payment method"),
            ("tax_situation", "Tax situation"),
            ("income", "Income of a product or price"),
        ],
        required=True,
        help="Tax rate: which tax it is. Payment method: which one of the payment "
        "journal. Tax situation: which fiscal position invoices show; their taxes stay "
        "the provider's. Income: which account is used instead of the product's.",
    )
    key = fields.Char(
        string="At the Provider",
        required=True,
        help="Its id, or its word: txr_…, card, reverse_charge:DE, prod_… or price_….",
    )
    label = fields.Char(required=True)
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
    account_id = fields.Many2one(
        "account.account",
        string="Income Account",
        check_company=True,
        domain=[
            ("account_type", "in", ("income", "income_other", "liability_current"))
        ],
        tracking=True,
    )
    suggestion = fields.Char(compute="_compute_suggestion")
    suggestion_reason = fields.Char(string="Because", compute="_compute_suggestion")

    _key_uniq = models.Constraint(
        "UNIQUE (connection_id, kind, key)", "It is mapped once per connection."
    )

    # ------------------------------------------------------------------
    # COMPUTES AND CONSTRAINTS
    # ------------------------------------------------------------------

    @api.depends("kind", *TARGETS.values())
    def _compute_state(self):
        for mapping in self:
            mapping.state = "mapped" if mapping._target() else "open"

    @api.depends("connection_id", "kind", "key", "details", "state")
    def _compute_suggestion(self):
        for mapping in self:
            record, reason = mapping._suggest()
            mapping.suggestion = record.display_name if record else False
            mapping.suggestion_reason = reason if record else False

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
    # SUGGESTIONS
    # ------------------------------------------------------------------

    def _suggest(self):
        """(record, why) that fits best; an empty record where nothing does."""
        self.ensure_one()
        suggest = {
            "tax_rate": self._suggest_tax,
            "payment_method": self._suggest_method,
            "tax_situation": self._suggest_position,
        }.get(self.kind)
        if self.state == "mapped" or not suggest:
            return self.env["account.tax"], ""
        return suggest()

    def _suggest_tax(self):
        details, company = self.details or {}, self.company_id
        taxes = self.env["account.tax"]
        taxes = taxes.search(
            Domain(taxes._check_company_domain(company))
            & Domain("type_tax_use", "=", "sale")
            & Domain("amount_type", "=", details.get("amount_type"))
            & Domain("amount", "=", details.get("amount"))
        )
        same_country = taxes.filtered(
            lambda tax: details.get("country") in (None, "", tax.country_id.code)
        )
        same_inclusion = same_country.filtered(
            lambda tax: bool(tax.price_include) == bool(details.get("inclusive"))
        )
        for found, reason in (
            (
                same_inclusion,
                self.env._("Same amount, country and inclusion in the price"),
            ),
            (same_country, self.env._("Same amount and country")),
            (taxes, self.env._("Same amount")),
        ):
            if found:
                return (found & company.account_sale_tax_id or found)[:1], reason
        return taxes, ""

    def _suggest_method(self):
        connection = self.connection_id
        lines = connection.payment_journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_account_id == connection._clearing_account()
        )
        word = self.key.replace("_", " ").lower()
        named = lines.filtered(lambda line: word in (line.name or "").lower())
        if named:
            return named[:1], self.env._("Same name")
        return lines[:1], self.env._("The connection's payment journal")

    def _suggest_position(self):
        details = self.details or {}
        positions = self.env["account.fiscal.position"]
        positions = positions.search(
            Domain(positions._check_company_domain(self.company_id))
        )
        words = self.key.partition(":")[0].replace("_", " ").lower()
        for found, reason in (
            (
                positions.filtered(lambda position: words in position.name.lower()),
                self.env._("Same name"),
            ),
            (
                positions.filtered(
                    lambda position: (
                        details.get("country")
                        and position.country_id.code == details["country"]
                    )
                ),
                self.env._("Same country"),
            ),
        ):
            if found:
                return found[:1], reason
        return positions.browse(), ""

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_accept(self):
        """Map to what is suggested, and let go on what was held for it."""
        accepted = self.browse()
        for mapping in self:
            record, _reason = mapping._suggest()
            if record:
                mapping[TARGETS[mapping.kind]] = record
                accepted += mapping
        if not accepted:
            raise UserError(self.env._("There is nothing to suggest for these."))
        return True

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings.filtered("tax_id")._follow_taxes()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if vals.get("tax_id"):
            self._follow_taxes()
        return result

    def _follow_taxes(self):
        """Link the tax rates from now on to their taxes, and wake what was held or
        waits for one of them. What is booked stays as it is."""
        events = self.env["q2c.event"].sudo()  # sudo: finance decides what is held
        for connection, share in self.grouped("connection_id").items():
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
            by_key = share.grouped("key")
            for link in links:
                link.res_id = by_key[link.external_id].tax_id.id
            events.search(
                domain
                & Domain("object_id", "in", keys)
                & Domain("state", "=", "failed")
            )._requeue()
            events._wake([f"tax_rate:{link.external_id}" for link in links])
            connection._wake_queues()
