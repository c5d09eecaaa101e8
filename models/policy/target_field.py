# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which fields of Odoo's records people may have filled from the provider's fields."""

from odoo import api, fields, models
from odoo.tools import SQL

from .owned_fields import fields_of

# What is mapped on the template is written on the product.
TO_PRODUCT = {"product.template": "product.product"}
TYPES = (
    "char",
    "text",
    "selection",
    "boolean",
    "integer",
    "float",
    "monetary",
    "date",
    "datetime",
    "many2one",
)
# What a record is, where it belongs, or what it costs: flows write it, or the books
# follow from it.
_EVERYWHERE = ("active", "company_id", "currency_id", "state", "id", "display_name")
DENIED = {
    "res.partner": {
        *("autopost_bills", "comment", "company_name", "company_type", "customer_rank"),
        *("ignore_abnormal_invoice_date", "parent_id", "ref_company_ids", "type"),
        "supplier_rank",
    },
    "crm.lead": {
        *("automated_probability", "date_closed", "date_open", "lost_reason_id"),
        *("type", "won_status"),
    },
    "product.template": {
        *("categ_id", "expense_policy", "invoice_policy", "is_storable", "list_price"),
        *("purchase_ok", "sale_ok", "service_tracking", "service_type", "tracking"),
        *("standard_price", "type"),
    },
    "sale.order": {
        *("access_token", "currency_rate", "date_order", "locked", "name", "origin"),
        *("opportunity_id", "partner_id", "partner_invoice_id", "partner_shipping_id"),
        *("prepayment_percent", "require_payment", "require_signature", "team_id"),
        *("sale_order_template_id", "user_id"),
    },
    "sale.order.line": {
        *("discount", "display_type", "is_downpayment", "is_expense", "name"),
        *("linked_line_id", "linked_virtual_id", "order_id", "price_unit"),
        *("product_uom_qty", "qty_delivered", "technical_price_unit", "virtual_id"),
        *("customer_lead", "qty_delivered_method", "combo_item_id"),
    },
}
# Models that money or the system hangs on, as patterns.
_DENIED_MODELS = (
    *("account.%", "ir.%", "mail.%", "payment.%", "product.%", "q2c.%", "sale.%"),
    *("uom.%", "res.company", "res.currency", "res.groups", "res.partner"),
    "res.partner.bank",
)


class TargetField(models.Model):
    """A field that is kept as it is written: nothing computed, nothing of a related
    record, nothing that flows write themselves or the books depend on."""

    _name = "q2c.target.field"
    _description = "Field That Can Be Mapped"
    _auto = False
    _order = "model, name"
    _rec_names_search = ["name", "label"]
    _depends = {"ir.model.fields": ["name", "model", "field_description", "ttype"]}

    name = fields.Char(string="Technical Name", readonly=True)
    model = fields.Char(readonly=True)
    label = fields.Char(readonly=True, translate=True)
    ttype = fields.Char(string="Type", readonly=True)

    @api.depends("name", "label", "model")
    def _compute_display_name(self):
        names = {
            # sudo: what models are called is no secret
            model: self.env["ir.model"].sudo()._get(model).name
            for model in set(self.mapped("model"))
        }
        for field in self:
            field.display_name = f"{field.label} ({names[field.model]})"

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT field.id, field.name, field.model, field.field_description AS label,
                   field.ttype
              FROM ir_model_fields field
             WHERE field.ttype IN %s
               AND field.store
               AND field.related IS NULL
               AND NOT coalesce(field.readonly, false)
               AND NOT coalesce(field.company_dependent, false)
               AND field.name NOT LIKE 'q2c\\_%%'
               AND NOT coalesce(field.relation, '') LIKE ANY(%s)
               AND (%s)
            """,
            TYPES,
            list(_DENIED_MODELS),
            SQL(" OR ").join(map(_of_model, DENIED)),
        )


def _of_model(model):
    owned = fields_of(model) | fields_of(TO_PRODUCT.get(model, model))
    return SQL(
        "(field.model = %s AND field.name NOT IN %s)",
        model,
        tuple(sorted(DENIED[model] | owned | set(_EVERYWHERE))),
    )
