# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Stripe sends, in the shape of the version that the addon speaks.

The files were taken from the Stripe simulator, whose shapes the tests hold against
Stripe's own descriptions; here ids, amounts and times are put into them.
"""

import copy
import functools
import json
import time
from pathlib import Path

FOLDER = Path(__file__).with_name("payloads")
# Yesterday: what is dated in the future would be posted otherwise.
ISSUED = int(time.time()) - 86400
TERM = 30 * 86400


def invoice_finalized(task):
    """The event of an open invoice with one line that bears one tax."""
    event = _template("invoice_finalized")
    event.update(id=f"evt_in_{task.key}", created=ISSUED)
    invoice = event["data"]["object"]
    invoice.update(
        id=f"in_{task.key}",
        number=task.number,
        customer=task.customer_id,
        created=ISSUED,
        effective_at=ISSUED,
        due_date=ISSUED + TERM,
        subtotal=task.net,
        subtotal_excluding_tax=task.net,
        total_excluding_tax=task.net,
        total=task.total,
        amount_due=task.total,
        amount_remaining=task.total,
        total_taxes=[_tax(invoice["total_taxes"][0], task)],
    )
    invoice["status_transitions"]["finalized_at"] = ISSUED
    _fill_line(invoice["lines"]["data"][0], task)
    return event


def payment_intent_succeeded(task):
    """The event of a payment, which does not say which invoice it paid."""
    event = _template("payment_intent_succeeded")
    event.update(id=f"evt_pi_{task.key}", created=ISSUED)
    _fill_intent(event["data"]["object"], task)
    return event


def payment_intent(task):
    """The payment as it is read: with its charge, and the invoice that it paid."""
    intent = _template("payment_intent")
    _fill_intent(intent, task)
    intent["latest_charge"].update(
        id=f"ch_{task.key}",
        amount=task.total,
        amount_captured=task.total,
        created=ISSUED,
        customer=task.customer_id,
        payment_intent=intent["id"],
        balance_transaction=balance_transaction(task),
    )
    part = intent["invoice_payments"][0]
    part.update(
        id=f"inpay_{task.key}", amount_paid=task.total, amount_requested=task.total
    )
    part["invoice"].update(id=f"in_{task.key}", customer=task.customer_id)
    part["payment"]["payment_intent"] = intent["id"]
    part["status_transitions"]["paid_at"] = ISSUED
    return intent


def balance_transaction(task):
    """How the payment moved the balance, with Stripe's fee of 2.9 % + 30 cents."""
    transaction = _template("payment_intent")["latest_charge"]["balance_transaction"]
    fee = 30 + task.total * 29 // 1000
    transaction.update(
        id=f"txn_{task.key}",
        amount=task.total,
        fee=fee,
        net=task.total - fee,
        fee_details=[{**transaction["fee_details"][0], "amount": fee}],
        source=f"ch_{task.key}",
        created=ISSUED,
        available_on=ISSUED + 7 * 86400,
    )
    return transaction


def _fill_line(line, task):
    line.update(
        id=f"il_{task.key}",
        invoice=f"in_{task.key}",
        description=task.description,
        amount=task.net,
        subtotal=task.net,
        quantity=task.quantity,
        quantity_decimal=str(task.quantity),
        taxes=[_tax(line["taxes"][0], task)],
        period={"start": ISSUED, "end": ISSUED + TERM},
    )
    line["pricing"] = {
        "type": "price_details",
        "price_details": {"price": task.price_id, "product": task.product_id},
        "unit_amount_decimal": str(task.unit_amount),
    }


def _tax(template, task):
    return {
        **template,
        "amount": task.tax,
        "taxable_amount": task.net,
        "tax_rate_details": {"tax_rate": task.tax_rate_id},
    }


def _fill_intent(intent, task):
    intent.update(
        id=f"pi_{task.key}",
        amount=task.total,
        amount_received=task.total,
        created=ISSUED,
        customer=task.customer_id,
        description=f"Payment for Invoice {task.number}",
    )


def _template(name):
    return copy.deepcopy(_read(name))


@functools.cache
def _read(name):
    return json.loads((FOLDER / f"{name}.json").read_text())
