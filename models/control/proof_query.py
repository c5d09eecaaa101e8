# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The query behind the proof sheet. It reads the journal items as they are in the
database, whatever those who booked them believed."""

from odoo.tools import SQL

from ...canonical.currency import THREE_DECIMAL, ZERO_DECIMAL
from ..sync import tie_out

# Figures of a document: the last digits of a row's id, and so their order. A tax has
# the place TAX and its own id more.
SPAN = 1_000_000
UNTAXED, TAX = 1, 2
ROUNDING, TOTAL, FROM_BALANCE, PAID, REMAINING = range(SPAN - 8, SPAN - 3)
AMOUNT, SETTLED, FEE = range(SPAN - 3, SPAN)


def query():
    """One row a figure. A condition on a document reaches the tables, so that the
    sheet of one document costs next to nothing."""
    return SQL(
        """
        SELECT row.id, row.kind, row.connection_id, row.company_id, row.move_id,
               row.payment_id, row.partner_id, row.date, row.reference,
               row.figure, row.tax_id, row.currency_id, row.customer,
               row.told * row.unit AS told, row.booked,
               row.booked - row.told * row.unit AS difference,
               CASE
               WHEN row.told = round(row.booked / row.unit)
                AND row.told_code = row.booked_code THEN 'tied'
               WHEN row.explained THEN 'explained'
               WHEN row.unposted OR EXISTS (
                    SELECT 1 FROM q2c_event event
                     WHERE event.state IN ('queued', 'waiting')
                       AND event.connection_id = row.connection_id
                       AND event.partition = row.customer
               ) THEN 'transit'
               ELSE 'differs' END AS state
          FROM (%s UNION ALL %s) row
        """,
        _of_moves(),
        _of_payments(),
    )


def _unit(code):
    """Major units of one minor unit of the currency ``code``, as Stripe counts."""
    return SQL(
        "CASE WHEN %(code)s IN %(zero)s THEN 1"
        " WHEN %(code)s IN %(three)s THEN 0.001 ELSE 0.01 END",
        code=code,
        zero=tuple(sorted(ZERO_DECIMAL)),
        three=tuple(sorted(THREE_DECIMAL)),
    )


# ----------------------------------------------------------------------
# INVOICES AND CREDIT NOTES
# ----------------------------------------------------------------------


def _of_moves():
    return SQL(
        """
        SELECT move.id::bigint * 2 * %(span)s + figure.place AS id,
               link.kind, link.connection_id, move.company_id, move.id AS move_id,
               NULL::int AS payment_id, move.commercial_partner_id AS partner_id,
               move.date, move.ref AS reference, figure.name AS figure,
               figure.tax_id, move.currency_id, figure.told,
               CASE WHEN move.state = 'cancel' THEN 0
                    ELSE figure.booked END AS booked,
               %(unit)s AS unit,
               move.q2c_figures->>'currency' AS told_code,
               currency.name AS booked_code,
               link.figures->>'customer' AS customer,
               move.state = 'draft' AS unposted,
               figure.place <= %(rounding)s
               AND abs(figure.told - round(figure.booked / %(unit)s))
                   <= move.q2c_tolerance
               OR figure.place IN (%(paid)s, %(remaining)s) AND (
                    EXISTS (SELECT 1 FROM q2c_refund_reopened_move_rel reopened
                             WHERE reopened.account_move_id = move.id)
                    OR link.figures->>'status' = 'uncollectible'
                    AND move.amount_residual = 0
               ) AS explained
          FROM account_move move
          JOIN q2c_binding link
            ON link.res_id = move.id AND link.res_model = 'account.move'
          JOIN res_currency currency ON currency.id = move.currency_id
          CROSS JOIN LATERAL (%(figures)s) figure
         WHERE move.q2c_figures IS NOT NULL AND link.figures IS NOT NULL
           AND NOT (move.state = 'cancel' AND link.figures->>'status' = 'void')
        """,
        span=SPAN,
        unit=_unit(SQL("move.q2c_figures->>'currency'")),
        rounding=ROUNDING,
        paid=PAID,
        remaining=REMAINING,
        figures=_figures_of_move(),
    )


def _figures_of_move():
    """What was billed, told when it was issued, against its items; and what became of
    it since."""
    return SQL("%s UNION ALL %s", _figures_billed(), _figures_since())


def _figures_billed():
    return SQL(
        """
        SELECT %(untaxed)s::bigint AS place, 'untaxed' AS name, NULL::int AS tax_id,
               (move.q2c_figures->>'untaxed')::bigint AS told, (
                   SELECT -coalesce(sum(item.amount_currency), 0)
                     FROM account_move_line item
                    WHERE item.move_id = move.id AND item.tax_line_id IS NULL
                      AND item.display_type <> 'payment_term'
                      AND item.q2c_line_id IS DISTINCT FROM %(added)s
               ) AS booked
        UNION ALL
        SELECT %(rounding)s, 'rounding', NULL, 0, -item.amount_currency
          FROM account_move_line item
         WHERE item.move_id = move.id AND item.q2c_line_id = %(added)s
        UNION ALL
        SELECT %(total)s, 'total', NULL, (move.q2c_figures->>'total')::bigint, (
                   SELECT coalesce(sum(item.amount_currency), 0)
                     FROM account_move_line item
                    WHERE item.move_id = move.id
                      AND item.display_type = 'payment_term'
               )
        UNION ALL
        SELECT %(tax)s + coalesce(said.tax_id, booked.tax_id), 'tax',
               coalesce(said.tax_id, booked.tax_id), coalesce(said.amount, 0),
               coalesce(booked.amount, 0)
          FROM (
               SELECT key::int AS tax_id, value::bigint AS amount
                 FROM jsonb_each_text(move.q2c_figures->'taxes')
          ) said
          FULL JOIN (
               SELECT item.tax_line_id AS tax_id, -sum(item.amount_currency) AS amount
                 FROM account_move_line item
                WHERE item.move_id = move.id AND item.tax_line_id IS NOT NULL
             GROUP BY item.tax_line_id
          ) booked ON booked.tax_id = said.tax_id
        """,
        untaxed=UNTAXED,
        rounding=ROUNDING,
        added=tie_out.ROUNDING,
        total=TOTAL,
        tax=TAX,
    )


def _figures_since():
    return SQL(
        """
        SELECT %(paid)s, 'paid', NULL,
               CASE WHEN %(void)s THEN 0 ELSE (link.figures->>'paid')::bigint END,
               %(money)s
         WHERE link.figures ? 'paid' AND move.move_type = 'out_invoice'
        UNION ALL
        SELECT %(remaining)s, 'remaining', NULL,
               CASE WHEN %(void)s THEN 0
                    ELSE (link.figures->>'remaining')::bigint END,
               move.amount_residual
        UNION ALL
        SELECT %(from_balance)s, 'from_balance', NULL,
               (link.figures->>'from_balance')::bigint, (
                   SELECT -coalesce(sum(item.amount_currency), 0)
                     FROM account_move_line item
                     JOIN account_account account ON account.id = item.account_id
                    WHERE item.move_id = move.q2c_balance_move_id
                      AND item.parent_state = 'posted'
                      AND account.account_type = 'asset_receivable'
               )
         WHERE NOT %(void)s AND (
               move.q2c_balance_move_id IS NOT NULL
               OR (link.figures->>'from_balance')::bigint <> 0
         )
        """,
        paid=PAID,
        remaining=REMAINING,
        from_balance=FROM_BALANCE,
        void=SQL("link.figures->>'status' = 'void'"),
        money=_money_received(),
    )


def _money_received():
    """Of the items that settle an invoice: those of payments and bank statements."""
    return SQL(
        """(
        SELECT coalesce(sum(settled.debit_amount_currency), 0)
          FROM account_move_line item
          JOIN account_partial_reconcile settled ON settled.debit_move_id = item.id
          JOIN account_move_line credit ON credit.id = settled.credit_move_id
          JOIN account_move payer ON payer.id = credit.move_id
         WHERE item.move_id = move.id AND item.display_type = 'payment_term'
           AND coalesce(payer.origin_payment_id, payer.statement_line_id,
                        payer.q2c_mirrored_move_id) IS NOT NULL
        )"""
    )


# ----------------------------------------------------------------------
# PAYMENTS AND REFUNDS
# ----------------------------------------------------------------------


def _of_payments():
    return SQL(
        """
        SELECT (payment.id::bigint * 2 + 1) * %(span)s + figure.place, link.kind,
               link.connection_id, payment.company_id, NULL, payment.id,
               payment.partner_id, payment.date, payment.payment_reference,
               figure.name, NULL, figure.currency_id,
               CASE WHEN link.figures->>'status' IN ('failed', 'canceled') THEN 0
                    ELSE figure.told END,
               CASE WHEN payment.state IN ('in_process', 'paid') THEN figure.booked
                    ELSE 0 END,
               %(unit)s, figure.told_code, currency.name,
               link.figures->>'customer', payment.state = 'draft', FALSE
          FROM account_payment payment
          JOIN q2c_binding link
            ON link.res_id = payment.id AND link.res_model = 'account.payment'
          LEFT JOIN q2c_balance_transaction moved
            ON moved.connection_id = link.connection_id
           AND moved.name = link.figures->>'transaction'
          CROSS JOIN LATERAL (%(figures)s) figure
          JOIN res_currency currency ON currency.id = figure.currency_id
         WHERE link.figures IS NOT NULL
        """,
        span=SPAN,
        unit=_unit(SQL("figure.told_code")),
        figures=_figures_of_payment(),
    )


def _figures_of_payment():
    settled_code = SQL("(SELECT name FROM res_currency WHERE id = moved.currency_id)")
    return SQL(
        """
        SELECT %(amount)s::bigint AS place, 'amount' AS name, payment.currency_id,
               link.figures->>'currency' AS told_code,
               (link.figures->>'amount')::bigint AS told, payment.amount AS booked
        UNION ALL
        SELECT %(settled)s, 'settled', moved.currency_id, %(code)s,
               round(abs(moved.amount) / %(unit)s)::bigint, (
                   SELECT abs(coalesce(sum(item.amount_currency), 0))
                     FROM account_move_line item
                    WHERE item.move_id = payment.move_id
                      AND item.parent_state = 'posted'
                      AND item.currency_id = moved.currency_id
                      AND item.account_id = payment.outstanding_account_id
               )
         WHERE moved.id IS NOT NULL
        UNION ALL
        SELECT %(fee)s, 'fee', moved.currency_id, %(code)s,
               round(moved.fee / %(unit)s)::bigint, (
                   SELECT -coalesce(sum(item.amount_currency), 0)
                     FROM account_move_line item
                    WHERE item.move_id = moved.fee_move_id
                      AND item.parent_state = 'posted'
                      AND item.currency_id = moved.currency_id
                      AND item.account_id = payment.outstanding_account_id
               )
         WHERE moved.fee <> 0 OR moved.fee_move_id IS NOT NULL
        """,
        amount=AMOUNT,
        settled=SETTLED,
        fee=FEE,
        code=settled_code,
        unit=_unit(settled_code),
    )
