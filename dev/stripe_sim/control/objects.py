# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What happens to an object on a test's word, as with `POST /_sim/payouts/ID/fail`.

Handlers of objects take (world, object, values) and give the object to show; those of
a world take (world, values) and give the answer.
"""

from stripe_sim.billing import debits, disputes, movements, payouts, refunds
from stripe_sim.billing.payment_methods import give_card, give_debit


def _give_method(world, customer, values):
    if "sepa_debit" in values:
        answer = values["sepa_debit"]
        if answer != "succeeds" and answer not in debits.MESSAGES:
            choices = ", ".join(["succeeds", *debits.MESSAGES])
            raise ValueError(f"sepa_debit must be one of {choices}")
        refusal = None if answer == "succeeds" else answer
        return give_debit(world, customer, refusal)
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
    ("charges", "return"): debits.return_debit,
    ("customers", "payment_method"): _give_method,
    ("disputes", "close_inquiry"): disputes.close_inquiry,
    ("disputes", "escalate"): disputes.escalate,
    ("disputes", "lose"): disputes.lose,
    ("disputes", "win"): disputes.win,
    ("payouts", "fail"): _fail_payout,
    ("refunds", "fail"): refunds.fail_refund,
}
WORLD_HANDLERS = {
    "balance_transactions": movements.plant,
    "payouts/fail": _fail_next_payouts,
}
