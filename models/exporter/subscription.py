# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timezone
from decimal import Decimal

from odoo import models

from ...canonical import Discount, Subscription, SubscriptionItem, UnitAmount
from ..commerce.intervals import ONE_TIME


class SubscriptionExporter(models.AbstractModel):
    _name = "q2c.exporter.subscription"
    _inherit = "q2c.exporter"
    _description = "Subscription to Subscription"

    _kind = "subscription"

    def _document(self, connection, record):
        ids = self._needed_ids(connection, record)
        recurring = record.item_ids.filtered(lambda item: item.interval != ONE_TIME)
        opportunity = record.order_id.opportunity_id
        start = record.start_date
        return Subscription(
            **{**self._common(connection, record), "trace": record.trace or ""},
            customer_id=ids[record.partner_id],
            currency=record.currency_id.name,
            items=tuple(self._item(connection, item, ids) for item in recurring),
            one_time=tuple(
                self._item(connection, item, ids)
                for item in record.item_ids - recurring
            ),
            collection=record.collection,
            days_until_due=(
                record.days_until_due if record.collection == "send_invoice" else None
            ),
            automatic_tax=connection.automatic_tax,
            started_at=start and datetime.combine(start, time(), timezone.utc) or None,
            opportunity_id=self._opportunity_id(opportunity),
            order_name=record.order_id.name or "",
        )

    def _needed_ids(self, connection, subscription):
        """{record: the provider's id} of all that the subscription refers to.

        :raises Wait: until those that are missing, all ordered at once, are created
        """
        items = subscription.item_ids
        needed = {
            "customer": subscription.partner_id,
            "price": items.price_id,
            "coupon": items.discount_ids.coupon_id,
        }
        if not connection.automatic_tax:
            needed["tax_rate"] = items.tax_ids
        ids = {}
        for kind, records in needed.items():
            ids.update(self._known_ids(connection, kind, records))
        self._require(
            connection,
            {
                kind: records.filtered(lambda record: record not in ids)
                for kind, records in needed.items()
            },
        )
        return ids

    def _item(self, connection, item, ids):
        rates = () if connection.automatic_tax else item.tax_ids
        return SubscriptionItem(
            price_id=ids[item.price_id],
            # Quantities in Odoo have a fixed number of decimals.
            quantity=Decimal(repr(round(item.quantity, 6))).normalize(),
            unit_amount=UnitAmount.of_major(
                Decimal(repr(item.unit_amount)), item.currency_id.name
            ),
            interval=item.interval,
            interval_count=item.interval_count,
            discounts=tuple(
                Discount(coupon_id=ids[discount.coupon_id])
                for discount in item.discount_ids
            ),
            tax_rates=tuple(ids[tax] for tax in rates),
            odoo_ref=connection._odoo_ref(item),
        )

    def _opportunity_id(self, lead):
        """The CRM's id of the opportunity, where it came from there."""
        bindings = self.env["q2c.binding"].sudo()  # links are the engine's own
        found = bindings.search(
            [
                ("kind", "=", "opportunity"),
                ("res_model", "=", lead._name),
                ("res_id", "in", lead.ids),
            ],
            limit=1,
        )
        return found.external_id or ""
