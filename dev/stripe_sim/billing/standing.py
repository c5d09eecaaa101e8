# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a payment, or the lack of one, does to customer and subscription."""

# A subscription whose first invoice is not paid within 23 hours expires.
FIRST_PAYMENT_SECONDS = 23 * 3600


def _subscription(world, invoice: dict) -> dict | None:
    return world.store.find("subscription", invoice["_subscription"])


def set_status(world, subscription: dict, status: str, **given) -> None:
    with world.changing(subscription, "customer.subscription.updated"):
        subscription.update(status=status, **given)


def after_payment(world, invoice: dict) -> None:
    _set_delinquent(world, invoice, False)
    subscription = _subscription(world, invoice)
    if subscription is None:
        return
    if subscription["status"] in ("incomplete", "past_due", "unpaid"):
        if not _other_open(world, invoice, subscription):
            set_status(world, subscription, "active")


def _other_open(world, invoice: dict, subscription: dict) -> bool:
    """Only the newest invoice decides, as Stripe has it for past_due."""
    latest = world.store.find("invoice", subscription["latest_invoice"])
    return latest is not invoice and latest["status"] == "open"


def start_processing(world, invoice: dict) -> None:
    """A first payment that is under way is as good as made, for the time being."""
    subscription = _subscription(world, invoice)
    if subscription is not None and subscription["status"] == "incomplete":
        set_status(world, subscription, "active")


def after_failure(world, invoice: dict, final: bool) -> None:
    _set_delinquent(world, invoice, True)
    subscription = _subscription(world, invoice)
    if subscription is None or subscription["ended_at"]:
        return
    if subscription["status"] == "incomplete":
        return
    outcome = world.settings.after_retries if final else "past_due"
    if outcome == "canceled":
        end(world, subscription, "payment_failed")
    elif subscription["status"] != outcome:
        set_status(world, subscription, outcome)


def fall_behind(world, invoice: dict) -> None:
    subscription = _subscription(world, invoice)
    if subscription is not None and subscription["status"] == "active":
        set_status(world, subscription, "past_due")


def end(world, subscription: dict, reason: str) -> None:
    now = world.now()
    subscription["status"] = "canceled"
    subscription["canceled_at"] = subscription["canceled_at"] or now
    subscription["ended_at"] = now
    subscription["cancellation_details"]["reason"] = reason
    world.emit("customer.subscription.deleted", subscription)


def _set_delinquent(world, invoice: dict, value: bool) -> None:
    customer = world.store.find("customer", invoice["customer"])
    if invoice["collection_method"] == "charge_automatically":
        with world.changing(customer, "customer.updated"):
            customer["delinquent"] = value
