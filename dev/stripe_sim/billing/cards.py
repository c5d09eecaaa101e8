# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stripe's test cards: docs.stripe.com/testing.

name -> (brand, last four digits, funding, decline). A decline is Stripe's pair
(code, decline_code); the message is looked up beside it.
"""

CARDS = {
    "visa": ("visa", "4242", "credit", None),
    "visa_debit": ("visa", "5556", "debit", None),
    "mastercard": ("mastercard", "4444", "credit", None),
    "amex": ("amex", "8431", "credit", None),
    "chargeDeclined": ("visa", "0002", "credit", ("card_declined", "generic_decline")),
    "chargeCustomerFail": (
        "visa",
        "0341",
        "credit",
        ("card_declined", "generic_decline"),
    ),
    "chargeDeclinedInsufficientFunds": (
        "visa",
        "9995",
        "credit",
        ("card_declined", "insufficient_funds"),
    ),
    "chargeDeclinedExpiredCard": (
        "visa",
        "0069",
        "credit",
        ("expired_card", "expired_card"),
    ),
    "chargeDeclinedProcessingError": (
        "visa",
        "0119",
        "credit",
        ("processing_error", "processing_error"),
    ),
    "bypassPending": ("visa", "0077", "credit", None),
    "createDispute": ("visa", "0259", "credit", None),
    "createDisputeInquiry": ("visa", "1976", "credit", None),
    "createDisputeProductNotReceived": ("visa", "2685", "credit", None),
    "pendingRefund": ("visa", "7726", "credit", None),
    "refundFail": ("visa", "5126", "credit", None),
}

# What a card does once it has paid. available_now: its funds are not pending. dispute:
# the values of `open_dispute`. refund: "pending" for `refund_days`, or "fail" then.
BEHAVIOURS = {
    "bypassPending": {"available_now": True},
    "createDispute": {"dispute": {"reason": "fraudulent"}},
    "createDisputeInquiry": {"dispute": {"reason": "fraudulent", "inquiry": True}},
    "createDisputeProductNotReceived": {"dispute": {"reason": "product_not_received"}},
    "pendingRefund": {"refund": "pending"},
    "refundFail": {"refund": "fail"},
}

NUMBERS = {
    "4242424242424242": "visa",
    "4000056655665556": "visa_debit",
    "5555555555554444": "mastercard",
    "371449635398431": "amex",
    "4000000000000002": "chargeDeclined",
    "4000000000000341": "chargeCustomerFail",
    "4000000000009995": "chargeDeclinedInsufficientFunds",
    "4000000000000069": "chargeDeclinedExpiredCard",
    "4000000000000119": "chargeDeclinedProcessingError",
    "4000000000000077": "bypassPending",
    "4000000000000259": "createDispute",
    "4000000000001976": "createDisputeInquiry",
    "4000000000002685": "createDisputeProductNotReceived",
    "4000000000007726": "pendingRefund",
    "4000000000005126": "refundFail",
}

MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "processing_error": (
        "An error occurred while processing your card. Try again in a little bit."
    ),
}
