# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the clearing account says, beside the movements of the provider's balance. It
reads the journal items as they are, whatever those who booked them believed."""

from datetime import timedelta

from odoo.tools import SQL


class ClearingQuery:
    """Of one connection on the evening of one day (UTC).

    :param openings: {currency id: q2c.clearing.opening}; what came before one of those
        is in it, but for what an import of history brought in
    """

    def __init__(self, connection, date, openings):
        self.env = connection.env
        self.connection = connection
        self.account = connection._clearing_account()
        self.date = date
        self.openings = openings
        for model in (
            "account.move.line",
            "q2c.balance.transaction",
            "q2c.payout",
        ):
            self.env[model].flush_model()

    def booked(self):
        """{currency id: balance of the clearing account in that currency}"""
        return self._sums(
            SQL(
                """
                SELECT item.currency_id, sum(item.amount_currency)
                  FROM account_move_line item
                 WHERE %s
              GROUP BY item.currency_id
                """,
                self._items(),
            )
        )

    def mirrored(self):
        """{currency id: what the balance transactions come to}"""
        return self._sums(
            SQL(
                """
                SELECT moved.currency_id, sum(moved.net)
                  FROM q2c_balance_transaction moved
                 WHERE moved.connection_id = %s AND %s
              GROUP BY moved.currency_id
                """,
                self.connection.id,
                self._counts(),
            )
        )

    def deviations(self):
        """The balance transactions that the account does not say the same about: dicts
        of id, currency_id, counted, net, booked by then, booked by now, unbooked."""
        return self._rows(
            SQL(
                """
                WITH entry AS (
                    SELECT id, move_id FROM q2c_balance_transaction
                     WHERE connection_id = %(connection)s AND move_id IS NOT NULL
                 UNION ALL
                    SELECT id, fee_move_id FROM q2c_balance_transaction
                     WHERE connection_id = %(connection)s AND fee_move_id IS NOT NULL
                ), booked AS (
                    SELECT entry.id, item.currency_id,
                           sum(item.amount_currency) FILTER (
                               WHERE item.date <= %(date)s
                           ) AS by_then,
                           sum(item.amount_currency) AS by_now
                      FROM entry
                      JOIN account_move_line item ON item.move_id = entry.move_id
                     WHERE item.account_id = %(account)s
                       AND item.parent_state = 'posted'
                  GROUP BY entry.id, item.currency_id
                )
                SELECT moved.id, moved.currency_id, %(counts)s AS counted, moved.net,
                       coalesce(booked.by_then, 0) AS by_then,
                       coalesce(booked.by_now, 0) AS by_now, moved.unbooked
                  FROM q2c_balance_transaction moved
             LEFT JOIN booked ON booked.id = moved.id
                             AND booked.currency_id = moved.currency_id
                 WHERE moved.connection_id = %(connection)s
                   AND coalesce(booked.by_then, 0)
                       <> CASE WHEN %(counts)s THEN moved.net ELSE 0 END
              ORDER BY moved.created, moved.id
                """,
                connection=self.connection.id,
                date=self.date,
                account=self.account.id,
                counts=self._counts(),
            )
        )

    def strangers(self):
        """Entries of the account that no balance transaction of the connection stands
        behind: dicts of id, currency_id, amount."""
        opened = [opening.move_id.id for opening in self.openings.values()]
        return self._rows(
            SQL(
                """
                SELECT item.move_id AS id, item.currency_id,
                       sum(item.amount_currency) AS amount
                  FROM account_move_line item
                 WHERE %(items)s
                   AND item.move_id <> ALL(%(opened)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM q2c_balance_transaction moved
                        WHERE moved.connection_id = %(connection)s
                          AND moved.move_id = item.move_id
                   )
                   AND NOT EXISTS (
                       SELECT 1 FROM q2c_balance_transaction moved
                        WHERE moved.connection_id = %(connection)s
                          AND moved.fee_move_id = item.move_id
                   )
              GROUP BY item.move_id, item.currency_id
                HAVING sum(item.amount_currency) <> 0
              ORDER BY item.move_id
                """,
                items=self._items(),
                opened=list(filter(None, opened)),
                connection=self.connection.id,
            )
        )

    def opening_amounts(self):
        """{currency id: what the provider held before the first movement that is
        known}"""
        return {
            currency_id: opening._held()
            for currency_id, opening in self.openings.items()
        }

    def opened(self):
        """{currency id: what the entries of the opening balances say}"""
        moves = {
            currency_id: opening.move_id.id
            for currency_id, opening in self.openings.items()
            if opening.move_id
        }
        rows = self._rows(
            SQL(
                """
                SELECT item.move_id AS id, item.currency_id,
                       sum(item.amount_currency) AS amount
                  FROM account_move_line item
                 WHERE %s AND item.move_id = ANY(%s)
              GROUP BY item.move_id, item.currency_id
                """,
                self._items(),
                list(moves.values()),
            )
        )
        return {row["currency_id"]: row["amount"] for row in rows}

    # ------------------------------------------------------------------
    # PARTS
    # ------------------------------------------------------------------

    def _items(self):
        return SQL(
            "item.account_id = %s AND item.parent_state = 'posted' AND item.date <= %s",
            self.account.id,
            self.date,
        )

    def _counts(self):
        """Whether a balance transaction is in the balance on that day, and not in what
        the balance was to begin with."""
        begun = [
            SQL("(%s, %s::timestamp)", currency_id, opening._begun_at())
            for currency_id, opening in self.openings.items()
        ]
        happened = SQL("moved.created < %s", self.date + timedelta(days=1))
        if not begun:
            return happened
        return SQL(
            """(%s AND NOT EXISTS (
                SELECT 1 FROM (VALUES %s) opening(currency_id, date)
                 WHERE opening.currency_id = moved.currency_id
                   AND moved.created < opening.date
            ))""",
            happened,
            SQL(", ").join(begun),
        )

    def _sums(self, query):
        return {key: float(total or 0) for key, total in self.env.execute_query(query)}

    def _rows(self, query):
        return self.env.execute_query_dict(query)
