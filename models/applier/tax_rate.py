# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tax rate → tax. Which tax it is decides the tax report, so it is never guessed."""

from functools import partial

from odoo import models

from ...canonical import Hold


class TaxRateApplier(models.AbstractModel):
    _name = "q2c.applier.tax_rate"
    _inherit = "q2c.applier"
    _description = "Tax Rate to Tax"

    _target = "account.tax"

    def _match(self, batch, items):
        found = self._made_here(batch, items)
        rest = [item for item in items if item not in found]
        taxes = self._candidates(batch, rest)
        for item in rest:
            fitting = taxes.filtered(partial(_fits, item.document))
            preferred = fitting & batch.connection.company_id.account_sale_tax_id
            if len(fitting) == 1 or preferred:
                found[item] = preferred or fitting
        return found

    def _candidates(self, batch, items):
        percentages = {float(item.document.percentage) for item in items}
        return batch.env["account.tax"].search(
            [
                ("company_id", "=", batch.connection.company_id.id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "in", list(percentages)),
            ]
        )

    def _values(self, batch, item, record):
        """A tax that is there stays as the accountant made it."""
        if record:
            return {}
        document, connection = item.document, batch.connection
        fitting = self._candidates(batch, [item]).filtered(partial(_fits, document))
        several = len(fitting) > 1
        if several or not connection.create_taxes:
            raise Hold(
                "tax_not_mapped",
                f"The tax rate {document.name} ({document.id}, "
                f"{document.percentage.normalize():f} %) fits "
                f"{'several sales taxes' if several else 'no sales tax'} of "
                f"{connection.company_id.name}.",
                "Keep exactly one active sales tax with this percentage, country and "
                "inclusion in the price, or make it the company's default; then retry.",
            )
        return {}

    def _create(self, batch, values):
        """Like the company's default tax, so that accounts, tax group and report are
        right from the start."""
        if not values:
            return
        # sudo: taxes are the accountant's; this one follows from the connection's
        # setting
        default = batch.connection.company_id.sudo().account_sale_tax_id
        records = {}
        for item in values:
            document = item.document
            if not default:
                item.failure = Hold(
                    "no_default_tax",
                    f"{batch.connection.company_id.name} has no default sales tax to "
                    f"make the tax {document.name} from.",
                    "Set a default sales tax in the accounting settings, then retry.",
                )
                continue
            tax = default.copy(
                {
                    "name": f"{document.name} {document.percentage.normalize():f} %",
                    "amount": float(document.percentage),
                    "price_include_override": (
                        "tax_included" if document.inclusive else "tax_excluded"
                    ),
                }
            )
            records[item] = tax.with_env(batch.env)
        batch.bind(records, origins=records)

    def _remove(self, batch, item, record):
        """Stripe archives rates that are no longer to be used; old invoices still bear
        the tax."""
        return record


def _fits(document, tax):
    country = tax.country_id.code or ""
    return (
        tax.amount == float(document.percentage)
        and bool(tax.price_include) == document.inclusive
        and document.country.upper() in ("", country)
    )
