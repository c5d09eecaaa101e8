# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The place of a product in a price list. What it costs there is not kept here, but
read where Odoo has it: the sales price, or an item of the pricelist."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from .own_price import own_price

# Finer differences than this are of floats, not of prices.
DECIMALS = 6


class PriceEntry(models.Model):
    _name = "q2c.price.entry"
    _description = "Price List Entry"
    _order = "product_id, id"

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty: the product's sales price.",
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)

    _entry_uniq = models.UniqueIndex(
        "(product_id, company_id, currency_id, COALESCE(pricelist_id, 0))"
    )

    @api.depends("product_id", "pricelist_id", "currency_id")
    def _compute_display_name(self):
        for entry in self:
            book = entry.pricelist_id.display_name or entry.currency_id.name or ""
            entry.display_name = f"{entry.product_id.display_name or ''}, {book}"

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    @api.model
    def _obtain(self, company, keys):
        """The entries of ``keys``, made where there is none.

        :param keys: iterable of (product, pricelist or empty, currency)
        :return: {key: entry}
        """
        keys = list(dict.fromkeys(keys))
        # sudo: entries are the engine's own
        model = self.sudo()
        known = {
            entry._key(): entry
            for entry in model.search(
                [
                    ("company_id", "=", company.id),
                    ("product_id", "in", [product.id for product, *_rest in keys]),
                ]
            )
        }
        missing = [key for key in keys if _plain(key) not in known]
        created = model.create(
            [
                {
                    "product_id": product.id,
                    "pricelist_id": pricelist.id,
                    "currency_id": currency.id,
                    "company_id": company.id,
                }
                for product, pricelist, currency in missing
            ]
        )
        known.update({entry._key(): entry for entry in created})
        return {key: known[_plain(key)].with_env(self.env) for key in keys}

    def _key(self):
        return _plain((self.product_id, self.pricelist_id, self.currency_id))

    def _own_amounts(self):
        """{entry: what the product costs there by Odoo, a Decimal of major units, or
        None where Odoo has no such price}, in one query."""
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT entry.id, round((%s)::numeric, %s)
                  FROM q2c_price_entry entry
                  JOIN product_product product ON product.id = entry.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                  JOIN res_company company ON company.id = entry.company_id
                 WHERE entry.id = ANY(%s)
                """,
                own_price(SQL("entry.pricelist_id"), SQL("entry.currency_id")),
                DECIMALS,
                list(self.ids),
            )
        )
        found = dict(rows)
        return {
            entry: None if found[entry.id] is None else Decimal(found[entry.id])
            for entry in self
        }

    def _set_amounts(self, amounts):
        """Have Odoo say ``amounts``: {entry: Decimal, or None to take the product from
        the list}. The sales price of a product in several variants is not one of
        theirs, and stays."""
        own = self.browse([entry.id for entry in amounts])._own_amounts()
        changed = {e: a for e, a in amounts.items() if own[e] != a}
        by_amount = {}
        for entry, amount in changed.items():
            template = entry.product_id.product_tmpl_id
            if not entry.pricelist_id and amount is not None:
                if len(template.product_variant_ids) <= 1:
                    by_amount.setdefault(amount, []).append(template.id)
        for amount, ids in by_amount.items():
            templates = self.env["product.template"].browse(ids)
            templates.write({"list_price": float(amount)})
        self._set_items({e: a for e, a in changed.items() if e.pricelist_id})

    @api.model
    def _set_items(self, amounts):
        items = self.env["product.pricelist.item"]
        known = items.search(
            [
                ("pricelist_id", "in", [e.pricelist_id.id for e in amounts]),
                ("product_id", "in", [e.product_id.id for e in amounts]),
                ("compute_price", "=", "fixed"),
                ("min_quantity", "<=", 1),
                ("date_start", "=", False),
                ("date_end", "=", False),
            ]
        ).grouped(lambda item: (item.pricelist_id, item.product_id))
        new, gone = [], items.browse()
        for entry, amount in amounts.items():
            there = known.get((entry.pricelist_id, entry.product_id), items.browse())
            if amount is None:
                gone |= there
            elif there:
                there.write({"fixed_price": float(amount)})
            else:
                new.append(
                    {
                        "pricelist_id": entry.pricelist_id.id,
                        "product_tmpl_id": entry.product_id.product_tmpl_id.id,
                        "product_id": entry.product_id.id,
                        "applied_on": "0_product_variant",
                        "compute_price": "fixed",
                        "fixed_price": float(amount),
                    }
                )
        gone.unlink()
        items.create(new)


def _plain(key):
    product, pricelist, currency = key
    return product.id, pricelist.id or False, currency.id
