# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Taking money: PaymentIntent, Charge and BalanceTransaction."""

from stripe_sim.billing import debits
from stripe_sim.billing.booking import book, charge_fee, settle
from stripe_sim.billing.cards import MESSAGES
from stripe_sim.billing.disputes import open_dispute
from stripe_sim.core import errors


def new_intent(world, amount: int, currency: str, **given) -> dict:
    """A PaymentIntent that awaits a payment method; `given` overrides fields."""
    identifier = world.ids.new("pi")
    fields = {
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{identifier}_secret_{world.ids.text(25)}",
        "confirmation_method": "automatic",
        "currency": currency,
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "managed_payments": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card", "sepa_debit"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
        "_invoice": None,
    }
    fields.update(given)
    if fields["payment_method"]:
        fields["status"] = "requires_confirmation"
    return world.create("payment_intent", fields, "payment_intent.created", identifier)


def confirm(world, intent: dict, method: dict, then=None) -> dict:
    """Charge the card or debit the account. Gives the charge: paid, failed or pending;
    a pending one is given to `then` when its outcome is known."""
    intent["payment_method"] = method["id"]
    charge = _new_charge(world, intent, method)
    intent["latest_charge"] = charge["id"]
    if method["type"] == "sepa_debit":
        debits.begin(world, intent, charge, method, then)
    elif method["_decline"]:
        _decline(world, intent, charge, method)
    else:
        _succeed(world, intent, charge)
    return charge


def _succeed(world, intent: dict, charge: dict) -> None:
    intent.update(
        status="succeeded", amount_received=intent["amount"], last_payment_error=None
    )
    transaction = book_charge(world, charge)
    charge["balance_transaction"] = transaction["id"]
    world.emit("payment_intent.succeeded", intent)
    world.emit("charge.succeeded", charge)
    wanted = charge["_behaviour"].get("dispute")
    if wanted:
        # As soon as the call is over.
        world.clock.at(world.now(), lambda: _dispute(world, charge, wanted))


def _dispute(world, charge: dict, wanted: dict) -> None:
    if world.store.holds(charge):
        open_dispute(world, charge, wanted)


def _decline(world, intent: dict, charge: dict, method: dict) -> None:
    code, reason = method["_decline"]
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        last_payment_error={
            "charge": charge["id"],
            "code": code,
            "decline_code": reason,
            "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
            "message": MESSAGES[reason],
            "payment_method": world.show(method),
            "type": "card_error",
        },
    )
    world.emit("payment_intent.payment_failed", intent)
    world.emit("charge.failed", charge)


def decline_error(world, intent: dict) -> Exception:
    """The 402 for a caller who waits for the payment."""
    error = intent["last_payment_error"]
    return errors.card_error(
        error["message"],
        error["code"],
        error["decline_code"],
        charge=error["charge"],
        payment_intent=world.show(intent),
        payment_method=error["payment_method"],
        stored=True,
    )


def _new_charge(world, intent: dict, method: dict) -> dict:
    code, reason = method["_decline"] or (None, None)
    paid = reason is None
    fields = {
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "SIMULATED ACCOUNT",
        "captured": paid,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": code,
        "failure_message": reason and MESSAGES[reason],
        "fraud_details": {},
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": _outcome(reason),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _method_details(method, intent),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
        "_behaviour": method["_behaviour"],
    }
    charge = world.add("charge", fields)
    if paid:
        charge["receipt_url"] = f"https://pay.stripe.com/receipts/{charge['id']}"
    return charge


def _outcome(reason: str | None) -> dict:
    declined = reason is not None
    return {
        "advice_code": "try_again_later" if declined else None,
        "network_advice_code": None,
        "network_decline_code": "01" if declined else None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": reason,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank did not return any further details."
        if declined
        else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }


def _method_details(method: dict, intent: dict) -> dict:
    if method["type"] == "sepa_debit":
        return debits.details(method)
    return {"type": "card", "card": _card_details(method, intent)}


def _card_details(method: dict, intent: dict) -> dict:
    card = method["card"]
    names = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint")
    return {
        **{name: card[name] for name in names},
        "amount_authorized": None if method["_decline"] else intent["amount"],
        "authorization_code": None,
        "extended_authorization": {"status": "disabled"},
        "funding": card["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card["last4"],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {
            "maximum_amount_capturable": intent["amount"],
            "status": "unavailable",
        },
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }


def book_charge(world, charge: dict) -> dict:
    """The balance transaction of a paid charge, with the fee taken off."""
    amount, currency, rate = settle(world, charge["amount"], charge["currency"])
    return book(
        world,
        kind="charge",
        amount=amount,
        currency=currency,
        fee=charge_fee(world, amount),
        source=charge["id"],
        at_once=charge["_behaviour"].get("available_now", False),
        exchange_rate=rate,
        description=charge["description"],
    )


def cancel(world, intent: dict, reason: str | None) -> None:
    intent.update(
        status="canceled", canceled_at=world.now(), cancellation_reason=reason
    )
    world.emit("payment_intent.canceled", intent)
