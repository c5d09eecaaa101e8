# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Odoo's books say at the end: a query each, in minor units (integers)."""

from functools import cached_property

from story import sql

# Debits are positive. The places of a currency are those of its rounding.
AMOUNT = "round({} * 10 ^ currency.decimal_places)::bigint"
LINKED = """
    JOIN q2c_binding AS link ON link.res_model = '{model}' AND link.res_id = {record}
     AND link.kind = '{kind}'
"""


class OdooBooks:
    """The books in the database ``name``, as they are now."""

    def __init__(self, name):
        self._snapshot = sql.Snapshot(name)

    def rows(self, statement, *parameters):
        """The rows of a query, as dicts by the names of its columns."""
        return self._snapshot.dicts(statement, parameters)

    def counts(self):
        """{what: how many are posted}"""
        [row] = self.rows("""
            SELECT (SELECT count(*) FROM account_move WHERE state = 'posted'
                       AND move_type = 'out_invoice') AS invoices,
                   (SELECT count(*) FROM account_move WHERE state = 'posted'
                       AND move_type = 'out_refund') AS "credit notes",
                   (SELECT count(*) FROM account_payment
                     WHERE state IN ('in_process', 'paid')) AS payments,
                   (SELECT count(*) FROM account_move WHERE state = 'posted'
                       AND move_type = 'entry'
                       AND origin_payment_id IS NULL) AS "other entries",
                   (SELECT count(*) FROM q2c_event) AS events""")
        return row

    # ------------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------------

    @cached_property
    def invoices(self):
        """{id of Stripe's: the entry it became}"""
        return self._moves("invoice")

    @cached_property
    def credit_notes(self):
        """{id of Stripe's: the entry it became}"""
        return self._moves("credit_note")

    def _moves(self, kind):
        linked = LINKED.format(model="account.move", record="move.id", kind=kind)
        rows = self.rows(f"""
            SELECT link.external_id, move.id, move.name, move.state, move.move_type,
                   currency.name AS currency, move.invoice_date AS date,
                   move.date AS booked_on,
                   {signed("move.amount_untaxed")} AS untaxed,
                   {signed("move.amount_total")} AS total,
                   {signed("move.amount_residual")} AS residual
              FROM account_move AS move
              JOIN res_currency AS currency ON currency.id = move.currency_id
              {linked}""")
        taxes = self._taxes()
        for row in rows:
            row["taxes"] = taxes.get(row["id"], {})
        return by(rows, "external_id")

    def _taxes(self):
        """{entry: {tax rate of Stripe's: amount}}"""
        linked = LINKED.format(
            model="account.tax", record="line.tax_line_id", kind="tax_rate"
        )
        rows = self.rows(f"""
            SELECT line.move_id, link.external_id AS rate,
                   sum({AMOUNT.format("-line.amount_currency")}) AS amount
              FROM account_move_line AS line
              JOIN res_currency AS currency ON currency.id = line.currency_id
              {linked}
             GROUP BY 1, 2 ORDER BY 2""")
        found = {}
        for row in rows:
            if row["amount"]:
                found.setdefault(row["move_id"], {})[row["rate"]] = int(row["amount"])
        return found

    @cached_property
    def lines(self):
        """{entry: {line of Stripe's: net}}"""
        rows = self.rows(f"""
            SELECT line.move_id, line.q2c_line_id AS line,
                   {AMOUNT.format("-line.amount_currency")} AS net
              FROM account_move_line AS line
              JOIN res_currency AS currency ON currency.id = line.currency_id
             WHERE line.q2c_line_id IS NOT NULL AND line.display_type = 'product'""")
        found = {}
        for row in rows:
            found.setdefault(row["move_id"], {})[row["line"]] = row["net"]
        return found

    @cached_property
    def payments(self):
        """{PaymentIntent of Stripe's: the payment it became}"""
        return self._payments("payment")

    @cached_property
    def refunds(self):
        """{refund of Stripe's: the payment it became}"""
        return self._payments("refund")

    def _payments(self, kind):
        linked = LINKED.format(model="account.payment", record="payment.id", kind=kind)
        rows = self.rows(f"""
            SELECT link.external_id, payment.id, payment.name, payment.payment_type,
                   move.date, currency.name AS currency,
                   {AMOUNT.format("payment.amount")} AS amount,
                   move.state
              FROM account_payment AS payment
              JOIN account_move AS move ON move.id = payment.move_id
              JOIN res_currency AS currency ON currency.id = payment.currency_id
              {linked}""")
        return by(rows, "external_id")

    @cached_property
    def settled(self):
        """{PaymentIntent: {invoice: what the two settle of each other}}"""
        rows = self.rows(f"""
            SELECT paid.external_id AS payment, billed.external_id AS invoice,
                   sum({AMOUNT.format("part.debit_amount_currency")}) AS amount
              FROM account_partial_reconcile AS part
              JOIN account_move_line AS debit ON debit.id = part.debit_move_id
              JOIN account_move_line AS credit ON credit.id = part.credit_move_id
              JOIN res_currency AS currency ON currency.id = debit.currency_id
              JOIN account_payment AS payment ON payment.move_id = credit.move_id
              JOIN q2c_binding AS paid ON paid.res_model = 'account.payment'
               AND paid.res_id = payment.id AND paid.kind = 'payment'
              JOIN q2c_binding AS billed ON billed.res_model = 'account.move'
               AND billed.res_id = debit.move_id AND billed.kind = 'invoice'
             GROUP BY 1, 2""")
        found = {}
        for row in rows:
            parts = found.setdefault(row["payment"], {})
            parts[row["invoice"]] = int(row["amount"])
        return found

    @cached_property
    def transactions(self):
        """{balance transaction of Stripe's: its mirror}"""
        rows = self.rows(f"""
            SELECT mirror.name AS external_id, currency.name AS currency,
                   {AMOUNT.format("mirror.amount")} AS amount,
                   {AMOUNT.format("mirror.fee")} AS fee
              FROM q2c_balance_transaction AS mirror
              JOIN res_currency AS currency ON currency.id = mirror.currency_id""")
        return by(rows, "external_id")

    @cached_property
    def payouts(self):
        """{payout of Stripe's: its record, and what its entries moved}"""
        rows = self.rows(f"""
            SELECT payout.name AS external_id, payout.status,
                   currency.name AS currency,
                   {AMOUNT.format("payout.amount")} AS amount,
                   sum({AMOUNT.format("line.amount_currency")}) AS in_transit
              FROM q2c_payout AS payout
              JOIN res_currency AS currency ON currency.id = payout.currency_id
              JOIN q2c_connection AS connection
                ON connection.id = payout.connection_id
              LEFT JOIN account_move_line AS line
                ON line.move_id IN (payout.move_id, payout.failure_move_id)
               AND line.account_id = connection.transit_account_id
               AND line.parent_state = 'posted'
             GROUP BY payout.id, currency.id""")
        return by(rows, "external_id")

    @cached_property
    def disputes(self):
        """{dispute of Stripe's: its record}"""
        rows = self.rows(f"""
            SELECT dispute.name AS external_id, dispute.status,
                   currency.name AS currency,
                   {AMOUNT.format("dispute.amount")} AS amount
              FROM q2c_dispute AS dispute
              JOIN res_currency AS currency ON currency.id = dispute.currency_id""")
        return by(rows, "external_id")

    @cached_property
    def subscriptions(self):
        """{subscription of Stripe's: status, quantity and what it costs a period}"""
        linked = LINKED.format(
            model="q2c.subscription", record="contract.id", kind="subscription"
        )
        rows = self.rows(f"""
            SELECT link.external_id, contract.status,
                   sum(item.quantity) AS quantity,
                   {AMOUNT.format("sum(item.net_amount)")} AS recurring
              FROM q2c_subscription AS contract
              {linked}
              JOIN res_currency AS currency ON currency.id = contract.currency_id
              JOIN q2c_subscription_item AS item
                ON item.subscription_id = contract.id
             GROUP BY 1, 2, currency.id""")
        return by(rows, "external_id")

    # ------------------------------------------------------------------
    # BALANCES
    # ------------------------------------------------------------------

    def balances(self, account_id):
        """{currency: balance} of an account."""
        rows = self.rows(
            f"""
            SELECT currency.name AS currency,
                   sum({AMOUNT.format("line.amount_currency")}) AS amount
              FROM account_move_line AS line
              JOIN res_currency AS currency ON currency.id = line.currency_id
             WHERE line.parent_state = 'posted' AND line.account_id = %s
             GROUP BY 1 ORDER BY 1""",
            account_id,
        )
        return {r["currency"]: int(r["amount"]) for r in rows if r["amount"]}

    def customers(self, condition):
        """{(customer of Stripe's, currency): balance} of the accounts that meet
        ``condition``, which is SQL on ``account``."""
        linked = LINKED.format(
            model="res.partner", record="line.partner_id", kind="customer"
        )
        rows = self.rows(f"""
            SELECT link.external_id AS customer, currency.name AS currency,
                   sum({AMOUNT.format("line.amount_currency")}) AS amount
              FROM account_move_line AS line
              JOIN account_account AS account ON account.id = line.account_id
              JOIN res_currency AS currency ON currency.id = line.currency_id
              {linked}
             WHERE line.parent_state = 'posted' AND {condition}
             GROUP BY 1, 2""")
        return {
            (r["customer"], r["currency"]): int(r["amount"])
            for r in rows
            if r["amount"]
        }

    def accounts(self):
        """The accounts of the connection, by what they are for: ids."""
        [row] = self.rows("""
            SELECT method.payment_account_id AS clearing,
                   connection.fee_account_id AS fees,
                   connection.customer_credit_account_id AS credit,
                   connection.sold_credit_account_id AS sold_credit,
                   connection.transit_account_id AS transit,
                   connection.dispute_account_id AS disputed,
                   connection.chargeback_account_id AS chargebacks,
                   connection.bad_debt_account_id AS bad_debts
              FROM q2c_connection AS connection
              JOIN account_payment_method_line AS method
                ON method.journal_id = connection.payment_journal_id
              JOIN account_payment_method AS kind
                ON kind.id = method.payment_method_id
             WHERE connection.provider = 'stripe'
               AND kind.payment_type = 'inbound'
               AND method.payment_account_id IS NOT NULL
             LIMIT 1""")
        return row

    def unbalanced(self):
        """Posted entries whose items do not add up to nothing."""
        return self.rows("""
            SELECT move.id, move.name, sum(line.balance) AS difference
              FROM account_move AS move
              JOIN account_move_line AS line ON line.move_id = move.id
             WHERE move.state = 'posted'
             GROUP BY move.id, move.name
            HAVING round(sum(line.balance), 2) <> 0""")

    @cached_property
    def failed(self):
        """{(kind, id of the object): why} of the events that a person must see to."""
        rows = self.rows("""
            SELECT kind, object_id, reason FROM q2c_event WHERE state = 'failed'""")
        return {(row["kind"], row["object_id"]): row["reason"] for row in rows}

    @cached_property
    def exceptions(self):
        """{(kind, id of the object): why} of the exceptions that are open."""
        rows = self.rows("""
            SELECT kind, external_id, code FROM q2c_exception WHERE state = 'open'""")
        return {(row["kind"], row["external_id"]): row["code"] for row in rows}

    def twice(self):
        """What is posted more than once: documents by their reference."""
        return self.rows("""
            SELECT 'invoice ' || ref AS what, count(*) FROM account_move
             WHERE move_type = 'out_invoice' AND state = 'posted'
               AND q2c_status IS NOT NULL
             GROUP BY ref HAVING count(*) > 1
             UNION ALL
            SELECT 'payment ' || payment_reference, count(*) FROM account_payment
             WHERE state IN ('in_process', 'paid')
               AND payment_reference ~ '^(pi|re)_'
             GROUP BY payment_reference HAVING count(*) > 1
             UNION ALL
            SELECT 'entry of ' || mirror.name, count(*) FROM account_move AS move
              JOIN q2c_balance_transaction AS mirror ON mirror.name = move.ref
             WHERE move.move_type = 'entry' AND move.state = 'posted'
             GROUP BY mirror.id
            HAVING count(*) > num_nonnulls(mirror.move_id, mirror.fee_move_id)
             UNION ALL
            SELECT 'entry linked to several invoices: ' || res_id, count(*)
              FROM q2c_binding
             WHERE res_model IN ('account.move', 'account.payment')
             GROUP BY res_model, res_id HAVING count(*) > 1""")


def signed(column):
    """The amount of a document, negative on a credit note."""
    amount = AMOUNT.format(column)
    return f"(CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END * {amount})"


def by(rows, name):
    """{value of the column: row}"""
    return {row[name]: row for row in rows}
