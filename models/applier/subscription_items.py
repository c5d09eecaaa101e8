# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Items of subscriptions, as they are billed now."""

from odoo.fields import Command

from ...canonical import Ref
from ..commerce.intervals import ONE_TIME
from .subscription_discounts import SubscriptionDiscounts


class SubscriptionItems:
    """Makes the values of the items of all subscriptions of a batch."""

    def __init__(self, batch, items):
        self.batch = batch
        self.env = batch.env
        documents = [item.document for item in items]
        self._links = self._read_links(documents)
        self.discounts = SubscriptionDiscounts(batch, documents)
        start = f"{batch.connection._current_uuid()}:q2c.subscription.item:"
        self._own_ref = start

    def _read_links(self, documents):
        """Tax rates that are linked. They are not waited for: what is not shown here is
        on the invoices anyway."""
        entries = [entry for d in documents for entry in (*d.items, *d.one_time)]
        refs = {Ref("tax_rate", each) for entry in entries for each in entry.tax_rates}
        return self.env["q2c.binding"]._resolve(self.batch.connection, refs)

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def values(self, document):
        """Values of all items of a new subscription.

        :raises Wait: a price is not here yet
        """
        return [
            {
                **self._values(entry),
                "discount_ids": self.discounts.creations(entry.discounts),
            }
            for entry in (*document.items, *document.one_time)
        ]

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
                creations = self.discounts.creations(entry.discounts)
                commands.append(Command.create({**values, "discount_ids": creations}))
                continue
            left.remove(known)
            changed = _changed(known, values)
            if changes := self.discounts.changes(entry.discounts, known.discount_ids):
                changed["discount_ids"] = changes
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
            "unit_amount": (
                float(amount.major) if amount else price._unit_cost(entry.quantity)
            ),
            "tax_ids": [Command.set(self._taxes(entry).ids)],
        }

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
        digits = field.get_digits(item.env)
        if digits:
            return round(item[name] - value, digits[1]) == 0
    return field.convert_to_write(item[name], item) == value
