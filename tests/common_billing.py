# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A customer, products with prices, and a tax, linked to objects of Stripe; and short
ways to write invoices and payments."""

from datetime import date, datetime, timezone

from odoo.fields import Command

from ..canonical import (
    Allocation,
    BalanceTransaction,
    CreditNote,
    Dispute,
    Invoice,
    InvoiceLine,
    Money,
    Payment,
    Refund,
    RefundPart,
    Subscription,
    SubscriptionItem,
    TaxAmount,
    UnitAmount,
)
from ..providers.stripe.reporting_categories import BOOKED_WITH
from .common import Q2CCase

START = datetime(2026, 2, 1, tzinfo=timezone.utc)
END = datetime(2026, 3, 1, tzinfo=timezone.utc)
ISSUED = date(2026, 2, 1)


class BillingCase(Q2CCase):
    """``customer`` cus_1; ``product`` prod_1 with the monthly ``price`` price_1 of 100;
    ``tax`` txr_20 of 20 % on top, ``tax_in`` txr_in of 20 % included."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"allowed_company_ids": cls.company.ids})
        # The company's currency of the test chart is the dollar.
        cls.code = cls.company.currency_id.name
        cls.customer = cls.env["res.partner"].create(
            {"name": "Billed Customer", "is_company": True}
        )
        cls.product = cls._product("Plan")
        cls.price = cls._price(cls.product, 100, "month")
        cls.tax = cls._tax("20 %", 20, False)
        cls.tax_in = cls._tax("20 % included", 20, True)
        cls.clearing = cls.stripe.payment_journal_id.default_account_id
        cls.receivable = cls.customer.with_company(
            cls.company
        ).property_account_receivable_id
        for kind, external_id, record in (
            ("customer", "cus_1", cls.customer),
            ("product", "prod_1", cls.product),
            ("price", "price_1", cls.price),
            ("tax_rate", "txr_20", cls.tax),
            ("tax_rate", "txr_in", cls.tax_in),
        ):
            cls.link(cls, cls.stripe, kind, external_id, record)

    @classmethod
    def _product(cls, name):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                # A default tax that must not come into the provider's invoices.
                "taxes_id": [Command.set(cls.tax_sale_a.ids)],
            }
        )

    @classmethod
    def _price(cls, product, amount, interval="one_time"):
        return cls.env["q2c.price"].create(
            {
                "product_id": product.id,
                "currency_id": cls.company.currency_id.id,
                "unit_amount": amount,
                "interval": interval,
            }
        )

    @classmethod
    def _tax(cls, name, percent, included):
        account = cls.company_data["default_account_tax_sale"]
        repartition = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        return cls.env["account.tax"].create(
            {
                "name": name,
                "invoice_repartition_line_ids": repartition,
                "refund_repartition_line_ids": repartition,
                "amount": percent,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "price_include_override": "tax_included"
                if included
                else "tax_excluded",
            }
        )

    # ------------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------------

    def money(self, amount, code=None):
        return Money(amount, code or self.code)

    def line(self, amount, *, tax=0, rate="txr_20", discount=0, code=None, **values):
        """An invoice line of minor units; ``tax``: the amount of one tax."""
        return InvoiceLine(
            **{
                "id": "il_1",
                "description": "Plan, February",
                "amount": self.money(amount, code),
                "discount": self.money(discount, code),
                "taxes": (
                    TaxAmount(
                        rate_id=rate,
                        amount=self.money(tax, code),
                        inclusive=rate == "txr_in",
                    ),
                )
                if rate
                else (),
                "price_id": "price_1",
                "period_start": START,
                "period_end": END,
                **values,
            }
        )

    def invoice(self, *lines, id="in_1", number="INV-1", status="open", **values):
        """An issued invoice whose totals follow from its lines."""
        code = values.get("currency", self.code)
        untaxed = Money.total([line.net for line in lines], code)
        tax = Money.total([tax.amount for line in lines for tax in line.taxes], code)
        total = untaxed + tax
        paid = total if status == "paid" else Money(0, code)
        return Invoice(
            **{
                "id": id,
                "number": number,
                "status": status,
                "customer_id": "cus_1",
                "currency": code,
                "lines": lines,
                "subtotal": Money.total([line.amount for line in lines], code),
                "discount": Money.total([line.discount for line in lines], code),
                "untaxed": untaxed,
                "tax": tax,
                "total": total,
                "paid": paid,
                "remaining": total - paid,
                "starting_balance": Money(0, code),
                "issued_on": ISSUED,
                "due_on": date(2026, 3, 3),
                **values,
            }
        )

    def credit_note(self, *lines, id="cn_1", number="CN-1", refunds=(), **values):
        """Of in_1; all that goes nowhere else reduces what is due. ``refunds``: pairs
        (refund id, minor units); ``to_balance``, ``out_of_band``: minor units."""
        code = values.pop("currency", self.code)
        untaxed = Money.total([line.net for line in lines], code)
        tax = Money.total([tax.amount for line in lines for tax in line.taxes], code)
        parts = [RefundPart(ref, Money(amount, code)) for ref, amount in refunds]
        to_balance = Money(values.pop("to_balance", 0), code)
        outside = Money(values.pop("out_of_band", 0), code)
        after = Money.total([part.amount for part in parts], code)
        return CreditNote(
            **{
                "id": id,
                "number": number,
                "status": "issued",
                "invoice_id": "in_1",
                "customer_id": "cus_1",
                "currency": code,
                "lines": lines,
                "untaxed": untaxed,
                "tax": tax,
                "total": untaxed + tax,
                "before_payment": untaxed + tax - after - to_balance - outside,
                "refunds": tuple(parts),
                "to_balance": to_balance,
                "out_of_band": outside,
                "issued_on": date(2026, 2, 10),
                **values,
            }
        )

    def payment(self, amount, *allocations, id="pi_1", status="succeeded", **values):
        """A payment; ``allocations``: (invoice id, minor units), or the id alone for
        the whole amount."""
        code = values.pop("currency", self.code)
        parts = [a if isinstance(a, tuple) else (a, amount) for a in allocations]
        return Payment(
            **{
                "id": id,
                "status": status,
                "amount": Money(amount, code),
                "customer_id": "cus_1",
                "allocations": tuple(
                    Allocation(invoice_id, Money(part, code))
                    for invoice_id, part in parts
                ),
                "method": "card",
                "paid_at": datetime(2026, 2, 2, 9, tzinfo=timezone.utc),
                **values,
            }
        )

    def refund(self, amount, id="re_1", status="succeeded", **values):
        """A refund of pi_1 out of the balance."""
        code = values.pop("currency", self.code)
        return Refund(
            **{
                "id": id,
                "status": status,
                "amount": Money(amount, code),
                "payment_id": "pi_1",
                "balance_transaction_id": f"txn_{id}",
                "created": datetime(2026, 2, 10, 9, tzinfo=timezone.utc),
                "reason": "requested_by_customer",
                **values,
            }
        )

    def dispute(self, status, *moved, id="dp_1", amount=12000, **values):
        """A dispute of pi_1; ``moved``: its balance transactions."""
        code = values.pop("currency", self.code)
        return Dispute(
            **{
                "id": id,
                "status": status,
                "amount": Money(amount, code),
                "payment_id": "pi_1",
                "transaction_ids": tuple(each.id for each in moved),
                "reason": "fraudulent",
                "respond_by": datetime(2026, 2, 27, 23, 59, tzinfo=timezone.utc),
                "created": datetime(2026, 2, 12, 9, tzinfo=timezone.utc),
                **values,
            }
        )

    def transaction(self, amount, fee=0, id="txn_1", **values):
        """A balance transaction of minor units."""
        code = values.pop("currency", self.code)
        category = values.setdefault("category", "charge")
        return BalanceTransaction(
            **{
                "id": id,
                "amount": Money(amount, code),
                "fee": Money(fee, code),
                "net": Money(amount - fee, code),
                "booked_with": BOOKED_WITH.get(category, ""),
                "source_id": "ch_1",
                "created": datetime(2026, 2, 2, 9, tzinfo=timezone.utc),
                "available_on": date(2026, 2, 9),
                **values,
            }
        )

    def subscription(self, *items, id="sub_1", status="active", **values):
        return Subscription(
            **{
                "id": id,
                "customer_id": "cus_1",
                "currency": self.code,
                "status": status,
                "items": items or (self.item(),),
                "started_at": START,
                **values,
            }
        )

    def item(self, id="si_1", price_id="price_1", amount=10000, **values):
        return SubscriptionItem(
            **{
                "id": id,
                "price_id": price_id,
                "unit_amount": UnitAmount(amount, self.code),
                "interval": "month",
                "period_start": START,
                "period_end": END,
                **values,
            }
        )

    def customers(self, size, first):
        """Ids of ``size`` customers of their own, numbered from ``first``."""
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {first + n}"} for n in range(size)]
        )
        ids = [f"cus_q{first + n}" for n in range(size)]
        for external_id, partner in zip(ids, partners, strict=True):
            self.link(self.stripe, "customer", external_id, partner)
        return ids

    # ------------------------------------------------------------------
    # BOOKS
    # ------------------------------------------------------------------

    def entries(self, move):
        """The journal items as an accountant would list them: {(account, debit,
        credit)}, sorted, with the accounts' roles instead of their codes."""
        return sorted(
            (self._role(line.account_id), line.debit, line.credit)
            for line in move.line_ids
            if line.debit or line.credit
        )

    def balance(self, account):
        """Of the posted items, in the company's currency."""
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return self.company.currency_id.round(sum(lines.mapped("balance")))

    def _role(self, account):
        if account == self.clearing:
            return "CLR"
        if account == self.stripe.fee_account_id:
            return "FEE"
        if account == self.stripe.customer_credit_account_id:
            return "CCB"
        if account == self.stripe.sold_credit_account_id:
            return "SOLD"
        if account == self.stripe.dispute_account_id:
            return "DSP"
        if account == self.stripe.chargeback_account_id:
            return "LOSS"
        if account == self.stripe.bad_debt_account_id:
            return "BAD"
        if account == self.stripe.transit_account_id:
            return "TRN"
        return {
            "asset_receivable": "AR",
            "income": "REV",
            "income_other": "FX",
            "expense": "FX",
            "liability_current": "TAX",
        }.get(account.account_type, account.account_type)

    def linked(self, kind, external_id):
        """The record that the object of Stripe is linked to, or None."""
        binding = self.env["q2c.binding"].search(
            [
                ("connection_id", "=", self.stripe.id),
                ("kind", "=", kind),
                ("external_id", "=", external_id),
            ]
        )
        return binding._record() if binding else None
