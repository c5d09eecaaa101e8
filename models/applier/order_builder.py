# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The sales orders of a batch of deals: made once, followed until they are
confirmed."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from odoo.fields import Command
from odoo.tools import float_compare

from ...canonical import Failure, Hold, Ref
from ..commerce.intervals import ONE_TIME
from .currencies import Currencies
from .mapped_fields import MappedFields
from .order_total import figure, shown
from .payment_terms import PaymentTerms
from .routing import Routing

QUOTATION = ("draft", "sent")
# What a quotation follows in its head; the rest is the salesperson's once it is there.
FOLLOWED = (
    *("partner_id", "origin", "client_order_ref", "q2c_billing_start"),
    "payment_term_id",
)
# What is agreed on a line, besides its quantity, price and discount.
AGREED = ("product_id", "q2c_interval", "q2c_interval_count")
FIGURES = ("product_uom_qty", "price_unit", "discount")


@dataclass(eq=False, slots=True)
class Deal:
    """``order``: the one made before, or an empty one. ``what``: the deal, for a
    person. ``values``: those of the order's head. ``company``: whose order it is, once
    that is known. ``is_agreed``: the order is to be confirmed, if that is wanted at
    all. ``is_revived``: it was lost and is not any more."""

    item: Any
    order: Any
    what: str
    values: dict
    company: Any = None
    is_agreed: bool = True
    is_revived: bool = False
    lines: list = field(default_factory=list)

    @property
    def document(self):
        return self.item.document

    @property
    def terms(self):
        """Hash of what is agreed."""
        document = self.document
        start = self.values["q2c_billing_start"]
        text = repr((document.customer_id, document.currency, start, document.lines))
        return hashlib.sha256(text.encode()).hexdigest()


