# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people do in Odoo: an administrator once, an accountant every month."""

from story import connect
from story.waiting import until

from . import catalogue
from .calendar import DAYS, date_of, month_starts

PROOF = "q2c.clearing.proof"
RUN = "q2c.reconciliation.run"
DIFFERENCE = "q2c.reconciliation.difference"
# A run begins within the minute.
SECONDS = 300
PROPOSALS = [("q2c_refund_payment_id", "!=", False), ("state", "=", "draft")]


class Office:
    """Odoo's administrator and accountant, both by its web client."""

    def __init__(self, odoo, account):
        self.odoo = odoo
        self.account = account
        self.connection = None
        # {invoice of Stripe's: what was transferred to the bank for it}
        self.transferred = {}

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def set_up(self):
        """Company, taxes, currencies with their rates, the connection."""
        company_tax = catalogue.TAXES[catalogue.DEFAULT]
        connect.set_up_company(self.odoo, company_tax.percent)
        for key, tax in catalogue.TAXES.items():
            if key not in (catalogue.DEFAULT, catalogue.UNKNOWN):
                self.create_tax(tax)
        for code in catalogue.CURRENCIES:
            self.activate(code)
        self.connection = connect.connect_stripe(
            self.odoo,
            self.account,
            subscription_owner="provider",
            uncollectible_policy="write_off",
            # What moved the balance before is an opening balance.
            sync_from=f"{date_of(0)} 00:00:00",
        )

    def sell_credits(self, product):
        """Book what is sold as credits, ``product`` of Stripe's, to a liability of its
        own."""
        account = self._account("219900", "Sold Credits")
        self.odoo.write(
            "q2c.connection", [self.connection], sold_credit_account_id=account
        )
        self.odoo.create(
            "q2c.mapping",
            connection_id=self.connection,
            kind="income",
            key=product,
            account_id=account,
        )

    def create_tax(self, tax):
        """A sales tax as Stripe's rate has it."""
        included = "tax_included" if tax.inclusive else "tax_excluded"
        # Otherwise Odoo books it to the account of what is taxed.
        parts = [
            (0, 0, {"repartition_type": "base"}),
            (0, 0, {"repartition_type": "tax", "account_id": self._tax_account()}),
        ]
        self.odoo.create(
            "account.tax",
            name=f"{tax.name} {tax.percent} %",
            amount=float(tax.percent),
            type_tax_use="sale",
            price_include_override=included,
            invoice_repartition_line_ids=parts,
            refund_repartition_line_ids=parts,
        )

    def _tax_account(self):
        return self._account("219800", "Sales Taxes")

    def _account(self, code, name):
        """A liability account: made where it is not there yet."""
        found = self.odoo.find("account.account", [("code", "=", code)], "id")
        if found:
            return found[0]["id"]
        return self.odoo.create(
            "account.account", name=name, code=code, account_type="liability_current"
        )

    def activate(self, code):
        """Activate a currency, with a rate for each month."""
        domain = [("name", "=", code.upper()), ("active", "in", (True, False))]
        [currency] = self.odoo.find("res.currency", domain, "id")
        self.odoo.write("res.currency", [currency["id"]], active=True)
        rates = catalogue.RATES.get(code, ())
        for day, rate in zip(month_starts(), rates, strict=bool(rates)):
            self.odoo.create(
                "res.currency.rate",
                currency_id=currency["id"],
                name=day.isoformat(),
                rate=float(rate),
            )

    # ------------------------------------------------------------------
    # EVERY MONTH
    # ------------------------------------------------------------------

    def close_month(self, transfers):
        """Enter what reached the bank, post the proposed credit notes.

        :param transfers: ``Transfer`` list; those whose invoice is not here are left.
        :returns: those that are left.
        """
        proposals = self.odoo.find("account.move", PROPOSALS, "id")
        if proposals:
            ids = [row["id"] for row in proposals]
            self.odoo.call("account.move", "action_post", ids)
        return [each for each in transfers if not self._enter(each)]

    def _enter(self, transfer):
        """Whether the transfer was matched with its invoice."""
        move = self._move(transfer.invoice)
        if not move:
            return False
        context = {"active_model": "account.move", "active_ids": [move]}
        values = {"payment_date": transfer.date.isoformat()}
        [wizard] = self.odoo.call(
            "account.payment.register", "create", [values], context=context
        )
        row = self.odoo.read(
            "account.payment.register", wizard, "amount", "currency_id"
        )
        self.odoo.call(
            "account.payment.register",
            "action_create_payments",
            [wizard],
            context=context,
        )
        self.transferred[transfer.invoice] = row["amount"]
        return True

    def _move(self, invoice):
        domain = [
            ("connection_id", "=", self.connection),
            ("kind", "=", "invoice"),
            ("external_id", "=", invoice),
        ]
        found = self.odoo.find("q2c.binding", domain, "res_id")
        return found and found[0]["res_id"]

    # ------------------------------------------------------------------
    # CLOSING THE YEAR
    # ------------------------------------------------------------------

    def prove_clearing(self):
        """{currency: what the clearing proof does not explain} as Odoo finds it."""
        known = self.odoo.find(PROOF, [], "id", order="id desc", limit=1)
        self.odoo.call("q2c.connection", "action_prove_clearing", [self.connection])
        newer = [("id", ">", known[0]["id"] if known else 0)]
        rows = self.odoo.find(PROOF, newer, "currency_id", "is_checked", "unexplained")
        return {
            row["currency_id"][1]: row["unexplained"] if row["is_checked"] else None
            for row in rows
        }

    def reconcile_year(self):
        """Have Odoo compare the year with Stripe.

        :returns: (objects compared, the differences as it words them)
        """
        run = self.odoo.create(
            RUN,
            connection_id=self.connection,
            date_from=date_of(0).isoformat(),
            date_to=date_of(DAYS - 1).isoformat(),
        )
        self.odoo.call(RUN, "action_start", [run])
        until(lambda: self._is_done(run), "The end of the reconciliation run", SECONDS)
        found = self.odoo.find(
            DIFFERENCE,
            [("run_id", "=", run)],
            "kind",
            "external_id",
            "sort",
            "message",
        )
        counted = self.odoo.read(RUN, run, "object_count")["object_count"]
        return counted, [
            f"{row['kind']} {row['external_id']} ({row['sort']}): {row['message']}"
            for row in found
        ]

    def _is_done(self, run):
        return self.odoo.read(RUN, run, "state")["state"] == "done"

    # ------------------------------------------------------------------
    # AT LAST
    # ------------------------------------------------------------------

    def put_right(self):
        """See to what was planted to be held, as its remedy says, and retry."""
        self.create_tax(catalogue.TAXES[catalogue.UNKNOWN])
        self.activate(catalogue.INACTIVE)
        self._choose_category_account()
        failed = self.odoo.find("q2c.event", [("state", "=", "failed")], "id")
        ids = [row["id"] for row in failed]
        self.odoo.call("q2c.event", "action_retry", ids)

    def _choose_category_account(self):
        [account] = self.odoo.find(
            "account.account", [("account_type", "=", "asset_current")], "id", limit=1
        )
        self.odoo.create(
            "q2c.category.account",
            connection_id=self.connection,
            category=catalogue.UNMAPPED,
            account_id=account["id"],
        )
