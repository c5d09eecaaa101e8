# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whatever an invoice consists of, its entry says the same, and the books balance."""

import itertools
from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..canonical import Money, TaxAmount, UnitAmount
from ..canonical.currency import step
from ..models.sync.tie_out import minor_units
from .common_billing import BillingCase

# None, two and three decimals; whole units only; and one that is coarser in Odoo.
CURRENCIES = ("USD", "EUR", "JPY", "KWD", "ISK", "TWD")
RATES = {
    "txr_20": (Decimal(20), False),
    "txr_7": (Decimal("7.25"), False),
    "txr_in": (Decimal(20), True),
    "txr_in5": (Decimal("5.5"), True),
}
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def stepped(value, size):
    """The nearest whole multiple of ``size``."""
    return int((Decimal(value) / size).to_integral_value(ROUND_HALF_UP)) * size


@st.composite
def tax_amounts(draw, base, size):
    """Some rates on ``base``, each near what it would be: the provider's rounding of
    the whole invoice may put a step more or less on any line."""
    rates = draw(st.lists(st.sampled_from(sorted(RATES)), unique=True, max_size=3))
    included = sum((RATES[rate][0] for rate in rates if RATES[rate][1]), Decimal(0))
    net = Decimal(base) / (1 + included / 100)
    found = []
    for rate in rates:
        exact = net * RATES[rate][0] / 100
        off = draw(st.sampled_from((-1, 0, 0, 0, 1)))
        found.append((rate, stepped(exact, size) + off * size, RATES[rate][1]))
    return found


@st.composite
def invoice_lines(draw, size):
    """Arguments of one line: amounts in minor units, multiples of ``size``."""
    quantity = draw(
        st.one_of(
            st.integers(1, 400).map(Decimal),
            st.decimals("0.01", 20, places=2),
        )
    )
    unit = draw(st.decimals(0, 50000, places=draw(st.sampled_from((0, 2, 6)))))
    amount = stepped(quantity * unit, size)
    proration = draw(st.sampled_from((False, False, True)))
    if proration:
        amount, unit = -amount, None
    discount = 0
    if amount > 0 and draw(st.booleans()):
        percent = draw(st.decimals("0.5", 100, places=1))
        discount = stepped(amount * percent / 100, size)
    taxes = draw(tax_amounts(amount - discount, size))
    return {
        "amount": amount,
        "quantity": quantity,
        "unit": draw(st.sampled_from((unit, None))),
        "discount": discount,
        "taxes": taxes,
        "proration": proration,
    }


@st.composite
def invoices(draw):
    code = draw(st.sampled_from(CURRENCIES))
    # What a currency does not have in Odoo either way is held; see below.
    size = 100 if code == "TWD" else step(code)
    return code, draw(st.lists(invoice_lines(size), min_size=1, max_size=5))


@tagged("post_install", "-at_install")
class TestInvoiceProperties(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for rate in ("txr_7", "txr_in5"):
            percent, included = RATES[rate]
            tax = cls._tax(rate, float(percent), included)
            cls.link(cls, cls.stripe, "tax_rate", rate, tax)
        for code in CURRENCIES:
            currency = cls.env.ref(f"base.{code}")
            currency.active = True
            if currency != cls.company.currency_id:
                cls.env["res.currency.rate"].create(
                    {
                        "currency_id": currency.id,
                        "name": "2026-01-01",
                        "rate": 1.2345,
                        "company_id": cls.company.id,
                    }
                )
        cls.numbers = itertools.count(1)

    def document(self, code, specs):
        number = next(self.numbers)
        lines = [
            self.line(
                spec["amount"],
                id=f"il_{number}_{place}",
                code=code,
                discount=spec["discount"],
                quantity=spec["quantity"],
                unit_amount=None
                if spec["unit"] is None
                else UnitAmount(spec["unit"], code),
                proration=spec["proration"],
                taxes=tuple(
                    TaxAmount(
                        rate_id=rate, amount=Money(amount, code), inclusive=inclusive
                    )
                    for rate, amount, inclusive in spec["taxes"]
                ),
            )
            for place, spec in enumerate(specs)
        ]
        return self.invoice(
            *lines, id=f"in_{number}", number=f"P-{number}", currency=code
        )

    def booked(self, move):
        """(untaxed, {tax: amount}, total) of the journal items in minor units."""
        code, sign = move.currency_id.name, 1 if move.is_inbound() else -1
        taxes = Counter()
        for line in move.line_ids.filtered("tax_line_id"):
            taxes[line.tax_line_id] -= minor_units(line.amount_currency, code)
        return (
            sign * minor_units(move.amount_untaxed, code),
            {tax: amount for tax, amount in taxes.items() if amount},
            sign * minor_units(move.amount_total, code),
        )

    def told(self, document):
        taxes = Counter()
        for line in document.lines:
            for tax in line.taxes:
                record = self.linked("tax_rate", tax.rate_id)
                taxes[record] += tax.amount.amount
        return (
            document.untaxed.amount,
            {tax: amount for tax, amount in taxes.items() if amount},
            document.total.amount,
        )

    @EXAMPLES
    @given(invoices())
    def test_rule_17_untaxed_each_tax_and_total_are_the_providers(self, drawn):
        document = self.document(*drawn)
        event = self.apply(self.stripe, document)
        self.assert_done(event)
        move = self.linked("invoice", document.id)
        self.assertEqual(move.state, "posted")
        self.assertEqual(self.booked(move), self.told(document))
        for name in ("amount_currency", "balance"):
            self.assertAlmostEqual(sum(move.line_ids.mapped(name)), 0)
        sign = 1 if move.is_inbound() else -1
        for line, entry in zip(document.lines, move.invoice_line_ids, strict=True):
            shown = sign * minor_units(entry.price_subtotal, document.currency)
            self.assertEqual(shown, line.net.amount)

    @EXAMPLES
    @given(invoices())
    def test_rule_25_a_void_takes_all_of_it_back(self, drawn):
        document = self.document(*drawn)
        before = self.balance(self.receivable)
        self.assert_done(self.apply(self.stripe, document))
        self.assert_done(self.apply(self.stripe, replace(document, status="void")))
        move = self.linked("invoice", document.id)
        for each in (move, *move.reversal_move_ids):
            self.assertAlmostEqual(sum(each.line_ids.mapped("balance")), 0)
        self.assertAlmostEqual(self.balance(self.receivable), before)

    def test_rule_15_finer_than_the_currency_of_odoo_is_held(self):
        event = self.apply(
            self.stripe,
            self.invoice(self.line(1050, rate="", code="TWD"), currency="TWD"),
        )
        self.assert_held(event, "currency_too_coarse")
        self.assertIn("10.50 TWD", event.message)
