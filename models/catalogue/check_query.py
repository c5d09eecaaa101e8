# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The query behind the catalogue check: what Odoo says a product is and costs, beside
what each provider said last. The links keep that, whoever owns it."""

from odoo.tools import SQL

from .own_price import own_price
from .price_entry import DECIMALS


def query():
    """One row a product, price list, currency and interval."""
    return SQL(
        """
        WITH price AS (%(prices)s), entry AS (%(entries)s), product_there AS (
            %(products)s
        ), side AS (
            SELECT place.*, template.id AS product_tmpl_id, template.categ_id,
                   product.default_code AS our_code,
                   product.active AND COALESCE(list.active, TRUE) AS our_active,
                   CASE WHEN place.interval = template.q2c_interval
                         AND place.interval_count = template.q2c_interval_count
                        THEN round((%(own)s)::numeric, %(decimals)s)::float8
                        END AS our_amount,
                   template.name AS our_names,
                   entry.connection_id AS salesforce_connection_id,
                   entry.amount AS salesforce_amount,
                   entry.active AND COALESCE(sf.active, TRUE) AS salesforce_active,
                   sf.name AS salesforce_name, sf.code AS salesforce_code,
                   price.amount AS stripe_amount, price.surplus,
                   price.active AND COALESCE(st.active, TRUE) AS stripe_active,
                   st.name AS stripe_name, st.code AS stripe_code,
                   %(wanted_lists)s AS salesforce_wanted,
                   place.is_standard AND %(wanted_prices)s AS stripe_wanted
              FROM (%(places)s) place
              JOIN product_product product ON product.id = place.product_id
              JOIN product_template template
                ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id = place.company_id
         LEFT JOIN product_pricelist list ON list.id = place.pricelist_id
         LEFT JOIN entry ON entry.entry_id = place.entry_id
         LEFT JOIN price ON place.is_standard
                        AND price.company_id = place.company_id
                        AND price.product_id = place.product_id
                        AND price.currency_id = place.currency_id
                        AND price.interval = place.interval
                        AND price.interval_count = place.interval_count
         LEFT JOIN product_there sf ON sf.provider = 'salesforce'
                                   AND sf.company_id = place.company_id
                                   AND sf.product_id = place.product_id
         LEFT JOIN product_there st ON st.provider = 'stripe'
                                   AND st.company_id = place.company_id
                                   AND st.product_id = place.product_id
        ), flag AS (
            SELECT side.*, %(flags)s
              FROM side
        )
        SELECT flag.*, CASE
               WHEN is_double THEN 'double'
               WHEN differs_active THEN 'active'
               WHEN differs_amount THEN 'amount'
               WHEN is_missing THEN 'missing'
               WHEN differs_name THEN 'name'
               WHEN differs_code THEN 'code'
               ELSE 'none' END AS issue
          FROM flag
        """,
        prices=_prices(),
        entries=_entries(),
        products=_products(),
        places=_places(),
        own=own_price(SQL("place.pricelist_id"), SQL("place.currency_id")),
        decimals=DECIMALS,
        wanted_lists=_wanted("salesforce"),
        wanted_prices=_wanted("stripe"),
        flags=_flags(),
    )


def _prices():
    """Prices that stand alone, by product, currency and interval. Left out are those
    that were agreed on for an order: made from here, never published, not archived."""
    return SQL(
        """
        SELECT company_id, product_id, currency_id, interval, interval_count,
               min(id) AS id, bool_or(active) AS active,
               (array_agg(amount ORDER BY active DESC, id DESC))[1] AS amount,
               count(*) FILTER (WHERE active)
               - count(DISTINCT connection_id) FILTER (WHERE active) AS surplus
          FROM (
            SELECT link.id, link.company_id, link.connection_id, price.product_id,
                   price.currency_id, price.interval, price.interval_count,
                   COALESCE((link.figures->>'active')::boolean, price.active) AS active,
                   COALESCE(
                       (link.figures->>'amount')::float8, price.unit_amount
                   ) AS amount
              FROM q2c_binding link
              JOIN q2c_price price ON price.id = link.res_id
             WHERE link.kind = 'price' AND link.res_model = 'q2c.price'
               AND link.provider = 'stripe'
               AND price.is_flat AND price.is_metered IS NOT TRUE
               AND (link.sent_at IS NULL OR price.is_catalogue OR NOT price.active)
          ) told
      GROUP BY company_id, product_id, currency_id, interval, interval_count
        """
    )


def _entries():
    return SQL(
        """
        SELECT link.res_id AS entry_id, min(link.connection_id) AS connection_id,
               bool_or((link.figures->>'active')::boolean) AS active,
               (array_agg((link.figures->>'amount')::float8
                          ORDER BY link.figures->>'active' DESC, link.id DESC))[1]
               AS amount
          FROM q2c_binding link
         WHERE link.kind = 'price' AND link.res_model = 'q2c.price.entry'
           AND link.provider = 'salesforce'
      GROUP BY link.res_id
        """
    )


def _products():
    """The first object of each provider that a product is linked to."""
    return SQL(
        """
        SELECT DISTINCT ON (link.res_id, link.company_id, link.provider)
               link.res_id AS product_id, link.company_id, link.provider,
               link.figures->>'name' AS name, link.figures->>'code' AS code,
               (link.figures->>'active')::boolean AS active
          FROM q2c_binding link
         WHERE link.kind = 'product' AND link.res_model = 'product.product'
      ORDER BY link.res_id, link.company_id, link.provider, link.id
        """
    )


def _places():
    """Entries of price lists, and what is on sale elsewhere and has none here."""
    return SQL(
        """
        SELECT entry.id::bigint * 2 AS id, entry.id AS entry_id, entry.product_id,
               entry.company_id, entry.pricelist_id, entry.currency_id,
               template.q2c_interval AS interval,
               template.q2c_interval_count AS interval_count,
               entry.pricelist_id IS NULL OR list.q2c_is_standard AS is_standard
          FROM q2c_price_entry entry
          JOIN product_product product ON product.id = entry.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
     LEFT JOIN product_pricelist list ON list.id = entry.pricelist_id
        UNION ALL
        SELECT price.id::bigint * 2 + 1, NULL, price.product_id, price.company_id,
               (SELECT list.id
                  FROM product_pricelist list
                 WHERE list.q2c_is_standard AND list.currency_id = price.currency_id
                   AND list.currency_id <> company.currency_id
                   AND (list.company_id IS NULL OR list.company_id = company.id)
              ORDER BY list.company_id, list.sequence, list.id
                 LIMIT 1),
               price.currency_id, price.interval, price.interval_count, TRUE
          FROM price
          JOIN res_company company ON company.id = price.company_id
          JOIN product_product product ON product.id = price.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE price.active AND NOT EXISTS (
            SELECT 1 FROM q2c_price_entry entry
         LEFT JOIN product_pricelist list ON list.id = entry.pricelist_id
             WHERE entry.product_id = price.product_id
               AND entry.company_id = price.company_id
               AND entry.currency_id = price.currency_id
               AND (entry.pricelist_id IS NULL OR list.q2c_is_standard)
               AND template.q2c_interval = price.interval
               AND template.q2c_interval_count = price.interval_count
         )
        """
    )


def _wanted(provider):
    """Whether the product is published to a connection of ``provider``."""
    return SQL(
        """
        (template.sale_ok AND EXISTS (
            SELECT 1
              FROM q2c_connection published
         LEFT JOIN product_category top ON top.id = published.publish_category_id
         LEFT JOIN product_category own ON own.id = template.categ_id
             WHERE published.provider = %s
               AND published.company_id = place.company_id
               AND published.state IN ('active', 'paused')
               AND CASE published.publish_catalogue
                   WHEN 'all' THEN TRUE
                   WHEN 'marked' THEN template.q2c_publish
                        OR template.q2c_interval <> 'one_time'
                   WHEN 'category' THEN own.parent_path LIKE top.parent_path || '%%'
                   ELSE FALSE END
        ))
        """,
        provider,
    )


def _flags():
    """A side without a price says nothing of it; one that is not on sale is only
    compared in that."""
    return SQL(
        """
        our_amount IS NOT NULL AS has_ours,
        salesforce_active IS NOT NULL AS has_salesforce,
        stripe_active IS NOT NULL AS has_stripe,
        COALESCE(surplus > 0, FALSE) AS is_double,
        COALESCE(
            (our_active AND our_amount IS NOT NULL
             AND (NOT salesforce_active OR NOT stripe_active))
            OR (NOT our_active AND (salesforce_active OR stripe_active))
            OR (salesforce_active AND NOT stripe_active)
            OR (stripe_active AND NOT salesforce_active), FALSE
        ) AS differs_active,
        COALESCE((
            SELECT count(DISTINCT round(amount::numeric, %(decimals)s)) > 1
              FROM (VALUES (CASE WHEN our_active THEN our_amount END),
                           (CASE WHEN salesforce_active THEN salesforce_amount END),
                           (CASE WHEN stripe_active THEN stripe_amount END)
                   ) told (amount)
             WHERE amount IS NOT NULL
        ), FALSE) AS differs_amount,
        COALESCE(
            (our_amount IS NULL AND (salesforce_active OR stripe_active))
            OR (our_active AND our_amount <> 0 AND (
                salesforce_wanted AND salesforce_active IS NULL
                OR stripe_wanted AND stripe_active IS NULL
            )), FALSE
        ) AS is_missing,
        COALESCE(EXISTS (
            SELECT 1 FROM (VALUES (salesforce_name), (stripe_name)) told (name)
             WHERE name IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM jsonb_each_text(our_names) ours WHERE ours.value = name
             )
        ), FALSE) AS differs_name,
        COALESCE(salesforce_code <> COALESCE(our_code, ''), FALSE)
        OR COALESCE(stripe_code <> COALESCE(our_code, ''), FALSE) AS differs_code
        """,
        decimals=DECIMALS,
    )
