# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Cards as payment methods: making, attaching, choosing."""

from stripe_sim.billing.cards import BEHAVIOURS, CARDS
from stripe_sim.billing.debits import IBANS, new_debit
from stripe_sim.core import errors
from stripe_sim.core.fields import clean_metadata, full_address


def new_card(world, name: str, params: dict, identifier=None) -> dict:
    given = params.get("card") or {}
    brand, last4, funding, decline = CARDS[name]
    fields = {
        "allow_redisplay": params.get("allow_redisplay") or "unspecified",
        "billing_details": _billing_details(params.get("billing_details") or {}),
        "card": _card(brand, last4, funding, given),
        "customer": None,
        "customer_account": None,
        "metadata": clean_metadata(params),
        "type": "card",
        "_behaviour": BEHAVIOURS.get(name, {}),
        "_decline": decline,
    }
    return world.add("payment_method", fields, identifier)


def _billing_details(given: dict) -> dict:
    return {
        "address": full_address(given.get("address") or {}),
        "email": given.get("email"),
        "name": given.get("name"),
        "phone": given.get("phone"),
        "tax_id": given.get("tax_id"),
    }


def _card(brand, last4, funding, given) -> dict:
    return {
        "brand": brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "display_brand": brand,
        "exp_month": given.get("exp_month") or 8,
        "exp_year": given.get("exp_year") or 2030,
        "fingerprint": f"{brand}{last4}".ljust(16, "x"),
        "funding": funding,
        "generated_from": None,
        "last4": last4,
        "networks": {"available": [brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def find_method(world, identifier: str) -> dict:
    """The payment method, or a fresh card of a test name."""
    method = world.store.find("payment_method", identifier)
    if method is not None:
        return method
    # The names of the declining cards exist with their brand and without.
    name = identifier.removeprefix("pm_card_").replace("visa_charge", "charge")
    if name == identifier or name not in CARDS:
        raise errors.no_such("PaymentMethod", identifier, "payment_method", 404)
    return new_card(world, name, {})


def check_attached(world, identifier: str, customer: dict, param: str) -> dict:
    method = world.get("payment_method", identifier, param)
    if method["customer"] != customer["id"]:
        raise errors.invalid(
            f"The customer does not have a payment method with the ID {identifier}."
            " The payment method must be attached to the customer.",
            param,
            "resource_missing",
        )
    return method


def attach_card(world, identifier: str, customer: dict) -> dict:
    """Attach a payment method, or a fresh card of a test name (`pm_card_visa`)."""
    method = find_method(world, identifier)
    if method["customer"] not in (None, customer["id"]):
        raise errors.invalid(
            "The payment method you provided has already been attached to a customer.",
            "payment_method",
        )
    method["customer"] = customer["id"]
    world.emit("payment_method.attached", method)
    return method


def make_debit(world, iban: str | None, params: dict) -> dict:
    number = (iban or "").replace(" ", "")
    if number not in IBANS:
        raise errors.invalid(
            "The IBAN you provided is invalid.", "sepa_debit[iban]", "invalid_iban"
        )
    details = _billing_details(params.get("billing_details") or {})
    return new_debit(world, number, details, params)


def give_debit(world, customer: dict, refusal: str | None) -> dict:
    """Attach a bank account and make it the customer's default for invoices;
    `refusal`: how its bank will answer, if not with the money."""
    method = make_debit(world, next(iter(IBANS)), {})
    method["_refusal"] = refusal
    return _give(world, customer, attach_card(world, method["id"], customer))


def give_card(world, customer: dict, name: str) -> dict:
    """Attach a card and make it the customer's default for invoices."""
    name = {"declined": "chargeDeclined"}.get(name, name)
    return _give(world, customer, attach_card(world, f"pm_card_{name}", customer))


def _give(world, customer: dict, method: dict) -> dict:
    with world.changing(customer, "customer.updated"):
        customer["invoice_settings"]["default_payment_method"] = method["id"]
    return method


def usable_method(world, *holders: dict | None) -> dict | None:
    """The first default payment method among an invoice, its subscription, …"""
    for holder in holders:
        settings = (holder or {}).get("invoice_settings") or {}
        for source in (holder or {}, settings):
            method = world.store.find(
                "payment_method", source.get("default_payment_method")
            )
            if method:
                return method
    return None
