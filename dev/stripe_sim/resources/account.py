# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The account that the key belongs to."""

from stripe_sim.core.types import register
from stripe_sim.wire.routes import route

register("account", "acct")

_NO_REQUIREMENTS = {
    "alternatives": [],
    "current_deadline": None,
    "currently_due": [],
    "disabled_reason": None,
    "errors": [],
    "eventually_due": [],
    "past_due": [],
    "pending_verification": [],
}


@route("GET", "/v1/account")
def retrieve(call):
    settings = call.world.settings
    identifier = call.world.simulation.account_id
    return {
        "id": identifier,
        "object": "account",
        "business_profile": _business_profile(settings.account_name),
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": settings.country,
        "created": 1234567890,
        "default_currency": settings.default_currency,
        "details_submitted": True,
        "email": "billing@example.com",
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{identifier}/external_accounts",
        },
        "future_requirements": dict(_NO_REQUIREMENTS),
        "metadata": {},
        "payouts_enabled": True,
        "requirements": dict(_NO_REQUIREMENTS),
        "settings": _account_settings(settings),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": "standard",
    }


def _business_profile(name: str) -> dict:
    return {
        "annual_revenue": None,
        "estimated_worker_count": None,
        "mcc": None,
        "minority_owned_business_designation": None,
        "name": name,
        "product_description": None,
        "support_address": None,
        "support_email": None,
        "support_phone": None,
        "support_url": None,
        "url": None,
    }


def _schedule(settings) -> dict:
    schedule = {
        "delay_days": settings.available_after_days,
        "interval": settings.payout_interval,
    }
    if settings.payout_interval == "weekly":
        schedule["weekly_anchor"] = settings.payout_weekly_anchor
        schedule["weekly_payout_days"] = [settings.payout_weekly_anchor]
    if settings.payout_interval == "monthly":
        schedule["monthly_anchor"] = settings.payout_monthly_anchor
        schedule["monthly_payout_days"] = [settings.payout_monthly_anchor]
    return schedule


def _account_settings(settings) -> dict:
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {
            "icon": None,
            "logo": None,
            "primary_color": None,
            "secondary_color": None,
        },
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": settings.account_name, "timezone": "Etc/UTC"},
        "invoices": {
            "default_account_tax_ids": None,
            "hosted_payment_method_save": None,
        },
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": _schedule(settings),
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }
