# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tax rate → tax. Which tax it is decides the tax report, so it is never guessed."""

from functools import partial
from typing import Any, NamedTuple

from odoo import models
from odoo.fields import Command, Domain

from ...canonical import Hold
from .mappings import Mappings


class Lookup(NamedTuple):
    """``taxes``: those with a percentage of the batch. ``further``: {books of another
    company: the same for those}"""

    taxes: Any
    mappings: Mappings
    further: dict


class TaxRateApplier(models.AbstractModel):
    _name = "q2c.applier.tax_rate"
    _inherit = "q2c.applier"
    _description = "Tax Rate to Tax"

    _target = "account.tax"

    def _lookup(self, batch):
        """The sales taxes with the percentages and the amounts of the batch."""
        connection = batch.connection
        return Lookup(
            self._taxes_in(batch, connection),
            Mappings(connection),
            {
                entity: Lookup(
                    self._taxes_in(batch, entity), Mappings(connection, entity), {}
                )
                for entity in connection.entity_ids
            },
        )

    def _taxes_in(self, batch, books):
        amounts = {_terms(item.document)[1] for item in batch.open_items}
        taxes = batch.env[self._target]
        # Those of a parent company are for its branches as well.
        return taxes.search(
            Domain(taxes._check_company_domain(books.company_id))
            & Domain("type_tax_use", "=", "sale")
            & Domain("amount_type", "in", ("percent", "fixed"))
            & Domain("amount", "in", list(amounts))
        )

    def _apply(self, batch):
        result = super()._apply(batch)
        batch.lookup.mappings.keep()
        self._map_further(batch)
        return result

    def _map_further(self, batch):
        """Which tax it certainly is in the further companies of the connection."""
        for entity, lookup in batch.lookup.further.items():
            for item in batch.items:
                document = item.document
                tax = self._certain(entity, lookup, document)
                if tax and not document.deleted:
                    _put_on_list(lookup.mappings, document, tax)
            lookup.mappings.keep()

    def _certain(self, books, lookup, document):
        """The one tax that fits; of several, the company's default one."""
        fitting = lookup.taxes.filtered(partial(_fits, document))
        preferred = fitting & books.company_id.account_sale_tax_id
        return preferred or (fitting if len(fitting) == 1 else fitting.browse())

    def _match(self, batch, items):
        """A rate that only another company bears is linked to the tax of that one:
        the connection's own company would have to map it."""
        found = self._made_here(batch, items)
        for item in items:
            if mapped := batch.lookup.mappings.target("tax_rate", item.ref.id):
                found[item] = mapped
            places = {batch.connection: batch.lookup}
            if not batch.lookup.taxes.filtered(partial(_fits, item.document)):
                places |= batch.lookup.further
            for books, lookup in places.items():
                tax = self._certain(books, lookup, item.document)
                if tax and item not in found:
                    found[item] = tax
        return found

    def _values(self, batch, item, record):
        """A tax that is there stays as the accountant made it."""
        if record:
            return {}
        document, connection = item.document, batch.connection
        fitting = batch.lookup.taxes.filtered(partial(_fits, document))
        several = len(fitting) > 1
        if several or not connection.create_taxes:
            _put_on_list(batch.lookup.mappings, document)
            raise Hold(
                "tax_not_mapped",
                f"The tax rate {document.name} ({document.id}, "
                f"{_shown(document)}) fits "
                f"{'several sales taxes' if several else 'no sales tax'} of "
                f"{connection.company_id.name}.",
                "Choose its tax under Configuration, Mappings: what waits for it goes "
                "on by itself.",
            )
        return {}

    def _create_records(self, batch, values):
        if not values:
            return
        # sudo: taxes are the accountant's; these follow from the connection's setting
        default = batch.connection.company_id.sudo().account_sale_tax_id
        taxes = batch.of(list(values)).collect(
            lambda item: self._copy(batch, item.document, default)
        )
        records = {item: tax.with_env(batch.env) for item, tax in taxes.items()}
        batch.bind(records, origins=records)

    def _copy(self, batch, document, default):
        """Like the company's default tax, with its accounts and tax group. Where it
        belongs in the tax report is for the accountant to say: not among what bears
        another percentage.

        :raises Hold: ``no_default_tax``
        """
        if not default:
            raise Hold(
                "no_default_tax",
                f"{batch.connection.company_id.name} has no default sales tax to make "
                f"the tax {document.name} from.",
                "Set a default sales tax in the accounting settings, then retry.",
            )
        inclusion = "tax_included" if document.inclusive else "tax_excluded"
        amount_type, amount = _terms(document)
        tax = default.copy(
            {
                "name": f"{document.name} {_shown(document)}",
                "amount_type": amount_type,
                "amount": amount,
                "price_include_override": inclusion,
            }
        )
        tax.repartition_line_ids.tag_ids = [Command.clear()]
        # Not _message_log, which says nothing on a tax that is not in use yet.
        tax.message_post(
            body=self.env._(
                "Created for the tax rate %(rate)s of %(connection)s. Set the tax "
                "grids of its distribution before you file a tax report.",
                rate=document.id,
                connection=batch.connection.name,
            ),
            subtype_xmlid="mail.mt_note",
        )
        return tax

    def _remove(self, batch, item, record):
        """Stripe archives rates that are no longer to be used; old invoices still bear
        the tax."""
        return record


def _terms(document):
    """(amount_type, amount) of its tax."""
    if document.flat_amount is not None:
        return "fixed", float(document.flat_amount)
    return "percent", float(document.percentage)


def _shown(document):
    if document.flat_amount is not None:
        return str(document.flat_amount)
    return f"{document.percentage.normalize():f} %"


def _put_on_list(mappings, document, tax=None):
    kind, amount = _terms(document)
    label = " ".join(filter(None, (document.name, _shown(document), document.country)))
    mappings.seen(
        "tax_rate",
        document.id,
        label,
        target=tax,
        name=document.name,
        amount_type=kind,
        amount=amount,
        country=document.country.upper(),
        inclusive=document.inclusive,
    )


def _fits(document, tax):
    country = tax.country_id.code or ""
    return (
        (tax.amount_type, tax.amount) == _terms(document)
        and bool(tax.price_include) == document.inclusive
        and document.country.upper() in ("", country)
    )
