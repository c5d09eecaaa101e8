# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What kinds of customers there are. A story yields (day, verb, details) from the day
on which the subscription began; verbs are methods of ``Hands``."""

from collections.abc import Callable
from dataclasses import dataclass

from .calendar import DAYS

LAST = DAYS - 5
MONTH = 30


def _nothing(begin, chance):
    return ()


@dataclass(frozen=True)
class Life:
    """A kind of customer. ``begins``: first and last day on which one subscribes."""

    name: str
    story: Callable = _nothing
    interval: str = "month"
    tier: str = "basic"
    sent: bool = False
    begins: tuple = (0, 80)
    # Empty: whatever fits.
    tax: str = ""
    currency: str = ""
    coupon: str = ""
    coded: bool = False
    # Days before the first payment; what becomes of it where there is no card then.
    trial: int = 0
    has_card: bool = True
    without_card: str = ""


def _monthly(begin, after):
    """The days ``after`` each renewal of a monthly contract, roughly."""
    return range(begin + after, LAST, MONTH + 1)


# ----------------------------------------------------------------------
# PAYING
# ----------------------------------------------------------------------


def _pays(begin, chance):
    for day in _monthly(begin, chance.randint(4, 20)):
        yield day, "pay", {}


def _transfers(begin, chance):
    for day in _monthly(begin, chance.randint(4, 20)):
        yield day, "transfer", {}


def _pays_late(begin, chance):
    """Every other invoice stays open."""
    for turn, day in enumerate(_monthly(begin, chance.randint(4, 20))):
        if turn % 2:
            yield day, "pay", {}


def _card_recovers(begin, chance):
    broken = begin + chance.randint(40, 120)
    yield broken, "break_card", {}
    # Stripe tries again for fifteen days after the next renewal.
    yield broken + MONTH + 3, "mend_card", {}


def _card_pays_by_hand(begin, chance):
    broken = begin + chance.randint(40, 120)
    yield broken, "break_card", {}
    yield broken + MONTH + 2, "pay", {}
    yield broken + MONTH + 2, "mend_card", {}


def _is_debited(begin, chance):
    yield begin + 3, "give_account", {"outcome": "succeeds"}


def _debit_fails(begin, chance):
    yield begin + 3, "give_account", {"outcome": "insufficient_funds"}
    yield begin + MONTH + 12, "mend_card", {}


def _debit_is_returned(begin, chance):
    yield begin + 3, "give_account", {"outcome": "succeeds"}
    yield begin + 3 * MONTH + 20, "return_debit", {}


def _card_is_lost(last_act):
    def story(begin, chance):
        broken = begin + chance.randint(40, 120)
        yield broken, "break_card", {}
        if last_act:
            yield broken + 3 * MONTH, last_act, {}

    return story


# ----------------------------------------------------------------------
# CHANGING
# ----------------------------------------------------------------------


def _upgrades(begin, chance):
    yield begin + chance.randint(40, 200), "change", {"tier": "pro", "at_once": True}


def _downgrades(begin, chance):
    day = begin + chance.randint(40, 140)
    yield day, "change", {"tier": "basic", "at_once": True}
    yield day + 2 * MONTH, "change", {"quantity": 1, "at_once": True}


def _adds_seats(begin, chance):
    for day in (begin + 45, begin + chance.randint(100, 200)):
        yield day, "change", {"more": chance.randint(1, 5)}


def _drops_seats(begin, chance):
    yield begin + chance.randint(20, 120), "change", {"quantity": 1}


def _cancels_at_end(begin, chance):
    yield begin + chance.randint(60, 200), "cancel", {"at_end": True}


def _cancels_at_once(begin, chance):
    yield begin + chance.randint(60, 200), "cancel", {"at_end": False}


def _pauses(begin, chance):
    yield begin + chance.randint(60, 120), "pause", {"days": 70}


def _buys_extras(begin, chance):
    for day in (begin + 50, begin + 140):
        yield day, "buy", {"share": chance.choice((0.5, 1.5, 2.5))}


# ----------------------------------------------------------------------
# USING AND TRYING
# ----------------------------------------------------------------------


def _changes_seats(begin, chance):
    """Up and down through the tiers."""
    for day in _monthly(begin, chance.randint(35, 50)):
        yield day, "change", {"quantity": chance.randint(1, 14)}


def _uses(begin, chance):
    """Now and then, and in some months nothing at all."""
    for day in range(begin + 2, LAST, chance.randint(6, 13)):
        if day // MONTH % 4:
            yield day, "use", {"value": chance.choice((1, 17, 90, 450, 1300))}


def _uses_and_leaves(begin, chance):
    yield from _uses(begin, chance)
    # What was used in the last period is billed after its end.
    yield begin + chance.randint(100, 220), "cancel", {"at_end": True}


def _prepays(begin, chance):
    """Credits for what is used, bought now and then, and some for nothing."""
    yield begin + 1, "buy_credits", {"share": chance.choice((6, 8))}
    yield begin + 50, "give_credits", {"share": 0.4}
    yield begin + 130, "buy_credits", {"share": chance.choice((0.3, 1.5))}
    yield from _uses(begin, chance)


def _prepays_and_is_voided(begin, chance):
    """What a voided invoice used can be used again. It used all there was: what costs
    nothing is paid at once, and cannot be voided."""
    yield begin + 40, "use", {"value": 1300}
    yield begin + 45, "buy_credits", {"share": 0.3}
    yield from _is_voided(begin, chance)
    yield begin + 100, "use", {"value": 450}


def _gives_card(begin, chance):
    """During the trial."""
    yield begin + 5, "mend_card", {}


def _trial_is_given_up(begin, chance):
    """Stripe has tried in vain for fifteen days."""
    yield begin + 50, chance.choice(("void", "write_off")), {}


# ----------------------------------------------------------------------
# TAKING BACK
# ----------------------------------------------------------------------


def _is_refunded(begin, chance):
    yield begin + chance.randint(20, 200), "refund", {"share": 1}


def _is_refunded_twice(begin, chance):
    day = begin + chance.randint(40, 180)
    yield day, "refund", {"share": 0.3}
    yield day + 2, "refund", {"share": 0.2}


def _refund_fails(begin, chance):
    yield begin + chance.randint(20, 200), "refund", {"share": 1, "fails": True}


def _is_refunded_before_credit(begin, chance):
    day = begin + chance.randint(40, 180)
    yield day, "refund_and_credit", {}


def _is_credited(ways):
    def story(begin, chance):
        for turn, way in enumerate(ways):
            day = begin + chance.randint(40, 70) + 2 * turn * MONTH
            yield day, "credit", {"way": way}

    return story


def _is_credited_before(begin, chance):
    """Each invoice three days after it was sent, now and then."""
    for turn, day in enumerate(_monthly(begin, 3)):
        if turn % 3 == 1:
            yield day, "credit", {"way": "before"}
        yield day + 6, "pay", {}


def _credit_is_voided(begin, chance):
    for turn, day in enumerate(_monthly(begin, 3)):
        if turn == 1:
            yield day, "credit", {"way": "before"}
            yield day + 2, "void_credit", {}
        yield day + 6, "pay", {}


def _is_voided(begin, chance):
    paid = chance.randint(4, 20)
    for turn, day in enumerate(_monthly(begin, paid)):
        yield day, ("void" if turn == 2 else "pay"), {}


# ----------------------------------------------------------------------
# DISPUTING
# ----------------------------------------------------------------------


def _disputes(begin, chance, ends):
    day = begin + chance.randint(40, 180)
    yield day, "dispute", {}
    yield day + chance.randint(15, 70), ends, {}


def _dispute_is_won(begin, chance):
    return _disputes(begin, chance, "win")


def _dispute_is_lost(begin, chance):
    return _disputes(begin, chance, "lose")


def _dispute_is_open(begin, chance):
    yield LAST - chance.randint(10, 40), "dispute", {}


def _inquires(begin, chance):
    day = begin + chance.randint(40, 180)
    yield day, "dispute", {"inquiry": True}
    yield day + 20, chance.choice(("close_inquiry", "escalate")), {}


# ----------------------------------------------------------------------
# PLANTED
# ----------------------------------------------------------------------


def _pays_twice(begin, chance):
    """An accountant enters a bank transfer, then the card is charged all the same."""
    yield begin + 40, "transfer_to_odoo_only", {}
    yield begin + 4 * MONTH, "pay_after_all", {}


ORDINARY = (
    Life("steady"),
    Life("yearly", interval="year", begins=(0, 350)),
    Life("pays_invoices", _pays, sent=True),
    Life("transfers", _transfers, sent=True),
    Life("pays_late", _pays_late, sent=True),
    Life("upgrades", _upgrades),
    Life("downgrades", _downgrades, tier="pro"),
    Life("adds_seats", _adds_seats),
    Life("drops_seats", _drops_seats),
    Life("yearly_upgrade", _upgrades, interval="year"),
    Life("card_recovers", _card_recovers),
    Life("pays_by_hand", _card_pays_by_hand),
    Life("lost_and_voided", _card_is_lost("void")),
    Life("lost_and_written_off", _card_is_lost("write_off")),
    Life("refunded", _is_refunded),
    Life("refunded_twice", _is_refunded_twice),
    Life("cancels_at_end", _cancels_at_end),
    Life("cancels_at_once", _cancels_at_once, interval="year"),
    Life("voided", _is_voided, sent=True),
    Life("refund_fails", _refund_fails),
    Life("credited_before", _is_credited_before, sent=True),
    Life("credit_voided", _credit_is_voided, sent=True),
    Life("credited_after", _is_credited(("card", "balance"))),
    Life("refunded_and_credited", _is_refunded_before_credit),
    Life("debited", _is_debited, currency="eur"),
    Life("debit_fails", _debit_fails, currency="eur"),
    Life("debit_returned", _debit_is_returned, currency="eur"),
    Life("dispute_won", _dispute_is_won),
    Life("dispute_lost", _dispute_is_lost),
    Life("dispute_open", _dispute_is_open),
    Life("inquiry", _inquires),
    Life("pauses_and_buys", lambda b, c: (*_pauses(b, c), *_buys_extras(b, c))),
    Life("gift_once", _upgrades, coupon="gift"),
    Life("gift_for_months", coupon="quarterly", coded=True),
    Life("gift_for_ever", _adds_seats, coupon="loyal", coded=True),
    Life("gift_of_more", _drops_seats, coupon="generous"),
    Life("graduated", _changes_seats, tier="graduated"),
    Life("volume", _changes_seats, tier="volume", coupon="loyal"),
    Life("packages", _changes_seats, tier="packages"),
    Life("whole_packages", _changes_seats, tier="whole_packages", coupon="quarter"),
    Life("uses", _uses, tier="used"),
    Life("uses_and_leaves", _uses_and_leaves, tier="used_evenly", coupon="quarterly"),
    Life("prepays", _prepays, tier="used_evenly", tax="sales"),
    Life(
        "prepays_and_voids",
        _prepays_and_is_voided,
        tier="used_evenly",
        tax="sales",
        sent=True,
    ),
    Life("trial", trial=14),
    Life("trial_convinces", _gives_card, trial=10, has_card=False),
    Life("trial_unpaid", _trial_is_given_up, trial=14, has_card=False),
    Life("trial_ends", trial=7, has_card=False, without_card="cancel"),
)
PLANTED = (
    Life("inactive_currency", currency="chf", begins=(200, 280)),
    Life("unknown_tax", tax="levy", begins=(200, 280)),
    Life("paid_twice", _pays_twice, sent=True, begins=(60, 90)),
)
# (day, type of balance transaction, minor units of dollars). Nobody has said to which
# account transfers go: the last one is planted.
MOVES = (
    (130, "topup", 50000),
    (160, "reserve_transaction", -30000),
    (250, "reserve_transaction", 30000),
    (280, "transfer", -7700),
)