class OrderBuilder:
    """Makes the orders of the deals in ``batch``."""

    def __init__(self, batch, routing=None):
        self.batch = batch
        self.env = batch.env
        self.connection = batch.connection
        self.routing = routing or Routing(batch)
        self.currencies = None
        self.pricelists = None
        self.payment_terms = None
        # Of orders, and of their lines.
        self.mapped = None
        self.mapped_lines = None
        self.built = []

    def orders_of(self, leads):
        """{lead: the order that was made from it}; a cancelled one counts: whoever
        cancelled it did not want another."""
        orders = self.env["sale.order"].search(
            [("opportunity_id", "in", leads.ids), ("q2c_trace", "!=", False)],
            order="id desc",
        )
        return {order.opportunity_id: order for order in orders}

    def build(self, deals):
        """Create what is not there, update what is not confirmed, confirm as agreed.

        A deal that cannot become an order fails its item, and leaves none behind.

        :return: {item: order} of the others
        """
        codes = [deal.document.currency for deal in deals if deal.document.currency]
        self.currencies = Currencies(self.connection, codes)
        self.pricelists = self._read_pricelists()
        self._read_mapped([deal.document for deal in deals])
        sound = [deal for deal in deals if self._guard(deal, self._complete)]
        new = [deal for deal in sound if not deal.order]
        known = [deal for deal in sound if deal.order]
        created = self.env["sale.order"].create([self._new_values(d) for d in new])
        for deal, order in zip(new, created, strict=True):
            deal.order = order
        followed = [deal for deal in known if self._guard(deal, self._follow)]
        for deal in followed:
            self._follow_mapped(deal)
        tied = [d for d in new + followed if self._guard(d, self._check_total)]
        self._union(deal for deal in new if deal not in tied).unlink()
        self._confirm(tied)
        self.built = tied
        return {deal.item: deal.order for deal in tied}

    def cancel_quotations(self, orders):
        """The deals of these orders are off."""
        quotations = self.env["sale.order"].union(*orders).filtered(_is_quotation)
        if quotations:
            quotations._action_cancel()

    def _guard(self, deal, step):
        """Whether ``step`` went well; else the item keeps the failure."""
        try:
            step(deal)
        except Failure as failure:
            if deal.item.result:
                self.batch.reconsider(deal.item, failure)
            else:
                deal.item.failure = failure
            return False
        return True

    def _union(self, deals):
        return self.env["sale.order"].union(*(deal.order for deal in deals))

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def _complete(self, deal):
        """:raises Hold: the deal is incomplete"""
        if not deal.document.lines:
            raise Hold(
                "no_lines",
                f"{deal.what} has no products, so there is nothing to order.",
                "Add products to it in the CRM; it is read again by itself.",
            )
        if not deal.values["partner_id"]:
            raise Hold(
                "no_customer",
                f"{deal.what} names no customer, so nobody can be billed.",
                "Give it an account in the CRM; it is read again by itself.",
            )
        # An order stays in the company that it was made in, and goes where its
        # opportunity is.
        lead = self.env["crm.lead"].browse(deal.values["opportunity_id"])
        deal.company = (
            deal.order.company_id
            or lead.company_id
            or self.routing.company(deal.document, deal.what)
        )
        deal.lines = [self._line_values(line) for line in deal.document.lines]
        deal.values["pricelist_id"] = self._pricelist(deal).id
        terms = self.payment_terms.get(deal.document)
        if terms:
            self._check_shared(deal, terms)
            deal.values["payment_term_id"] = terms.id
        said = self.mapped.values(deal.document)
        # What is empty there does not take away what the deal says itself.
        deal.values |= {n: v for n, v in said.items() if v or n not in deal.values}

    def _check_shared(self, deal, terms):
        """:raises Hold: ``not_shared``"""
        if terms.company_id and terms.company_id not in deal.company.parent_ids:
            raise Hold(
                "not_shared",
                f"{deal.what} belongs in {deal.company.name}, but its payment terms "
                f"{terms.name} are those of {terms.company_id.name} alone.",
                "Empty the company of the payment terms, or choose others under "
                "Configuration, Mappings; then retry.",
            )

    def _new_values(self, deal):
        position = self.routing.target("fiscal_position_id", deal.document)
        return {
            **deal.values,
            **({"fiscal_position_id": position.id} if position else {}),
            "company_id": deal.company.id,
            "q2c_terms": deal.terms,
            "order_line": [Command.create(values) for values in deal.lines],
        }

    def _line_values(self, line):
        product = self.batch.record(Ref("product", line.product_id), "product.product")
        price = float(line.unit_price.major)
        values = {
            "q2c_external_id": line.id,
            "product_id": product.id,
            "name": line.name or product.display_name,
            "product_uom_qty": float(line.quantity),
            "price_unit": price,
            # Unlike the price: for Odoo it was entered by hand then, and is kept when
            # somebody changes the quantity.
            "technical_price_unit": 0.0 if price else 1.0,
            "discount": float(line.discount),
            **self.mapped_lines.values(line),
        }
        if line.interval:
            values.update(q2c_interval=line.interval, q2c_interval_count=1)
        else:
            values.update(
                q2c_interval=product.q2c_interval or ONE_TIME,
                q2c_interval_count=product.q2c_interval_count or 1,
            )
        return values

    # ------------------------------------------------------------------
    # CURRENCY
    # ------------------------------------------------------------------

    def _read_pricelists(self):
        """{(company, currency): pricelists}; those that all companies share are under
        an empty company."""
        served = self.connection._served_companies()
        found = self.env["product.pricelist"].search(
            [
                ("company_id", "in", [False, *served.ids]),
                ("q2c_is_book", "=", False),
            ],
        )
        return found.grouped(lambda each: (each.company_id, each.currency_id))

    def _currency(self, deal):
        """That of the deal; where the CRM knows but one, its connection's company's.

        :raises Hold: Odoo does not have it, or not in use
        """
        own = self.connection.company_id.currency_id
        code = deal.document.currency
        return self.currencies.get(code, deal.what) if code else own

    def _pricelist(self, deal):
        """One in the currency of the deal; none for the company's own."""
        company = deal.company
        currency = self._currency(deal)
        if currency == company.currency_id:
            return self.env["product.pricelist"]
        everyone = self.env["res.company"]
        known = [self.pricelists.get((c, currency)) for c in (company, everyone)]
        if not any(known):
            # sudo: it only carries the currency; prices are those of the deal
            pricelists = self.env["product.pricelist"].sudo()
            created = pricelists.create(
                {
                    "name": f"{self.connection.name} {currency.name}",
                    "currency_id": currency.id,
                    "company_id": company.id,
                }
            )
            known = [created.with_env(self.env)]
            self.pricelists[company, currency] = known[0]
        return next(filter(None, known))[:1]

    # ------------------------------------------------------------------
    # FOLLOW
    # ------------------------------------------------------------------

    def _follow(self, deal):
        """:raises Hold: what was confirmed is agreed otherwise now"""
        order = deal.order
        if order.state == "cancel" and deal.is_revived:
            order.action_draft()
        if order.state == "cancel" or order.q2c_terms == deal.terms:
            # What was changed here since is nobody else's business.
            self._follow_head(deal)
            return
        changes = self._line_changes(deal)
        if order.state == "sale":
            self._check_as_agreed(deal, changes)
        elif changes:
            order.order_line = changes
        self._follow_head(deal)
        order.q2c_terms = deal.terms

    def _follow_head(self, deal):
        order = deal.order
        if not _is_quotation(order):
            return
        changed = {name: deal.values[name] for name in self._head_changes(deal)}
        if "partner_id" in changed or self._currency(deal) != order.currency_id:
            # Another customer may have another pricelist, and with it currency.
            changed["pricelist_id"] = deal.values["pricelist_id"]
        if changed:
            order.write(changed)

    def _head_changes(self, deal):
        order = deal.order
        return [
            name
            for name in FOLLOWED
            if name in deal.values
            and order._fields[name].convert_to_write(order[name], order)
            != deal.values[name]
        ]

    def _line_changes(self, deal):
        """Commands that make the order's lines those of the deal, whole lines each: a
        quantity alone would have Odoo look the price up. Lines that were added here
        stay."""
        lines = deal.order.order_line.filtered("q2c_external_id")
        known = {line.q2c_external_id: line for line in lines}
        wanted = {values["q2c_external_id"]: values for values in deal.lines}
        return [
            *(
                Command.update(known[key].id, values)
                for key, values in wanted.items()
                if key in known and _differs(known[key], values)
            ),
            *(Command.create(wanted[key]) for key in wanted if key not in known),
            *(Command.delete(known[key].id) for key in known if key not in wanted),
        ]

    def _check_as_agreed(self, deal, changes):
        """:raises Hold: ``order_confirmed``"""
        order = deal.order
        customer = self.env["res.partner"].browse(deal.values["partner_id"])
        buyer = order.partner_id.commercial_partner_id
        if (
            changes
            or order.q2c_billing_start != deal.values["q2c_billing_start"]
            or buyer != customer.commercial_partner_id
        ):
            raise Hold(
                "order_confirmed",
                f"{deal.what} was changed after its order {order.name} was confirmed.",
                f"Change {order.name} and its subscription by hand, or take the change "
                "back in the CRM; then retry or skip.",
            )

    # ------------------------------------------------------------------
    # CONTRACT AND MAPPED FIELDS
    # ------------------------------------------------------------------

    def _read_mapped(self, documents):
        self.payment_terms = PaymentTerms(self.connection, documents)
        self.mapped = MappedFields(self.batch, "order_field", "sale.order", documents)
        self.mapped_lines = MappedFields(
            self.batch,
            "order_field",
            "sale.order.line",
            (line for document in documents for line in document.lines),
        )

    def _follow_mapped(self, deal):
        """They are no part of what is agreed, so they follow when it is confirmed."""
        if deal.order.state == "cancel":
            return
        under = {"q2c_contract_id": deal.values["q2c_contract_id"]}
        _write_differing(deal.order, under | self.mapped.values(deal.document))
        lines = {line.q2c_external_id: line for line in deal.order.order_line}
        for line in deal.document.lines:
            if line.id in lines:
                _write_differing(lines[line.id], self.mapped_lines.values(line))

    def report_mapped(self):
        """Tell what of the mapped fields did not fit, once the items are linked."""
        about = {deal.item.ref: (deal.order, deal.document) for deal in self.built}
        self.mapped.report_of({ref: (o, [d]) for ref, (o, d) in about.items()})
        self.mapped_lines.report_of(
            {ref: (order, document.lines) for ref, (order, document) in about.items()}
        )

    # ------------------------------------------------------------------
    # CHECK AND CONFIRM
    # ------------------------------------------------------------------

    def _check_total(self, deal):
        """:raises Hold: the order comes to something else than the deal"""
        order = deal.order
        if not _is_quotation(order):
            return
        lowest, highest = shown(deal.document.lines, order.currency_id)
        found = figure(order)
        if lowest <= found <= highest:
            return
        raise Hold(
            "order_total_mismatch",
            f"{deal.what} comes to {highest} {order.currency_id.name}, but its order "
            f"would come to {found}.",
            "Give the decimal accuracies Product Unit and Discount as many digits as "
            "the CRM has, round taxes per line, and take off lines that were added "
            "here; then retry.",
        )

    def _confirm(self, deals):
        if self.connection.order_confirmation != "confirm":
            return
        agreed = self._union(deal for deal in deals if deal.is_agreed)
        quotations = agreed.filtered(_is_quotation)
        if quotations:
            quotations.action_confirm()


def _is_quotation(order):
    return order.state in QUOTATION


def _write_differing(record, values):
    changed = {
        name: value
        for name, value in values.items()
        if record._fields[name].convert_to_write(record[name], record) != value
    }
    if changed:
        record.write(changed)


def _differs(line, values):
    """Whether something else is agreed on a line; its text is not."""
    for name in FIGURES:
        digits = line._fields[name].get_digits(line.env) or (16, 6)
        if float_compare(line[name], values[name], precision_digits=digits[1]):
            return True
    return any(
        line._fields[name].convert_to_write(line[name], line) != values[name]
        for name in AGREED
    )
