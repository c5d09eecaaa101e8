# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reporting categories of balance transactions, as of November 2026
(https://docs.stripe.com/reports/reporting-categories)."""

from __future__ import annotations

# Category → kind of the object that books the amount. The second part are types
# (https://docs.stripe.com/reports/balance-transaction-types), which are all that was
# told before there were categories.
BOOKED_WITH = {
    "charge": "payment",
    "charge_failure": "payment",
    "partial_capture_reversal": "payment",
    "refund": "refund",
    "refund_failure": "refund",
    "dispute": "dispute",
    "dispute_reversal": "dispute",
    "payout": "payout",
    "payout_reversal": "payout",
    "payment": "payment",
    "payment_reversal": "payment",
    "payment_refund": "refund",
    "payment_failure_refund": "refund",
    "payout_cancel": "payout",
    "payout_failure": "payout",
}
# What no other object books: category → (what a person calls it, the account that it
# is booked to unless another one is chosen). The accounts: "fee", what the provider
# keeps; "transit", money on its way from or to the bank; "reserve", money that the
# provider holds back; empty where only an accountant can tell.
OTHERS = {
    "fee": ("Stripe fees", "fee"),
    "network_cost": ("Network costs", "fee"),
    "tax": ("Taxes on fees", ""),
    "topup": ("Top-ups", "transit"),
    "topup_reversal": ("Top-up reversals", "transit"),
    "risk_reserved_funds": ("Risk reserve", "reserve"),
    "connect_reserved_funds": ("Connect reserve", "reserve"),
    "payout_minimum_balance_hold": ("Minimum balance held", "reserve"),
    "payout_minimum_balance_release": ("Minimum balance released", "reserve"),
    "other_adjustment": ("Other adjustments", ""),
    "transfer": ("Transfers", ""),
    "transfer_reversal": ("Transfer reversals", ""),
    "platform_earning": ("Platform earnings", ""),
    "platform_earning_refund": ("Platform earning refunds", ""),
    "connect_collection_transfer": ("Connect collection transfers", ""),
    "contribution": ("Climate contributions", ""),
    "climate_order_purchase": ("Climate order purchases", ""),
    "climate_order_refund": ("Climate order refunds", ""),
    "advance": ("Advances", ""),
    "advance_funding": ("Advance funding", ""),
    "anticipation_repayment": ("Anticipation repayments", ""),
    "financing_payout": ("Financing payouts", ""),
    "financing_payout_reversal": ("Financing payout reversals", ""),
    "financing_paydown": ("Financing paydowns", ""),
    "financing_paydown_reversal": ("Financing paydown reversals", ""),
    "issuing_authorization_hold": ("Issuing authorization holds", ""),
    "issuing_authorization_release": ("Issuing authorization releases", ""),
    "issuing_transaction": ("Issuing transactions", ""),
    "issuing_dispute": ("Issuing disputes", ""),
    "unreconciled_customer_funds": ("Unreconciled customer funds", ""),
}
