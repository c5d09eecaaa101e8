# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is sold to whom, and what that must come to.

The arithmetic is this file's own: it shares nothing with what it checks.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
TAX_PERCENT = Decimal(20)


def cents(value):
    """Rounded as money is."""
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """A product and how much of it. ``interval``: month, year or one_time."""

    name: str
    code: str
    interval: str
    quantity: int
    price: Decimal
    discount: Decimal = Decimal(0)

    @property
    def gross(self):
        """Before the discount."""
        return cents(self.quantity * self.price)

    @property
    def net(self):
        """After the discount, before tax."""
        return cents(self.quantity * self.price * (1 - self.discount / 100))


@dataclass(frozen=True)
class Deal:
    """An opportunity with its customer."""

    name: str
    account: str
    contact: tuple
    lines: tuple
    tax_percent: Decimal = TAX_PERCENT

    @property
    def untaxed(self):
        """Sum of the lines."""
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def tax(self):
        """Rounded once for the whole document, as Stripe does it."""
        return cents(self.untaxed * self.tax_percent / 100)

    @property
    def total(self):
        """What the customer pays."""
        return self.untaxed + self.tax

    @property
    def ordered_tax(self):
        """Rounded line by line, as Odoo's orders are set up to: it may be a cent off
        what Stripe will charge."""
        taxes = (cents(line.net * self.tax_percent / 100) for line in self.lines)
        return sum(taxes, Decimal(0))

    @property
    def ordered_total(self):
        """What the order says."""
        return self.untaxed + self.ordered_tax


def brasserie(suffix=""):
    """The deal of the demonstration.

    :param suffix: keeps the records of one run in an organisation that stays apart
        from those of another.
    """
    return Deal(
        name=f"Brasserie - 25 seats{suffix}",
        account=f"Brasserie Saint-Gilles SA{suffix}",
        contact=("Amélie", "Dupont", "amelie.dupont@brasserie.example"),
        lines=(
            Line(
                "Platform Seat Monthly",
                f"SEAT-M{suffix}",
                "month",
                25,
                Decimal("49.00"),
                Decimal(10),
            ),
            Line(
                "Onboarding and Setup",
                f"SETUP{suffix}",
                "one_time",
                1,
                Decimal("1500.00"),
                Decimal(50),
            ),
            Line("Badge Reader", f"READER{suffix}", "one_time", 3, Decimal("129.50")),
        ),
    )
