# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Subscription → the mirror of the contract."""

from odoo import models

from ...canonical import Hold, Ref
from ..commerce.subscription import ENDED
from .currencies import Currencies
from .subscription_items import SubscriptionItems
from .subscription_orders import OrderFinder


class SubscriptionApplier(models.AbstractModel):
    _name = "q2c.applier.subscription"
    _inherit = "q2c.applier"
    _description = "Subscription to Subscription"

    _target = "q2c.subscription"

    def _apply(self, batch):
        # sudo: the contract is the provider's, in Odoo nobody has the right to edit it
        return super()._apply(batch.sudo())

    # ------------------------------------------------------------------
    # MATCH
    # ------------------------------------------------------------------

    def _match(self, batch, items):
        """Those that were made here bear the reference of their record. One that was
        copied at the provider bears it as well, but the record is taken then."""
        connection = batch.connection
        found = self._made_here(batch, items)
        taken = batch.env["q2c.binding"]._of_records(
            connection,
            "subscription",
            batch.env[self._target].union(*found.values()),
        )
        return {
            item: record
            for item, record in found.items()
            if record.connection_id == connection and record.id not in taken
        }

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def _values(self, batch, item, record):
        document = item.document
        values = {
            "status": self._status(document, record),
            "collection": document.collection,
            "days_until_due": document.days_until_due or 0,
            "start_date": _day(document.started_at),
            **self._period_values(document),
            "canceled_on": _day(document.canceled_at),
            "ended_on": _day(document.ended_at),
            "trace": document.trace or record.trace,
        }
        return values if record else {**values, **self._new_values(batch, document)}

    def _new_values(self, batch, document):
        """What stays as it is once the record is there."""
        customer = batch.record(Ref("customer", document.customer_id), "res.partner")
        return {
            "company_id": batch.connection.company_id.id,
            "connection_id": batch.connection.id,
            "partner_id": customer.commercial_partner_id.id,
        }

    def _status(self, document, record):
        """There is no way back from the end."""
        if record.status in ENDED and document.status not in ENDED:
            return record.status
        known = dict(record._fields["status"].selection)
        if document.status not in known:
            raise Hold(
                "unknown_status",
                f"The subscription {document.id} has the status {document.status!r}, "
                "which is not known here.",
                "Update the addon Quote to Cash, then retry.",
            )
        return document.status

    def _period_values(self, document):
        starts = [i.period_start for i in document.items if i.period_start]
        ends = [i.period_end for i in document.items if i.period_end]
        end = min(ends, default=None)
        at_period_end = end if document.cancel_at_period_end else None
        return {
            "period_start": _day(min(starts, default=None)),
            "period_end": _day(end),
            "cancel_at": _day(document.cancel_at or at_period_end),
        }

    # ------------------------------------------------------------------
    # CREATE AND UPDATE
    # ------------------------------------------------------------------

    def _changed(self, record, vals, winning):
        """Wherever the contract was made, its state is the provider's."""
        return super()._changed(record, vals, vals)

    def _create_records(self, batch, values):
        codes = [item.document.currency for item in values]
        currencies = Currencies(batch.connection, codes)
        items = SubscriptionItems(batch, values)
        orders = OrderFinder(batch, values)
        complete = batch.of(list(values)).collect(
            lambda item: {
                **values[item],
                **_currency_values(item.document, currencies),
                **orders.values(item.document, items.values(item.document)),
                "discount_ids": items.discounts.creations(item.document.discounts),
            }
        )
        return super()._create_records(batch, complete)

    def _created(self, batch, records):
        subscriptions = batch.env[self._target].union(*records.values())
        batch.env["q2c.status"]._changed_subscriptions(subscriptions)
        foreign = subscriptions.filtered(
            lambda s: (
                s.order_id
                and s.order_id.partner_id.commercial_partner_id != s.partner_id
            )
        )
        foreign._message_log_batch(
            {
                record.id: record.env._(
                    "It names the order %(order)s, but bills %(partner)s instead of "
                    "that order's customer.",
                    order=record.order_id.name,
                    partner=record.partner_id.name,
                )
                for record in foreign
            }
        )

    def _update_records(self, batch, values, existing):
        items = SubscriptionItems(batch, values)
        before = {item: existing[item].status for item in values}
        complete = batch.of(list(values)).collect(
            lambda item: {
                **values[item],
                **items.commands(item.document, existing[item]),
                **_discount_changes(items, item.document, existing[item]),
            }
        )
        result = super()._update_records(batch, complete, existing)
        changed = [
            existing[item].id
            for item in complete
            if existing[item].status != before[item]
        ]
        batch.env["q2c.status"]._changed_subscriptions(
            batch.env[self._target].browse(changed)
        )
        return result


def _discount_changes(items, document, subscription):
    changes = items.discounts.changes(document.discounts, subscription.discount_ids)
    return {"discount_ids": changes} if changes else {}


def _currency_values(document, currencies):
    what = f"The subscription {document.id}"
    return {"currency_id": currencies.get(document.currency, what).id}


def _day(moment):
    """The UTC day of an aware moment."""
    return moment.date() if moment else False
