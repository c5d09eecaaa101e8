# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where money goes that is taken back, held back or never paid, and what moves the
balance beside payments."""

from odoo import fields, models


class Connection(models.Model):
    _inherit = "q2c.connection"

    category_account_ids = fields.One2many(
        "q2c.category.account",
        "connection_id",
        string="Balance Categories",
        help="Accounts of what moves the balance without a payment, refund, dispute or "
        "payout behind it, by the provider's reporting category.",
    )

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def _set_up_accounting(self):
        result = super()._set_up_accounting()
        self._set_up_categories()
        return result

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
        label = dict(self._fields["provider"]._description_selection(self.env))
        name = self.env._("%s Reserve", label[self.provider])
        # sudo: see _set_up_accounting
        return self._create_account(self.sudo().company_id, name, "asset_current")

    def _transit_account(self):
        """Money on its way from or to the bank."""
        return self.company_id.transfer_account_id
