# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Plays a plan: Stripe's clock is stepped from act to act, Odoo keeps up."""

from . import catalogue, plan
from .audit import Audit
from .calendar import DAYS, WEEKS, date_of, moment
from .hands import Hands
from .odoo_books import OdooBooks
from .office import Office
from .post import Post, described
from .stripe_books import StripeBooks

# How often the accountant comes.
CLOSING_WEEKS = 4
# The months, from 0, in which the bank returns a payout.
FAILING_PAYOUTS = (3, 7)


class Year:
    """One year on a ``Stage`` with the Stripe simulator, which is ``account``.

    :param say: is told what happens, a line at a time.
    """

    def __init__(self, stage, account, customers, say, seed=plan.SEED):
        self.stage = stage
        self.account = account
        self.say = say
        self.plan = plan.make(customers, seed)
        self.hands = Hands(account, self.plan)
        self.office = Office(stage.client(), account)
        self.post = Post(account, stage.database, seed)
        self._month = None

    def play(self):
        """The whole year, from the set-up to the last webhook."""
        self.account.control("reset", {"seed": 1, "clock": moment(0, hour=0)})
        self.account.control("settings", {"payout_interval": "weekly"})
        self.office.set_up()
        self.hands.shop.open()
        self.office.sell_credits(self.hands.shop.credits)
        for week in range(WEEKS + 1):
            self._play_week(week)
            if week % CLOSING_WEEKS == CLOSING_WEEKS - 1:
                self._close(week)
        self._advance(moment(DAYS, hour=0) - 1)
        self.post.end()
        self._close(WEEKS)

    def _play_week(self, week):
        self.post.start_week(week)
        for day in range(7 * week, min(7 * week + 7, DAYS)):
            self._start_month(day)
            self._advance(moment(day))
            for act in self.plan.of_day(day):
                self.hands.perform(act)

    def _start_month(self, day):
        """Stripe's exchange rates are those of the month."""
        month = date_of(day).month - 1
        if month != self._month:
            self._month = month
            rates = catalogue.exchange_rates(month)
            self.account.control("settings", {"exchange_rates": rates})
            if month in FAILING_PAYOUTS:
                code = "account_closed"
                self.account.control("payouts/fail", {"code": code, "times": 1})

    def _advance(self, to):
        self.account.control("clock", {"to": to})

    def _close(self, week):
        """Odoo catches up, and the accountant sees to the month."""
        self.post.settle()
        waiting = self.office.close_month(self.hands.transfers)
        self.hands.transfers[:] = waiting
        self.post.settle()
        self.say(f"week {week + 1}: {self._standing()}")

    def _standing(self):
        counts = OdooBooks(self.stage.database).counts()
        words = [f"{count} {what}" for what, count in counts.items()]
        held = len(described(self.stage.database))
        return ", ".join([*words, f"{held} held"])

    def put_right(self):
        """What was planted is seen to, and tried again."""
        self.office.put_right()
        self.post.settle()

    def audit(self):
        """Both sides' books as they are now: an ``Audit``."""
        return Audit(
            StripeBooks(self.account),
            OdooBooks(self.stage.database),
            set(self.hands.paid_in_odoo.values()),
        )
