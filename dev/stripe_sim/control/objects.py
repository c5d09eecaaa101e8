# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What happens to an object on a test's word, as with `POST /_sim/payouts/ID/fail`.

Handlers of objects take (world, object, values) and give the object to show; those of
a world take (world, values) and give the answer.
"""

from stripe_sim.billing import disputes, payouts
from stripe_sim.billing.payment_methods import give_card


def _give_card(world, customer, values):
    return give_card(world, customer, values.get("card", "visa"))


def _fail_payout(world, payout, values):
    payouts.fail(world, payout, values.get("code", "account_closed"))
    return payout


def _fail_next_payouts(world, values):
    """The next automatic payouts fail on the day they should arrive."""
    code = values.get("code", "account_closed")
    if code not in payouts.FAILURES:
        raise ValueError(f"code must be one of {', '.join(payouts.FAILURES)}")
    world.payouts_to_fail += [code] * values.get("times", 1)
    return {"waiting": len(world.payouts_to_fail)}


OBJECT_HANDLERS = {
    ("charges", "dispute"): disputes.open_dispute,
    ("customers", "payment_method"): _give_card,
    ("disputes", "close_inquiry"): disputes.close_inquiry,
    ("disputes", "escalate"): disputes.escalate,
    ("disputes", "lose"): disputes.lose,
    ("disputes", "win"): disputes.win,
    ("payouts", "fail"): _fail_payout,
}
WORLD_HANDLERS = {
    "payouts/fail": _fail_next_payouts,
}
