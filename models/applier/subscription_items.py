# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Items of subscriptions, as they are billed now."""

from odoo.fields import Command

from ...canonical import Ref
from ..commerce.intervals import ONE_TIME


class SubscriptionItems:
    """Makes the values of the items of all subscriptions of a batch."""

    def __init__(self, batch, items):
        self.batch = batch
        self.env = batch.env
        self._links = self._read_links([item.document for item in items])
        start = f"{batch.connection._current_uuid()}:q2c.subscription.item:"
        self._own_ref = start

    def _read_links(self, documents):
        """Coupons and tax rates that are linked. They are not waited for: of coupons
        only percentages are, and what is not shown here is on the invoices anyway."""
        entries = [entry for d in documents for entry in (*d.items, *d.one_time)]
        refs = {Ref("coupon", each) for entry in entries for each in entry.discounts}
        refs |= {Ref("tax_rate", each) for entry in entries for each in entry.tax_rates}
        return self.env["q2c.binding"]._resolve(self.batch.connection, refs)

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def values(self, document):
        """Values of all items of a new subscription.

        :raises Wait: a price is not here yet
        """
        return [self._values(entry) for entry in (*document.items, *document.one_time)]

    def commands(self, document, subscription):
        """{"item_ids": commands} that make the items those of ``document``; empty when
        they are. What is billed once, and was made here, is not told again by the
        provider: it stays.

        :raises Wait: a price is not here yet
        """
        left = list(subscription.item_ids)
        commands = []
        for entry in document.items:
            values = self._values(entry)
            known = self._known(entry, values, left)
            if known is None:
                commands.append(Command.create(values))
                continue
            left.remove(known)
            changed = _changed(known, values)
            if changed:
                commands.append(Command.update(known.id, changed))
        commands += [
            # Kept, as credits for it are still to come, and its order line is billed.
            Command.update(item.id, {"quantity": 0})
            for item in left
            if item.interval != ONE_TIME and item.quantity
        ]
        return {"item_ids": commands} if commands else {}

    def _known(self, entry, values, candidates):
        """The item that is ``entry``: by its id, by our reference, by its price."""
        own_id = entry.odoo_ref.removeprefix(self._own_ref)
        tests = (
            lambda item: item.external_id == entry.id,
            lambda item: not item.external_id and str(item.id) == own_id,
            lambda item: (
                not item.external_id and item.price_id.id == values["price_id"]
            ),
        )
        found = (item for test in tests for item in candidates if test(item))
        return next(found, None)

    def _values(self, entry):
        price = self.batch.record(Ref("price", entry.price_id), "q2c.price")
        amount = entry.unit_amount
        return {
            "external_id": entry.id or False,
            "price_id": price.id,
            "interval": entry.interval or price.interval,
            "interval_count": (
                entry.interval_count if entry.interval else price.interval_count
            ),
            "quantity": float(entry.quantity),
            "unit_amount": float(amount.major) if amount else price.unit_amount,
            "discount": self._discount(entry),
            "tax_ids": [Command.set(self._taxes(entry).ids)],
        }

    def _discount(self, entry):
        """In percent; several coupons apply one after the other."""
        left = 1.0
        for coupon_id in entry.discounts:
            binding = self._links.get(Ref("coupon", coupon_id))
            if binding and binding.res_model == "q2c.coupon":
                coupon = self.env["q2c.coupon"].browse(binding.res_id)
                left *= 1 - coupon.percent_off / 100
        return round(100 * (1 - left), 6)

    def _taxes(self, entry):
        links = (self._links.get(Ref("tax_rate", rate)) for rate in entry.tax_rates)
        return self.env["account.tax"].browse(
            link.res_id for link in links if link and link.res_model == "account.tax"
        )


def _changed(item, values):
    """What of ``values`` differs from the item."""
    return {
        name: value for name, value in values.items() if not _same(item, name, value)
    }


def _same(item, name, value):
    field = item._fields[name]
    if field.type == "many2many":
        return set(item[name].ids) == set(value[0][2])
    if field.type == "float":
        _total, digits = field.get_digits(item.env)
        return round(item[name] - value, digits) == 0
    return field.convert_to_write(item[name], item) == value
