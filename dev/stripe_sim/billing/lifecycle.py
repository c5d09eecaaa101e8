# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The life of a subscription: first invoice, renewals, end."""

from fractions import Fraction

from stripe_sim.billing import collection
from stripe_sim.billing.charging import decline_error
from stripe_sim.billing.discounts import running, use
from stripe_sim.billing.invoices import (
    announce,
    finalize,
    mark_uncollectible,
    new_invoice,
    take_pending,
    void,
)
from stripe_sim.billing.item_lines import add_item_lines
from stripe_sim.billing.metering import is_metered
from stripe_sim.billing.payment_methods import usable_method
from stripe_sim.billing.periods import add_interval, period_end
from stripe_sim.billing.standing import FIRST_PAYMENT_SECONDS, end, set_status
from stripe_sim.billing.totals import recalculate
from stripe_sim.core import errors

# customer.subscription.trial_will_end comes three days ahead.
_TRIAL_NOTICE = 3 * 86400


def items_of(world, subscription: dict) -> list[dict]:
    ids = subscription["_items"]
    return [world.store.find("subscription_item", each) for each in ids]


def default_method(world, subscription: dict) -> dict | None:
    customer = world.store.find("customer", subscription["customer"])
    return usable_method(world, subscription, customer)


def recurrence(world, subscription: dict) -> tuple[str, int]:
    item = items_of(world, subscription)[0]
    recurring = world.store.find("price", item["price"])["recurring"]
    return recurring["interval"], recurring["interval_count"]


def first_period(world, subscription: dict) -> tuple[int, int]:
    now = world.now()
    if subscription["trial_end"]:
        return now, subscription["trial_end"]
    anchor = subscription["billing_cycle_anchor"]
    return now, period_end(anchor, now, *recurrence(world, subscription))


def set_period(world, subscription: dict, period: tuple[int, int]) -> None:
    for item in items_of(world, subscription):
        item["current_period_start"], item["current_period_end"] = period


def start(world, subscription: dict, behavior: str, prorate: bool) -> None:
    """Invoice the first period, collect, plan the next."""
    period = first_period(world, subscription)
    set_period(world, subscription, period)
    invoice = _draft(world, subscription, "subscription_create", (world.now(),) * 2)
    share = _share(world, subscription, prorate)
    _add_lines(world, subscription, invoice, period, share=share)
    recalculate(world, invoice)
    automatic = subscription["collection_method"] == "charge_automatically"
    if automatic and invoice["amount_due"]:
        subscription["status"] = "incomplete"
    _take_currency(world, subscription)
    world.emit("customer.subscription.created", subscription)
    world.emit("invoice.created", invoice)
    finalize(world, invoice)
    _collect_first(world, subscription, invoice, behavior)
    plan_renewal(world, subscription)
    _plan_trial_notice(world, subscription)


def _take_currency(world, subscription: dict) -> None:
    customer = world.store.find("customer", subscription["customer"])
    with world.changing(customer, "customer.updated"):
        customer["currency"] = customer["currency"] or subscription["currency"]


def _collect_first(world, subscription, invoice, behavior) -> None:
    if behavior != "default_incomplete":
        collection.advance(world, invoice)
    if subscription["status"] == "incomplete":
        world.clock.at(
            world.now() + FIRST_PAYMENT_SECONDS,
            lambda: _expire(world, subscription, invoice),
        )


def _expire(world, subscription: dict, invoice: dict) -> None:
    if subscription["status"] != "incomplete":
        return
    set_status(world, subscription, "incomplete_expired", ended_at=world.now())
    if invoice["status"] == "open":
        void(world, invoice)


def check_can_pay(world, subscription: dict, behavior: str) -> None:
    """Refuse a charge_automatically subscription that nobody could pay."""
    method = default_method(world, subscription)
    if subscription["trial_end"] or behavior == "default_incomplete":
        return
    if method is None:
        raise errors.invalid(
            "This customer has no attached payment source or default payment method."
            " Please consider adding a default payment method. For more information,"
            " visit https://stripe.com/docs/billing/subscriptions/payment-methods-"
            "setting#payment-method-priority.",
            code="resource_missing",
        )
    if behavior == "error_if_incomplete" and method["_decline"]:
        code, reason = method["_decline"]
        raise errors.card_error("Your card was declined.", code, reason)


def _share(world, subscription: dict, prorate: bool):
    """The part of a full period that the first one is charged for."""
    if subscription["trial_end"]:
        return 0
    anchor, now = subscription["billing_cycle_anchor"], world.now()
    if anchor <= now:
        return 1
    interval, count = recurrence(world, subscription)
    whole = anchor - add_interval(anchor, interval, -count)
    return Fraction(anchor - now, whole) if prorate else 0


def _draft(world, subscription, reason, period, auto_advance=True) -> dict:
    customer = world.store.find("customer", subscription["customer"])
    subscription["discounts"] = running(world, subscription["discounts"])
    use(world, subscription["discounts"])
    invoice = new_invoice(
        world,
        customer,
        subscription["currency"],
        auto_advance=auto_advance,
        billing_reason=reason,
        collection_method=subscription["collection_method"],
        default_tax_rates=list(subscription["default_tax_rates"]),
        description=subscription["description"],
        discounts=list(subscription["discounts"]),
        parent=_parent(subscription),
        period_start=period[0],
        period_end=period[1],
        _days_until_due=subscription["days_until_due"],
        _subscription=subscription["id"],
    )
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def _parent(subscription: dict) -> dict:
    return {
        "type": "subscription_details",
        "quote_details": None,
        "subscription_details": {
            "metadata": dict(subscription["metadata"]),
            "subscription": subscription["id"],
        },
    }


