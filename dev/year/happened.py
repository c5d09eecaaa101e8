# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the year was like."""

from collections import Counter

from .stripe_books import credits_used


def happened(stripe):
    """{what: how often} at Stripe."""
    found = Counter()
    for invoice in stripe.invoices.values():
        found.update(_marks(invoice))
        found.update(_price_marks(stripe, invoice))
        found.update(_credit_marks(stripe, invoice))
    for charge in stripe.charges.values():
        if charge["failure_balance_transaction"]:
            found["debit returned"] += 1
        if charge["amount_refunded"]:
            share = "full" if charge["refunded"] else "part"
            found[f"refunded in {share}"] += 1
    for note in stripe.credit_notes.values():
        found.update(_note_marks(note))
    for refund in stripe.refunds.values():
        found[f"refund {refund['status']}"] += 1
    for subscription in stripe.subscriptions.values():
        found[subscription["status"]] += 1
        if subscription["trial_end"]:
            found[f"trial and then {subscription['status']}"] += 1
    for coupon in stripe.coupons.values():
        if coupon["amount_off"]:
            found[f"fixed amount off {coupon['duration']}"] += coupon["times_redeemed"]
    for code in stripe.promotion_codes.values():
        found["promotion code entered"] += code["times_redeemed"]
    for dispute in stripe.disputes.values():
        found[f"dispute {dispute['status']}"] += 1
    for payout in stripe.payouts.values():
        found[f"payout {payout['status']}"] += 1
    return found


def _marks(invoice):
    """What an invoice is an example of."""
    yield invoice["status"]
    if invoice["billing_reason"] == "subscription_cycle":
        yield "renewed"
    if any(map(_is_proration, invoice["lines"]["data"])):
        yield "prorated"
    if invoice["total"] < 0:
        yield "negative"
    if invoice["attempt_count"] > 1 and invoice["status"] == "paid":
        yield "declined and then paid"
    if invoice["attempt_count"] > 1 and invoice["amount_remaining"]:
        yield "never paid"
    if invoice.get("amount_paid_off_stripe"):
        yield "paid out of band"


def _price_marks(stripe, invoice):
    """How what is on it is priced."""
    for line in invoice["lines"]["data"]:
        details = (line["pricing"] or {}).get("price_details") or {}
        price = stripe.prices.get(details.get("price"))
        if not price or line["amount"] <= 0:
            continue
        if price["tiers_mode"]:
            yield price["tiers_mode"]
        if price["transform_quantity"]:
            yield "in packages"
        if (price["recurring"] or {}).get("usage_type") == "metered":
            yield "used"


def _credit_marks(stripe, invoice):
    """Which billing credits it was paid with."""
    for use in credits_used(invoice):
        is_sold = stripe.credit_uses[use] in stripe.sold_credits
        yield "sold credits used" if is_sold else "given credits used"
        if invoice["status"] == "void":
            yield "used credits given back"


def _note_marks(note):
    yield f"credit note {note['status']}"
    if note["pre_payment_amount"]:
        yield "credit note before payment"
    if note["customer_balance_transaction"]:
        yield "credit note to balance"
    if note["refunds"]:
        yield "credit note with refund"


def _is_proration(line):
    details = line["parent"]["invoice_item_details"] or {}
    return bool(details.get("proration"))
