# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Discounts of subscriptions, as they are at work now."""

from odoo.fields import Command

from ...canonical import Ref


class SubscriptionDiscounts:
    """Makes the values of the discounts of all subscriptions of a batch, and of their
    items."""

    def __init__(self, batch, documents):
        owners = [owner for d in documents for owner in (d, *d.items, *d.one_time)]
        refs = {
            Ref("coupon", discount.coupon_id)
            for owner in owners
            for discount in owner.discounts
        }
        self._links = batch.env["q2c.binding"]._resolve(batch.connection, refs)

    def values(self, discounts):
        """Values of q2c.subscription.discount. Coupons are not waited for: one that was
        deleted goes on where it was granted, but can no longer be read; what it takes
        off is on the invoices."""
        found = []
        for place, discount in enumerate(discounts):
            link = self._links.get(Ref("coupon", discount.coupon_id))
            if link and link.res_model == "q2c.coupon":
                found.append(
                    {
                        "sequence": place,
                        "coupon_id": link.res_id,
                        "promotion_code": discount.promotion_code or False,
                        "starts_on": _day(discount.starts_at),
                        "ends_on": _day(discount.ends_at),
                    }
                )
        return found

    def creations(self, discounts):
        return [Command.create(values) for values in self.values(discounts)]

    def changes(self, discounts, records):
        """Commands that make ``records`` those of ``discounts``; none when they are."""
        wanted = self.values(discounts)
        if [_values_of(record) for record in records] == wanted:
            return []
        return [Command.clear(), *(Command.create(values) for values in wanted)]


def _values_of(record):
    return {
        "sequence": record.sequence,
        "coupon_id": record.coupon_id.id,
        "promotion_code": record.promotion_code,
        "starts_on": record.starts_on,
        "ends_on": record.ends_on,
    }


def _day(moment):
    """The UTC day of an aware moment."""
    return moment.date() if moment else False
