# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The sales orders of a batch of deals: made once, followed until they are
confirmed."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from odoo.fields import Command

from ...canonical import Failure, Hold, Ref
from ..commerce.intervals import ONE_TIME
from .currencies import Currencies

HUNDRED = Decimal(100)


@dataclass(eq=False, slots=True)
class Deal:
    """``order``: the one made before, or None. ``what``: the deal, for a person.
    ``values``: those of the order's head."""

    item: Any
    order: Any
    what: str
    values: dict
    lines: list = field(default_factory=list)

    @property
    def document(self):
        return self.item.document


class OrderBuilder:
    def __init__(self, batch):
        self.batch = batch
        self.env = batch.env
        self.connection = batch.connection

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

        A deal that cannot become an order fails its item.

        :return: {item: order} of the others
        """
        codes = [deal.document.currency for deal in deals if deal.document.currency]
        self.currencies = Currencies(self.connection, codes)
        self.pricelists = self._read_pricelists()
        sound = [deal for deal in deals if self._guard(deal, self._complete)]
        new = [deal for deal in sound if not deal.order]
        known = [deal for deal in sound if deal.order]
        created = self.env["sale.order"].create([deal.values for deal in new])
        for deal, order in zip(new, created, strict=True):
            deal.order = order
        known = [deal for deal in known if self._guard(deal, self._follow)]
        checked = [deal for deal in new + known if self._guard(deal, self._check_total)]
        self._confirm(checked)
        return {deal.item: deal.order for deal in checked}

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
        deal.lines = [self._line_values(line) for line in deal.document.lines]
        if deal.order:
            return
        deal.values.update(
            company_id=self.connection.company_id.id,
            pricelist_id=self._pricelist(deal).id,
            order_line=[Command.create(values) for values in deal.lines],
        )

    def _line_values(self, line):
        product = self.batch.record(Ref("product", line.product_id), "product.product")
        values = {
            "q2c_external_id": line.id,
            "product_id": product.id,
            "name": line.name or product.display_name,
            "product_uom_qty": float(line.quantity),
            "price_unit": float(line.unit_price.major),
            "discount": float(line.discount),
        }
        if line.interval:
            values.update(q2c_interval=line.interval, q2c_interval_count=1)
        else:
            values.update(
                q2c_interval=product.q2c_interval or ONE_TIME,
                q2c_interval_count=product.q2c_interval_count or 1,
            )
        return values

    def _read_pricelists(self):
        found = self.env["product.pricelist"].search(
            [("company_id", "in", [False, self.connection.company_id.id])],
        )
        return found.grouped("currency_id")

    def _pricelist(self, deal):
        """One in the currency of the deal; none for the company's own."""
        company = self.connection.company_id
        code = deal.document.currency or company.currency_id.name
        currency = (
            self.currencies.get(code, deal.what)
            if deal.document.currency
            else (company.currency_id)
        )
        if currency == company.currency_id:
            return self.env["product.pricelist"]
        if currency not in self.pricelists:
            # sudo: it only carries the currency; prices are those of the deal
            self.pricelists[currency] = (
                self.env["product.pricelist"]
                .sudo()
                .create(
                    {
                        "name": f"{self.connection.name} {currency.name}",
                        "currency_id": currency.id,
                        "company_id": company.id,
                    }
                )
                .with_env(self.env)
            )
        return self.pricelists[currency][:1]

    # ------------------------------------------------------------------
    # FOLLOW AND CHECK
    # ------------------------------------------------------------------

    def _follow(self, deal):
        """:raises Hold: what was confirmed is agreed otherwise now"""
        order = deal.order
        known = {
            line.q2c_external_id: line
            for line in order.order_line
            if line.q2c_external_id
        }
        wanted = {values["q2c_external_id"]: values for values in deal.lines}
        changes = [
            Command.update(known[key].id, values)
            for key, values in wanted.items()
            if key in known and _differs(known[key], values)
        ]
        changes += [
            Command.create(values) for key, values in wanted.items() if key not in known
        ]
        changes += [
            Command.delete(line.id) for key, line in known.items() if key not in wanted
        ]
        if not changes or order.state == "cancel":
            return
        if order.state == "sale":
            raise Hold(
                "order_confirmed",
                f"{deal.what} was changed after its order {order.name} was confirmed.",
                f"Change {order.name} and its subscription by hand, or take the change "
                "back in the CRM; then retry or skip.",
            )
        order.order_line = changes

    def _check_total(self, deal):
        """:raises Hold: the order comes to something else than the deal"""
        order = deal.order
        if order.state == "cancel":
            return
        currency = order.currency_id
        step = Decimal(repr(currency.rounding))
        expected = sum(_rounded(_amount(line), step) for line in deal.document.lines)
        lines = order.order_line.filtered("q2c_external_id")
        found = sum(_rounded(Decimal(repr(_shown(line))), step) for line in lines)
        # A half cent may be rounded either way, line by line.
        if abs(expected - found) <= step * len(deal.document.lines):
            return
        raise Hold(
            "order_total_mismatch",
            f"{deal.what} comes to {expected} {currency.name}, but its order "
            f"{order.name} to {found}.",
            "Give the decimal accuracies Product Price, Product Unit and Discount as "
            "many digits as the CRM has; then retry.",
        )

    def _confirm(self, deals):
        if self.connection.order_confirmation != "confirm":
            return
        orders = self.env["sale.order"].union(*(deal.order for deal in deals))
        open_orders = orders.filtered(lambda order: order.state in ("draft", "sent"))
        if open_orders:
            open_orders.action_confirm()


def _amount(line):
    """What a line of the deal comes to, exactly."""
    return line.quantity * line.unit_price.major * (1 - line.discount / HUNDRED)


def _shown(line):
    """What a line of the order comes to in the terms of its price."""
    inclusive = line.tax_ids and all(line.tax_ids.mapped("price_include"))
    return line.price_total if inclusive else line.price_subtotal


def _rounded(amount, step):
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def _differs(line, values):
    for name, value in values.items():
        current = line._fields[name].convert_to_write(line[name], line)
        if isinstance(value, float):
            if abs(current - value) > 1e-9:
                return True
        elif name != "name" and current != value:
            return True
    return False
