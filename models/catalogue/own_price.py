# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a product costs by Odoo, as SQL."""

from odoo.tools import SQL


def own_price(pricelist, currency):
    """An expression, NULL where Odoo has no such price.

    In its scope are ``product``, ``template`` and ``company``. Only a fixed price
    without conditions is the price of a list: a rebate for a month or from ten pieces
    on is none.

    :param pricelist: SQL of the id of a pricelist, NULL for the sales price
    :param currency: SQL of the id of the currency
    """
    return SQL(
        """
        CASE WHEN %(pricelist)s IS NOT NULL THEN (
            SELECT item.fixed_price
              FROM product_pricelist_item item
             WHERE item.pricelist_id = %(pricelist)s
               AND item.product_tmpl_id = template.id
               AND (item.product_id = product.id OR item.product_id IS NULL)
               AND item.compute_price = 'fixed'
               AND COALESCE(item.min_quantity, 0) <= 1
               AND item.date_start IS NULL AND item.date_end IS NULL
             ORDER BY item.product_id IS NULL, item.id DESC
             LIMIT 1
        ) WHEN %(currency)s = company.currency_id THEN
            template.list_price + COALESCE((
                SELECT sum(value.price_extra)
                  FROM product_variant_combination combination
                  JOIN product_template_attribute_value value
                    ON value.id = combination.product_template_attribute_value_id
                 WHERE combination.product_product_id = product.id
            ), 0)
        END
        """,
        pricelist=pricelist,
        currency=currency,
    )
