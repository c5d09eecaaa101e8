# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

# After all that people have made, so that none of them is found before theirs.
SEQUENCE = 100


class PriceListApplier(models.AbstractModel):
    """A price book is one pricelist for each currency: the book is linked to the first,
    the others follow it."""

    _name = "q2c.applier.price_list"
    _inherit = "q2c.applier"
    _description = "Price List to Pricelist"

    _target = "product.pricelist"

    def _apply(self, batch):
        # sudo: lists follow from the books, whose prices are for others to change
        return super()._apply(batch.sudo())

    def _match(self, batch, items):
        found = self._made_here(batch, items)
        standard = batch.env[self._target]._q2c_standard_book(
            batch.connection.company_id
        )
        if standard:
            found.update({i: standard for i in items if i.document.standard})
        return found

    def _values(self, batch, item, record):
        document, company = item.document, batch.connection.company_id
        values = {"name": document.name, "active": document.active}
        if not record:
            values.update(
                company_id=company.id,
                currency_id=company.currency_id.id,
                sequence=SEQUENCE,
                q2c_is_standard=document.standard,
                q2c_is_book=True,
            )
        return values

    def _updated(self, batch, records):
        """The lists in further currencies are called and archived as the first is."""
        model = batch.env[self._target].with_context(active_test=False)
        further = model.search(
            [("q2c_main_id", "in", [r.id for r in records.values()])]
        )
        for pricelist in further:
            main = pricelist.q2c_main_id
            changed = self._changed(
                pricelist,
                {"name": main.name, "active": main.active},
                ("name", "active"),
            )
            if changed:
                pricelist.write(changed)
