# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 3: a row says which gap it filled."""

from odoo import fields, models


class Event(models.Model):
    _inherit = "q2c.event"

    gap = fields.Char(
        string="Gap Filled",
        readonly=True,
        help="Why it had to be looked for, instead of coming by itself.",
    )
    difference_id = fields.Many2one(
        "q2c.reconciliation.difference",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The difference that it was read for.",
    )
    import_id = fields.Many2one(
        "q2c.history.import",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The import of history that brought it in.",
    )
