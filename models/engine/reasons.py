# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The reason codes of failures and outcomes: how they are called, and which of them are
more than a hold."""

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...canonical import Hold, Retry

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Reason:
    """``label``: for people, translatable. ``category``, ``severity``: values of the
    fields of q2c.exception. ``is_refusal``: it is the credentials that are refused or
    not there, so it concerns the connection and no record. ``is_patient``: nothing was
    tried, so it may wait for ever."""

    label: object
    category: str = "hold"
    severity: str = "warning"
    is_refusal: bool = False
    is_patient: bool = False


def _refusal(label):
    return Reason(label, severity="critical", is_refusal=True)


REASONS = {
    # Posting
    "no_rounding_account": Reason(_lt("No account for rounding differences")),
    "draft_refused": Reason(_lt("Draft not posted"), "difference"),
    "period_moved": Reason(_lt("Booked on the first open day"), severity="info"),
    # Further companies of a connection
    "company_not_served": Reason(_lt("Company not served by the connection")),
    "entity_incomplete": Reason(_lt("Further company not set up")),
    "no_company_access": Reason(_lt("Service user lacks a company")),
    "not_shared": Reason(_lt("Of another company")),
    "not_across_companies": Reason(_lt("Not booked across companies")),
    # What became of a row without anybody's doing
    "busy": Reason(_lt("Being worked on")),
    "by_user": Reason(_lt("Set aside by a person")),
    "exists": Reason(_lt("Exists there already")),
    "ignored": Reason(_lt("Nothing to do")),
    "record_deleted": Reason(_lt("Record deleted here")),
    "superseded": Reason(_lt("Overtaken by a newer one")),
    "unchanged": Reason(_lt("Nothing new")),
    # The program and the connection
    "error": Reason(_lt("Program error"), severity="critical"),
    "dependency": Reason(_lt("Waits for another object")),
    "refused": Reason(_lt("Refused")),
    "missing": Reason(_lt("Gone at the provider")),
    "malformed": Reason(_lt("Unreadable message")),
    "unexpected_answer": Reason(_lt("Unexpected answer")),
    "environment_mismatch": Reason(_lt("Live data on a test connection")),
    "live_key": _refusal(_lt("Live key on a test connection")),
    "account_inactive": Reason(_lt("Account not active yet"), severity="critical"),
    "address_refused": _refusal(_lt("Address of this server refused")),
    "api_disabled": _refusal(_lt("API access is off")),
    "api_budget": Reason(
        _lt("Saved for later: few calls left"), severity="info", is_patient=True
    ),
    "api_limit": Reason(_lt("Daily API allocation used up")),
    "api_version": Reason(_lt("API version not supported"), severity="critical"),
    "app_not_approved": _refusal(_lt("App not approved")),
    "assertion_refused": _refusal(_lt("Signed sign-in refused")),
    "breaker_open": Reason(_lt("Provider is out of reach"), is_patient=True),
    "client_refused": _refusal(_lt("Consumer key or secret refused")),
    "event_limit": Reason(_lt("Daily event allocation used up")),
    "flow_disabled": _refusal(_lt("Way of signing in is off")),
    "insufficient_access": Reason(_lt("Rights missing there"), severity="critical"),
    "invalid_key": _refusal(_lt("API key refused")),
    "invalid_private_key": _refusal(_lt("Private key unusable")),
    "library_missing": Reason(_lt("Python packages missing"), severity="critical"),
    "my_domain_required": _refusal(_lt("Login host is not the org's own")),
    "no_run_as_user": _refusal(_lt("No user to run as")),
    "org_inactive": _refusal(_lt("Org is not active")),
    "rate_limited": Reason(_lt("Too many requests")),
    "record_locked": Reason(_lt("Locked there by another change")),
    "secret_missing": _refusal(_lt("Credential missing")),
    "secret_unreadable": _refusal(_lt("Credential unreadable")),
    "session_refused": _refusal(_lt("Session refused")),
    "signed_out": _refusal(_lt("Signed out there")),
    "sign_in_refused": _refusal(_lt("Sign-in refused")),
    "unavailable": Reason(_lt("Provider unavailable")),
    "unknown_client": _refusal(_lt("Consumer key unknown")),
    "unknown_topic": Reason(_lt("Topic not known there"), severity="critical"),
    "unreachable": Reason(_lt("Provider unreachable")),
    "user_inactive": _refusal(_lt("Integration user not active")),
    "wrong_login_host": _refusal(_lt("Wrong login host")),
    # Parties and deals
    "approval_lock": Reason(_lt("Locked for approval there")),
    "automation_failed": Reason(_lt("An automation there failed")),
    "duplicate_rule": Reason(_lt("Taken for a duplicate there"), "duplicate"),
    "duplicate_value": Reason(_lt("Value in use there"), "duplicate"),
    "match_review": Reason(_lt("Match to review"), "duplicate"),
    "merge_needs_approval": Reason(_lt("Merge needs approval"), "duplicate"),
    "ownership_conflict": Reason(_lt("Values differ"), "conflict", "info"),
    "possible_duplicate": Reason(_lt("Possible duplicate"), "duplicate"),
    "ordered_already": Reason(_lt("Ordered already"), "duplicate"),
    "order_confirmed": Reason(_lt("Order is confirmed already")),
    "order_total_mismatch": Reason(_lt("Order total differs"), "difference"),
    "partner_has_user": Reason(_lt("Contact is a user")),
    "value_unfit": Reason(_lt("Value does not fit its field"), severity="info"),
    "validation_rule": Reason(_lt("Refused by a rule there")),
    # Prices and subscriptions
    "amount_too_fine": Reason(_lt("Amount too fine for its currency")),
    "coupon_expired": Reason(_lt("Coupon expired")),
    "discount_too_fine": Reason(_lt("Discount too fine")),
    "fixed_amount_coupon": Reason(_lt("Coupon of a fixed amount")),
    "flat_tax": Reason(_lt("Tax is not a percentage")),
    "no_payment_method": Reason(_lt("No payment method")),
    "payment_declined": Reason(_lt("Payment declined"), "payment"),
    "price_not_flat": Reason(_lt("Price is not flat")),
    "unknown_billing_interval": Reason(_lt("Billing interval unknown")),
    # Configuration of the books
    "currency_inactive": Reason(_lt("Currency not active")),
    "currency_missing": Reason(_lt("Currency not here")),
    "no_bad_debt_account": Reason(_lt("No account for bad debt")),
    "no_category_account": Reason(_lt("Category without an account")),
    "no_chargeback_account": Reason(_lt("No account for lost disputes")),
    "no_clearing_account": Reason(_lt("No clearing account")),
    "no_credit_account": Reason(_lt("No customer credit account")),
    "no_dispute_account": Reason(_lt("No account for disputed funds")),
    "no_exchange_account": Reason(_lt("No exchange difference account")),
    "no_fee_account": Reason(_lt("No fee account")),
    "no_income_account": Reason(_lt("No income account")),
    "no_journal": Reason(_lt("No journal")),
    "no_sold_credit_account": Reason(_lt("No account for sold credits")),
    "no_transit_account": Reason(_lt("No bank-in-transit account")),
    "rate_missing": Reason(_lt("No exchange rate")),
    "tax_not_mapped": Reason(_lt("Tax not mapped")),
    "tax_not_percent": Reason(_lt("Tax here is no percentage")),
    "tax_unusable": Reason(_lt("Tax cannot be used")),
    # The books
    "billing_credits": Reason(_lt("Sold credits to decide about"), "difference"),
    "unknown_billing_credits": Reason(_lt("Kind of credits unknown")),
    "already_credited": Reason(_lt("Credited already"), "difference"),
    "booked_but_deleted": Reason(_lt("Booked here, deleted there"), "difference"),
    "intercompany_difference": Reason(_lt("Companies disagree"), "difference"),
    "clearing_unexplained": Reason(_lt("Clearing account unexplained"), "difference"),
    "credit_mismatch": Reason(_lt("Credit differs from invoice"), "difference"),
    "dispute_credit_proposed": Reason(_lt("Lost dispute to decide"), "dispute"),
    "dispute_credit_stands": Reason(_lt("Credit note of a won dispute"), "dispute"),
    "dispute_difference": Reason(_lt("Dispute does not tie out"), "dispute"),
    "does_not_tie_out": Reason(_lt("Does not tie out"), "difference", "critical"),
    "incomplete_credit": Reason(_lt("Credit note incomplete"), "difference"),
    "incomplete_list": Reason(_lt("Lines incomplete"), "difference"),
    "line_total_mismatch": Reason(_lt("Lines and total differ"), "difference"),
    "net_mismatch": Reason(_lt("Fee and net differ"), "difference"),
    "no_customer": Reason(_lt("Payment of nobody"), "payment"),
    "no_payment": Reason(_lt("Refund of no payment"), "refund"),
    "overpaid": Reason(_lt("Money left over"), "payment"),
    "payment_changed": Reason(_lt("Payment changed afterwards"), "difference"),
    "refund_changed": Reason(_lt("Refund changed afterwards"), "difference"),
    "refund_on_account": Reason(_lt("Refund of no invoice"), "refund"),
    "refund_without_credit_note": Reason(_lt("Refund without a credit note"), "refund"),
    "payout_amount_differs": Reason(_lt("Payout differs"), "payout", "critical"),
    "payout_changed": Reason(_lt("Payout changed afterwards"), "payout"),
    "payout_currencies": Reason(_lt("Payout in several currencies"), "payout"),
    "payout_does_not_tie_out": Reason(
        _lt("Payout does not tie out"), "payout", "critical"
    ),
    "payout_return_differs": Reason(_lt("Returned payout differs"), "payout"),
    "payout_step": Reason(_lt("Payout out of step"), "payout"),
    "period_locked": Reason(_lt("Period is closed")),
    "transaction_changed": Reason(_lt("Balance changed afterwards"), "difference"),
    "void_after_credit": Reason(_lt("Voided after a credit note"), "difference"),
    "void_after_settlement": Reason(_lt("Voided after it was used"), "difference"),
    # Control
    "missing_in_inbox": Reason(_lt("Never came in"), "difference"),
    "not_applied": Reason(_lt("Came in, but is not in Odoo"), "difference"),
    "left_as_draft": Reason(_lt("Left as a draft"), "difference", "info"),
    "amount_differs": Reason(_lt("Amount differs"), "difference"),
    "not_at_provider": Reason(_lt("Not known to the provider"), "difference"),
    "not_understood": Reason(_lt("Not understood"), "difference"),
    "endpoint_missing": Reason(_lt("No webhook endpoint"), severity="critical"),
    "endpoint_address": Reason(_lt("Endpoint sends elsewhere"), severity="critical"),
    "endpoint_disabled": Reason(_lt("Endpoint disabled"), severity="critical"),
    "endpoint_version": Reason(_lt("Endpoint of another version")),
    "endpoint_types": Reason(_lt("Endpoint lacks event types")),
}


def reason_of(code):
    """What is known of ``code``; an unknown one is called by its own words."""
    return REASONS.get(code) or Reason((code or "").replace("_", " ").capitalize())


def is_refusal(failure):
    """Whether it is the connection's credentials that the provider does not accept:
    nothing is worth asking until a person has entered others."""
    return isinstance(failure, Hold) and reason_of(failure.code).is_refusal


def is_patient(failure):
    """Whether nothing was asked of the provider, so that it says nothing about it."""
    return reason_of(getattr(failure, "code", "")).is_patient


def concerns_all(answer):
    """Whether what came instead of an object says that no other can be had either."""
    return isinstance(answer, Retry) or is_refusal(answer)


def label_of(env, code):
    """How ``code`` is called in the language of ``env``."""
    label = reason_of(code).label
    return label if isinstance(label, str) else label._translate(env.lang or "en_US")


class Reasoned(models.AbstractModel):
    """Rows with a reason code, which is shown, searched and grouped by as what it is
    called."""

    _name = "q2c.reasoned"
    _description = "Row With a Reason"

    # Name of the field that holds the code.
    _reason_field = "reason"

    reason_label = fields.Char(
        string="Reason",
        compute="_compute_reason_label",
        search="_search_reason_label",
    )

    @api.depends(lambda self: [self._reason_field])
    @api.depends_context("lang")
    def _compute_reason_label(self):
        for row in self:
            code = row[self._reason_field]
            row.reason_label = label_of(self.env, code) if code else ""

    def _search_reason_label(self, operator, value):
        if operator != "ilike":
            return NotImplemented
        wanted = str(value).lower()
        codes = [code for code in REASONS if wanted in label_of(self.env, code).lower()]
        words = Domain(self._reason_field, "ilike", wanted.replace(" ", "_"))
        return Domain(self._reason_field, "in", codes) | words

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        if groupby_spec != self._reason_field:
            return super()._web_read_group_groupby_formatter(groupby_spec, values)
        return lambda code: (
            code and label_of(self.env, code),
            [(self._reason_field, "=", code)],
        )