def _add_lines(world, subscription, invoice, period, past=None, share=1) -> None:
    items = items_of(world, subscription)
    add_item_lines(world, subscription, invoice, items, period, past, share)
    take_pending(world, invoice)


def plan_renewal(world, subscription: dict) -> None:
    due = items_of(world, subscription)[0]["current_period_end"]
    subscription["_renews_at"] = due

    def work():
        if subscription["_renews_at"] == due:
            renew(world, subscription)

    world.clock.at(due, work)


def _plan_trial_notice(world, subscription: dict) -> None:
    if subscription["status"] != "trialing":
        return
    due = max(subscription["trial_end"] - _TRIAL_NOTICE, world.now())
    event = "customer.subscription.trial_will_end"
    world.clock.at(due, lambda: world.emit(event, subscription))


def plan_cancellation(world, subscription: dict) -> None:
    due = subscription["cancel_at"]

    def work():
        if subscription["cancel_at"] == due and not subscription["ended_at"]:
            end_subscription(world, subscription, "cancellation_requested")

    world.clock.at(due, work)


def renew(world, subscription: dict) -> None:
    """Roll the period and draft its invoice, or end what was to end."""
    if subscription["ended_at"] or subscription["status"] == "incomplete":
        return
    before = items_of(world, subscription)[0]
    past = (before["current_period_start"], before["current_period_end"])
    if _ends_with_trial(world, subscription):
        end_subscription(world, subscription, None)
        return
    if subscription["cancel_at_period_end"]:
        end_subscription(world, subscription, "cancellation_requested")
        _invoice_last_usage(world, subscription, past)
        return
    anchor = subscription["billing_cycle_anchor"]
    interval, count = recurrence(world, subscription)
    period = (past[1], period_end(anchor, past[1], interval, count))
    # An unpaid or paused subscription is invoiced in drafts that stay drafts.
    paused = subscription["pause_collection"]
    advance = subscription["status"] != "unpaid" and not paused
    with world.changing(subscription, "customer.subscription.updated"):
        set_period(world, subscription, period)
        if subscription["status"] == "trialing":
            subscription["status"] = "active"
        invoice = _draft(world, subscription, "subscription_cycle", past, advance)
    _add_lines(world, subscription, invoice, period, past)
    announce(world, invoice)
    if paused:
        _leave_uncollected(world, invoice, paused["behavior"])
    plan_renewal(world, subscription)


def _ends_with_trial(world, subscription: dict) -> bool:
    """Whether nobody can pay once the trial is over, and it was to end then."""
    wish = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    return (
        subscription["status"] == "trialing"
        and wish == "cancel"
        and default_method(world, subscription) is None
    )


def _invoice_last_usage(world, subscription: dict, past: tuple[int, int]) -> None:
    """What was used in the last period is billed after its end."""
    items = [
        item
        for item in items_of(world, subscription)
        if is_metered(world.store.find("price", item["price"]))
    ]
    if items:
        invoice = _draft(world, subscription, "subscription_cycle", past)
        add_item_lines(world, subscription, invoice, items, past, past)
        announce(world, invoice)


def _leave_uncollected(world, invoice: dict, behavior: str) -> None:
    """docs.stripe.com/billing/subscriptions/pause-payment: what becomes of invoices."""
    if behavior != "keep_as_draft":
        finalize(world, invoice)
    if behavior == "void" and invoice["status"] == "open":
        void(world, invoice)
    if behavior == "mark_uncollectible" and invoice["status"] == "open":
        mark_uncollectible(world, invoice)


def plan_resumption(world, subscription: dict) -> None:
    paused = subscription["pause_collection"]

    def work():
        if subscription["pause_collection"] is paused:
            with world.changing(subscription, "customer.subscription.updated"):
                subscription["pause_collection"] = None

    if paused and paused["resumes_at"]:
        world.clock.at(paused["resumes_at"], work)


def end_subscription(world, subscription: dict, reason: str) -> None:
    end(world, subscription, reason)
    for entry in world.store.owned("invoiceitem", subscription["customer"]):
        # What is still pending for it goes onto the customer's next invoice.
        if entry["_subscription"] == subscription["id"] and not entry["invoice"]:
            entry["_subscription"] = None


def invoice_now(world, subscription: dict) -> dict | None:
    """Invoice the pending items of a subscription at once."""
    pending = [
        entry
        for entry in world.store.owned("invoiceitem", subscription["customer"])
        if entry["_subscription"] == subscription["id"] and not entry["invoice"]
    ]
    if not pending:
        return None
    item = items_of(world, subscription)[0]
    period = (item["current_period_start"], world.now())
    with world.changing(subscription, "customer.subscription.updated"):
        invoice = _draft(world, subscription, "subscription_update", period)
    take_pending(world, invoice)
    recalculate(world, invoice)
    world.emit("invoice.created", invoice)
    finalize(world, invoice)
    collection.advance(world, invoice)
    return invoice


def refuse_unpaid(world, invoice: dict | None, behavior: str) -> None:
    """With error_if_incomplete the caller hears of a declined update."""
    if invoice and behavior == "error_if_incomplete" and invoice["status"] == "open":
        raise decline_error(world, collection.open_intent(world, invoice)[1])
