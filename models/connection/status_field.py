# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which field of the CRM is told which value."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

VALUES = [
    ("account_status", "Account status"),
    ("order_number", "Order number"),
    ("order_status", "Order status"),
    ("order_amount", "Order amount"),
    ("subscription_status", "Subscription status"),
    ("invoice_number", "Number of the latest invoice"),
    ("invoice_status", "Invoice status"),
    ("payment_status", "Payment status"),
    ("amount_invoiced", "Amount invoiced"),
    ("amount_paid", "Amount paid"),
    ("amount_due", "Amount due"),
    ("amount_overdue", "Amount overdue"),
    ("overdue_since", "Overdue since"),
    ("dunning_status", "Dunning status"),
    ("next_attempt", "Next payment attempt"),
]
# Those that are numbers, in the currency of the record.
AMOUNTS = {
    *("order_amount", "amount_invoiced", "amount_paid", "amount_due"),
    "amount_overdue",
}
DATES = {"overdue_since", "next_attempt"}
# What each kind of object can be told.
BY_KIND = {
    "customer": {
        "account_status",
        "subscription_status",
        "invoice_number",
        "invoice_status",
        "payment_status",
        "amount_invoiced",
        "amount_paid",
        "amount_due",
        "amount_overdue",
        "overdue_since",
        "dunning_status",
        "next_attempt",
    },
    "opportunity": {value for value, _label in VALUES} - {"account_status"},
}


class StatusField(models.Model):
    _name = "q2c.status.field"
    _description = "Field Told to the CRM"
    _order = "kind, sequence, id"

    connection_id = fields.Many2one(
        "q2c.connection", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("customer", "Account"), ("opportunity", "Opportunity")],
        string="Object",
        required=True,
    )
    value = fields.Selection(VALUES, required=True)
    field_name = fields.Char(
        required=True, help="API name of the field in the CRM, custom ones with __c."
    )

    _field_uniq = models.Constraint(
        "UNIQUE (connection_id, kind, field_name)",
        "Each field of an object is told one value only.",
    )

    @api.constrains("kind", "value")
    def _check_value(self):
        for line in self:
            if line.value not in BY_KIND[line.kind]:
                labels = dict(VALUES)
                raise ValidationError(
                    self.env._(
                        "The field %(field)s cannot be told the %(value)s: it is not "
                        "known for this object. Choose another value.",
                        field=line.field_name,
                        value=labels[line.value].lower(),
                    )
                )
