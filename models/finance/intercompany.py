# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the holder of an account owes a company by its own books, beside what that
company is owed by its: the two must be equal, for each pair and currency."""

from odoo import fields, models
from odoo.tools import SQL


class Intercompany(models.Model):
    """A query over the posted items of the two accounts of each pair. Amounts are in
    the currency of the item; a settlement between the companies, booked on both
    accounts, makes both smaller."""

    _name = "q2c.intercompany"
    _description = "Intercompany Balance"
    _auto = False
    _order = "holder_id, company_id, currency_id"
    _depends = {
        "account.move.line": [
            "account_id",
            "amount_currency",
            "company_id",
            "currency_id",
            "parent_state",
        ],
        "q2c.connection": ["company_id"],
        "q2c.connection.entity": [
            "company_id",
            "connection_id",
            "due_from_account_id",
            "due_to_account_id",
        ],
    }

    holder_id = fields.Many2one("res.company", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    due_to_account_id = fields.Many2one(
        "account.account", string="Account of the Holder", readonly=True
    )
    due_from_account_id = fields.Many2one(
        "account.account", string="Account of the Company", readonly=True
    )
    due_to = fields.Monetary(
        readonly=True, help="What the holder owes by its own books."
    )
    due_from = fields.Monetary(
        readonly=True, help="What the company is owed by its books."
    )
    difference = fields.Monetary(readonly=True, help="Due to less due from.")
    item_count = fields.Integer(string="Journal Items", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(item.id) AS id, pair.holder_id, pair.company_id,
                   pair.due_to_account_id, pair.due_from_account_id,
                   item.currency_id,
                   coalesce(sum(-item.amount_currency)
                       FILTER (WHERE item.account_id = pair.due_to_account_id), 0)
                       AS due_to,
                   coalesce(sum(item.amount_currency)
                       FILTER (WHERE item.account_id = pair.due_from_account_id), 0)
                       AS due_from,
                   coalesce(sum(-item.amount_currency)
                       FILTER (WHERE item.account_id = pair.due_to_account_id), 0)
                   - coalesce(sum(item.amount_currency)
                       FILTER (WHERE item.account_id = pair.due_from_account_id), 0)
                       AS difference,
                   count(*) AS item_count
              FROM (
                   SELECT DISTINCT connection.company_id AS holder_id,
                          entity.company_id, entity.due_to_account_id,
                          entity.due_from_account_id
                     FROM q2c_connection_entity entity
                     JOIN q2c_connection connection
                       ON connection.id = entity.connection_id
              ) pair
              JOIN account_move_line item
                ON item.account_id = pair.due_to_account_id
               AND item.company_id = pair.holder_id
                OR item.account_id = pair.due_from_account_id
               AND item.company_id = pair.company_id
             WHERE item.parent_state = 'posted'
          GROUP BY pair.holder_id, pair.company_id, pair.due_to_account_id,
                   pair.due_from_account_id, item.currency_id
            """
        )

    # ------------------------------------------------------------------
    # TOLD
    # ------------------------------------------------------------------

    def _report_differences(self, connection):
        """Put what differs of the pairs of ``connection`` on the work list, and take
        off it what does not any more."""
        # sudo: the two sides are of different companies' books
        rows = self.sudo().search(
            [
                ("holder_id", "=", connection.company_id.id),
                ("company_id", "in", connection.sudo().entity_ids.company_id.ids),
            ]
        )
        differing = rows.filtered(
            lambda row: not row.currency_id.is_zero(row.difference)
        )
        exceptions = self.env["q2c.exception"]
        exceptions._resolve_keys(connection, {row._key() for row in rows - differing})
        exceptions._report_many(connection, [row._case() for row in differing])

    def _key(self):
        return f"intercompany:{self.company_id.id}:{self.currency_id.name}"

    def _case(self):
        return {
            "key": self._key(),
            "code": "intercompany_difference",
            "message": self.env._(
                "%(holder)s owes %(company)s %(due_to)s by its own books, but by those "
                "of %(company)s it is %(due_from)s.",
                holder=self.holder_id.name,
                company=self.company_id.name,
                due_to=self.currency_id.format(self.due_to),
                due_from=self.currency_id.format(self.due_from),
            ),
            "remedy": self.env._(
                "Open Control, Intercompany with both companies chosen, and see which "
                "item of one account has no counterpart on the other."
            ),
            "category": "difference",
        }

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_view_items(self):
        """The items of both accounts."""
        self.ensure_one()
        accounts = self.due_to_account_id + self.due_from_account_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Items of %s", self.company_id.name),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": [
                ("account_id", "in", accounts.ids),
                ("currency_id", "=", self.currency_id.id),
                ("parent_state", "=", "posted"),
                ("company_id", "in", (self.holder_id + self.company_id).ids),
            ],
        }
