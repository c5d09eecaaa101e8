# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Disputes of charges: inquiries, chargebacks, and how they end.

An inquiry moves no money. A chargeback withdraws the disputed amount and a fee from
the balance; winning it gives the amount back, and the fee only where that is asked.
What the customer's bank decides comes by the control API.
"""

from stripe_sim.billing.booking import book, fee_detail, midnight, settle
from stripe_sim.core import errors

_DAY = 86400
REASONS = (
    "bank_cannot_process check_returned credit_not_processed customer_initiated"
    " debit_not_authorized duplicate fraudulent general incorrect_account_details"
    " insufficient_funds noncompliant product_not_received product_unacceptable"
    " subscription_canceled unrecognized"
).split()
# Visa's codes, where a reason has one of its own.
_NETWORK_CODES = {"fraudulent": "10.4", "duplicate": "12.6.1"}
_TEXTS = (
    "access_activity_log billing_address cancellation_policy_disclosure"
    " cancellation_rebuttal customer_email_address customer_name customer_purchase_ip"
    " duplicate_charge_explanation duplicate_charge_id product_description"
    " refund_policy_disclosure refund_refusal_explanation service_date"
    " shipping_address shipping_carrier shipping_date shipping_tracking_number"
    " uncategorized_text"
).split()
_FILES = (
    "cancellation_policy customer_communication customer_signature"
    " duplicate_charge_documentation receipt refund_policy service_documentation"
    " shipping_documentation uncategorized_file"
).split()
EVIDENCE = (*_TEXTS, *_FILES)
_OPEN = ("needs_response", "warning_needs_response")
_ENDED = ("won", "lost", "warning_closed", "prevented")


def of_charge(world, charge: dict) -> list[dict]:
    rows = world.store.all("dispute") if charge["disputed"] else []
    return [row for row in rows if row["charge"] == charge["id"]]


def check_refundable(world, charge: dict) -> None:
    """Money that the bank has taken back already cannot be refunded as well."""
    if not all(dispute["is_charge_refundable"] for dispute in of_charge(world, charge)):
        raise errors.invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )


def open_dispute(world, charge: dict, values: dict) -> dict:
    """values: `amount`, `reason`, `inquiry` (bool), `fee`; all may be left out."""
    inquiry = bool(values.get("inquiry"))
    reason = values.get("reason", "fraudulent")
    amount = values.get("amount", charge["amount"] - charge["amount_refunded"])
    if reason not in REASONS:
        raise ValueError(f"reason must be one of {', '.join(REASONS)}")
    if not charge["paid"] or not 0 < amount <= charge["amount"]:
        raise ValueError(f"{charge['id']} has no {amount} that could be disputed.")
    if any(row["status"] not in _ENDED for row in of_charge(world, charge)):
        raise ValueError(f"{charge['id']} is under dispute already.")
    dispute = world.add("dispute", _fields(world, charge, amount, reason, inquiry))
    with world.changing(charge, "charge.updated"):
        charge["disputed"] = True
    world.emit("charge.dispute.created", dispute)
    if not inquiry:
        _withdraw(world, dispute, values.get("fee"))
    _plan_deadline(world, dispute)
    return dispute


def _fields(world, charge: dict, amount: int, reason: str, inquiry: bool) -> dict:
    return {
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": _due_by(world),
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": inquiry,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _method(charge, reason, inquiry),
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }


def _due_by(world) -> int:
    """The last second of a day (UTC)."""
    days = world.settings.dispute_due_days
    return midnight(world.now()) + (days + 1) * _DAY - 1


def _method(charge: dict, reason: str, inquiry: bool) -> dict | None:
    details = charge["payment_method_details"]
    if details["type"] != "card":
        return None
    brand = details["card"]["brand"]
    return {
        "type": "card",
        "card": {
            "brand": brand,
            "case_type": "inquiry" if inquiry else "chargeback",
            "network": brand,
            "network_reason_code": _NETWORK_CODES.get(reason, "13.1"),
        },
    }


def _plan_deadline(world, dispute: dict) -> None:
    details = dispute["evidence_details"]
    due = details["due_by"]

    def work():
        waits = dispute["status"].endswith("needs_response")
        if waits and details["due_by"] == due:
            with world.changing(dispute, "charge.dispute.updated"):
                details["past_due"] = True

    world.clock.at(due + 1, work)


def _withdraw(world, dispute: dict, fee: int | None) -> None:
    fee = world.settings.dispute_fee if fee is None else fee
    _move(world, dispute, -1, fee)
    world.emit("charge.dispute.funds_withdrawn", dispute)


def _move(world, dispute: dict, sign: int, fee: int) -> None:
    amount, currency, rate = settle(world, dispute["amount"], dispute["currency"])
    word = "withdrawal" if sign < 0 else "reversal"
    row = book(
        world,
        kind="adjustment",
        category="dispute" if sign < 0 else "dispute_reversal",
        amount=sign * amount,
        currency=currency,
        fee=fee,
        fee_details=[fee_detail(fee, currency, "Dispute fee")] if fee else [],
        source=dispute["id"],
        exchange_rate=rate,
        description=f"Chargeback {word} for {dispute['charge']}",
        at_once=True,
    )
    dispute["balance_transactions"].append(row["id"])


def escalate(world, dispute: dict, values: dict) -> dict:
    """An inquiry becomes a chargeback: now the money goes."""
    _check_status(dispute, "warning_needs_response", "warning_under_review")
    with world.changing(dispute, "charge.dispute.updated"):
        dispute["status"] = "needs_response"
        dispute["is_charge_refundable"] = False
        dispute["evidence_details"].update(due_by=_due_by(world), past_due=False)
        if dispute["payment_method_details"]:
            dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    _withdraw(world, dispute, values.get("fee"))
    _plan_deadline(world, dispute)
    return dispute


def win(world, dispute: dict, values: dict) -> dict:
    """`return_fee` gives the fee back with the amount."""
    _check_status(dispute, "needs_response", "under_review")
    withdrawn = world.store.find(
        "balance_transaction", dispute["balance_transactions"][0]
    )
    fee = -withdrawn["fee"] if values.get("return_fee") else 0
    dispute["status"] = "won"
    _move(world, dispute, 1, fee)
    world.emit("charge.dispute.funds_reinstated", dispute)
    world.emit("charge.dispute.closed", dispute)
    return dispute


def lose(world, dispute: dict, _values: dict) -> dict:
    _check_status(dispute, "needs_response", "under_review")
    return _close(world, dispute, "lost")


def close_inquiry(world, dispute: dict, _values: dict) -> dict:
    _check_status(dispute, "warning_needs_response", "warning_under_review")
    return _close(world, dispute, "warning_closed")


def _close(world, dispute: dict, status: str) -> dict:
    dispute["status"] = status
    world.emit("charge.dispute.closed", dispute)
    return dispute


def _check_status(dispute: dict, *statuses: str) -> None:
    if dispute["status"] not in statuses:
        raise ValueError(f"{dispute['id']} is {dispute['status']}.")


def respond(world, dispute: dict, params: dict) -> None:
    """Evidence is staged, or with `submit` (the default) handed to the bank."""
    if dispute["status"] not in _OPEN:
        raise errors.invalid("This dispute is already closed")
    details = dispute["evidence_details"]
    given = params.get("evidence") or {}
    dispute["evidence"].update(given)
    details["has_evidence"] = any(dispute["evidence"][name] for name in EVIDENCE)
    if given and params.get("submit", True):
        details["submission_count"] += 1
        details["submission_method"] = "manual"
        prefix = "warning_" if dispute["status"].startswith("warning_") else ""
        dispute["status"] = f"{prefix}under_review"


# docs.stripe.com/testing, "Disputes": texts that decide at once.
_VERDICTS = ("winning_evidence", "losing_evidence")


def decide(world, dispute: dict) -> None:
    text = dispute["evidence"]["uncategorized_text"]
    if text not in _VERDICTS:
        return
    if dispute["status"] == "warning_under_review":
        close_inquiry(world, dispute, {})
    elif dispute["status"] == "under_review":
        (win if text == "winning_evidence" else lose)(world, dispute, {})


def accept(world, dispute: dict) -> None:
    """The merchant gives in."""
    if dispute["status"] != "needs_response":
        raise errors.invalid("This dispute cannot be closed.")
    _close(world, dispute, "lost")
