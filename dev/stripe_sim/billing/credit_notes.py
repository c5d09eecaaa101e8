# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credit notes: first they reduce what an invoice still asks for, then they give back.

What exceeds the invoice's `amount_remaining` goes where the call says: to the card, to
the customer's balance, or outside of Stripe; the three make up the excess.
"""

from stripe_sim.billing.balance import move_balance
from stripe_sim.billing.collection import mark_paid, open_intent
from stripe_sim.billing.credit_lines import make_lines, totals
from stripe_sim.billing.invoices import drop_payments
from stripe_sim.billing.refunds import refund_charge
from stripe_sim.billing.standing import after_payment
from stripe_sim.billing.totals import sum_discounts, sum_pretax, sum_taxes
from stripe_sim.core import errors
from stripe_sim.core.fields import clean_metadata


def issue(world, invoice: dict, params: dict) -> dict:
    """All is checked before anything moves."""
    if invoice["status"] not in ("open", "paid", "uncollectible"):
        raise errors.invalid(
            "You can only create a credit note for an open or paid invoice. This"
            f" invoice is {invoice['status']}.",
            "invoice",
        )
    _refuse_while_processing(world, invoice)
    lines = make_lines(world, invoice, params)
    amounts = totals(lines)
    linked = _linked_refunds(world, invoice, params)
    before = min(amounts["total"], invoice["amount_remaining"])
    _check_amounts(world, invoice, params, amounts["total"], before, linked)
    note = _store(world, invoice, params, lines, amounts, before)
    note["refunds"] = linked
    _give_back(world, invoice, note, params)
    world.emit("credit_note.created", note)
    _reduce(world, invoice, note)
    return note


def _refuse_while_processing(world, invoice: dict) -> None:
    """What is being debited can no longer be asked for in another amount."""
    if not invoice["amount_remaining"]:
        return
    if open_intent(world, invoice)[1]["status"] == "processing":
        raise errors.invalid(
            "A payment of this invoice is processing; issue the credit note when it"
            " has succeeded or failed.",
            "invoice",
        )


def _check_amounts(world, invoice, params, total, before, linked) -> None:
    if total <= 0:
        raise errors.invalid("The amount of a credit note must be positive.", "amount")
    left = _creditable(world, invoice, linked)
    if total > left:
        raise errors.invalid(
            f"The amount of the credit note ({total}) is greater than what can still"
            f" be credited of the invoice ({left}).",
            "amount",
        )
    parts = ("credit_amount", "refund_amount", "out_of_band_amount")
    given = sum(params.get(name) or 0 for name in parts)
    given += sum(each["amount_refunded"] for each in linked)
    if given != total - before:
        raise errors.invalid(
            "The sum of credit amount, refund amount and out of band amount"
            f" ({given}) must equal the post-payment credit note amount"
            f" ({total - before})."
        )
    if params.get("refund_amount"):
        charge = _charge_of(world, invoice)
        if params["refund_amount"] > charge["amount"] - charge["amount_refunded"]:
            raise errors.invalid(
                "The refund amount exceeds what is left of the payment.",
                "refund_amount",
            )


def _creditable(world, invoice: dict, linked: list[dict]) -> int:
    """The total less earlier notes and less the refunds that no note speaks of."""
    credited = sum(
        invoice[f"{when}_payment_credit_notes_amount"] for when in ("pre", "post")
    )
    spoken_for = sum(each["amount_refunded"] for each in linked)
    spoken_for += sum(_linked(world, each) for each in _refunds_of(world, invoice))
    refunded = sum(each["amount"] for each in _refunds_of(world, invoice))
    return invoice["total"] - credited - (refunded - spoken_for)


def _refunds_of(world, invoice: dict) -> list[dict]:
    charge = _paying_charge(world, invoice)
    rows = world.store.having("refund", "charge", charge["id"]) if charge else []
    return [row for row in rows if row["status"] in ("succeeded", "pending")]


def _linked(world, refund: dict) -> int:
    """How much of a refund credit notes in force speak of already."""
    charge = world.store.find("charge", refund["charge"])
    notes = world.store.having("credit_note", "customer", charge["customer"])
    return sum(
        each["amount_refunded"]
        for note in notes
        if note["status"] == "issued"
        for each in note["refunds"]
        if each["refund"] == refund["id"]
    )


def _paying_charge(world, invoice: dict) -> dict | None:
    for identifier in invoice["_payments"]:
        payment = world.store.find("invoice_payment", identifier)
        if payment["status"] == "paid":
            intent = world.store.find(
                "payment_intent", payment["payment"]["payment_intent"]
            )
            return world.store.find("charge", intent["latest_charge"])
    return None


def _charge_of(world, invoice: dict) -> dict:
    charge = _paying_charge(world, invoice)
    if charge is None:
        raise errors.invalid(
            "There is no payment of this invoice that could be refunded.",
            "refund_amount",
        )
    return charge


def _linked_refunds(world, invoice: dict, params: dict) -> list[dict]:
    """The refunds that were made already and that this note explains."""
    found = []
    for place, given in enumerate(params.get("refunds") or []):
        param = f"refunds[{place}][refund]"
        refund = world.get("refund", given.get("refund"), param)
        if refund["charge"] != _charge_of(world, invoice)["id"]:
            raise errors.invalid("The refund is not one of this invoice.", param)
        left = refund["amount"] - _linked(world, refund)
        amount = given.get("amount_refunded") or left
        if not 0 < amount <= left:
            raise errors.invalid(
                f"Only {left} of the refund are not on a credit note yet.", param
            )
        found.append(_refund_entry(refund, amount))
    return found


def _refund_entry(refund: dict, amount: int) -> dict:
    return {
        "amount_refunded": amount,
        "payment_record_refund": None,
        "refund": refund["id"],
        "type": "refund",
    }


def _store(world, invoice, params, lines, amounts, before) -> dict:
    count = len(world.store.having("credit_note", "invoice", invoice["id"]))
    after = amounts["total"] - before
    kind = "mixed" if before and after else "post_payment" if after else "pre_payment"
    identifier = world.ids.new("cn")
    fields = {
        **amounts,
        "amount_shipping": 0,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "discount_amounts": sum_discounts(lines),
        "effective_at": params.get("effective_at") or world.now(),
        "invoice": invoice["id"],
        "memo": params.get("memo"),
        "metadata": clean_metadata(params),
        "number": f"{invoice['number']}-CN-{count + 1:02d}",
        "out_of_band_amount": params.get("out_of_band_amount"),
        "pdf": f"https://pay.stripe.com/credit_notes/{identifier}/pdf",
        "post_payment_amount": after,
        "pre_payment_amount": before,
        "pretax_credit_amounts": sum_pretax(lines),
        "reason": params.get("reason"),
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "total_taxes": sum_taxes(lines),
        "type": kind,
        "voided_at": None,
        "_lines": [world.add("credit_note_line_item", line)["id"] for line in lines],
    }
    return world.add("credit_note", fields, identifier)


def _give_back(world, invoice: dict, note: dict, params: dict) -> None:
    if params.get("refund_amount"):
        reason = params.get("reason")
        refund = refund_charge(
            world,
            _charge_of(world, invoice),
            params["refund_amount"],
            reason=reason if reason in ("duplicate", "fraudulent") else None,
        )
        entry = _refund_entry(refund, refund["amount"])
        note["refunds"] = [*note["refunds"], entry]
    if params.get("credit_amount"):
        moved = move_balance(
            world,
            world.store.find("customer", invoice["customer"]),
            -params["credit_amount"],
            "credit_note",
            currency=note["currency"],
            credit_note=note["id"],
            invoice=invoice["id"],
        )
        note["customer_balance_transaction"] = moved["id"]


def _reduce(world, invoice: dict, note: dict) -> None:
    before = note["pre_payment_amount"]
    with world.changing(invoice, "invoice.updated"):
        _shift(invoice, before)
        invoice["post_payment_credit_notes_amount"] += note["post_payment_amount"]
    if not before:
        return
    if invoice["amount_remaining"]:
        _ask_for_rest(world, invoice)
        return
    drop_payments(world, invoice, "automatic")
    mark_paid(world, invoice, attempted=False)
    after_payment(world, invoice)


def _shift(invoice: dict, amount: int) -> None:
    invoice["pre_payment_credit_notes_amount"] += amount
    invoice["amount_due"] -= amount
    invoice["amount_remaining"] -= amount


def _ask_for_rest(world, invoice: dict) -> None:
    payment, intent = open_intent(world, invoice)
    payment["amount_requested"] = invoice["amount_remaining"]
    intent["amount"] = invoice["amount_remaining"]


def void(world, note: dict) -> None:
    """Only what reduced an invoice that is still open can be taken back."""
    invoice = world.store.find("invoice", note["invoice"])
    if note["status"] == "void":
        raise errors.invalid("This credit note is void already.")
    if note["type"] != "pre_payment" or invoice["status"] != "open":
        raise errors.invalid("You can only void a credit note of an open invoice.")
    note.update(status="void", voided_at=world.now())
    world.emit("credit_note.voided", note)
    with world.changing(invoice, "invoice.updated"):
        _shift(invoice, -note["pre_payment_amount"])
    _ask_for_rest(world, invoice)
