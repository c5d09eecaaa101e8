# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who does what on which day: the same for the same number of customers and seed."""

import random
from dataclasses import dataclass, field

from . import lives
from .calendar import MONTHS
from .catalogue import CURRENCIES

SEED = 2025
# The number of no contract: what the merchant and Stripe do by themselves.
HOUSE = 0
TAX_CHOICES = {
    "usd": ("sales", "sales", ""),
    "eur": ("vat", "vat", "vat_included"),
    "jpy": ("consumption", "consumption", "vat"),
}
# Stripe then tells taxes of zero.
EXEMPT_CHOICES = ("none",) * 9 + ("reverse",)
COUPON_CHOICES = ("", "", "", "quarter", "welcome", "third")


@dataclass(frozen=True)
class Act:
    """What is done about a contract on a day: the name of a method of ``Hands`` and its
    arguments."""

    day: int
    contract: int
    verb: str
    details: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Contract:
    """A customer and what was agreed at first."""

    number: int
    life: str
    currency: str
    tier: str
    interval: str
    quantity: int
    tax: str
    coupon: str
    sent: bool
    exempt: str
    # A promotion code is entered in place of the coupon.
    coded: bool
    trial: int
    has_card: bool
    without_card: str

    @property
    def name(self):
        """The customer's."""
        return f"Customer {self.number:04} ({self.life.replace('_', ' ')})"


@dataclass(frozen=True)
class Plan:
    """The whole year."""

    contracts: tuple
    acts: tuple

    def of_day(self, day):
        """The acts of a day, in order."""
        return [act for act in self.acts if act.day == day]

    def days(self):
        """The days on which anything is done."""
        return sorted({act.day for act in self.acts})


def make(customers, seed=SEED):
    """The ``Plan`` of a year of ``customers``, and of those who are planted to be
    held."""
    contracts, acts = [], []
    for number in range(1, customers + 1):
        chance = random.Random(f"{seed}/{number}")
        turn, place = divmod(number - 1, len(lives.ORDINARY))
        life = lives.ORDINARY[place]
        # Each kind of customer in one currency after the other.
        currency = CURRENCIES[(turn + place) % len(CURRENCIES)]
        contracts.append(_contract(number, life, life.currency or currency, chance))
        acts += _acts(number, life, chance)
    for number, life in enumerate(lives.PLANTED, customers + 1):
        chance = random.Random(f"{seed}/{number}")
        contracts.append(_contract(number, life, life.currency or "usd", chance))
        acts += _acts(number, life, chance)
    acts += _house_acts()
    acts.sort(key=lambda act: (act.day, act.contract))
    return Plan(tuple(contracts), tuple(acts))


def _house_acts():
    """What moves the balance without a customer."""
    for month in range(MONTHS):
        day = 30 * month + 12
        yield Act(day, HOUSE, "move", {"kind": "stripe_fee", "amount": -1250 - month})
    for day, kind, amount in lives.MOVES:
        yield Act(day, HOUSE, "move", {"kind": kind, "amount": amount})


def _contract(number, life, currency, chance):
    return Contract(
        number=number,
        life=life.name,
        currency=currency,
        tier=life.tier,
        interval=life.interval,
        quantity=chance.randint(2, 9),
        tax=life.tax or chance.choice(TAX_CHOICES.get(currency, ("",))),
        coupon=life.coupon or chance.choice(COUPON_CHOICES),
        sent=life.sent,
        exempt=chance.choice(EXEMPT_CHOICES),
        coded=life.coded,
        trial=life.trial,
        has_card=life.has_card,
        without_card=life.without_card,
    )


def _acts(number, life, chance):
    begin = chance.randint(*life.begins)
    yield Act(begin, number, "subscribe")
    for day, verb, details in life.story(begin, chance):
        yield Act(day, number, verb, details)
