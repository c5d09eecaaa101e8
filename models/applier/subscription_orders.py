# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Orders of subscriptions that were made at the provider."""

from odoo.fields import Command, Domain


class OrderFinder:
    """Finds the orders that the subscriptions of a batch were made for, by what their
    metadata say of the deal."""

    def __init__(self, batch, items):
        self.batch = batch
        self.env = batch.env
        documents = [item.document for item in items]
        self._companies = batch.connection._served_companies()
        self._leads = self._read_leads(documents)
        self._orders = self._read_orders(documents)
        # Lines that are billed by a subscription of this batch.
        self._claimed = set()

    def _read_leads(self, documents):
        """{id of the opportunity in a CRM: id of the crm.lead}"""
        ids = sorted({d.opportunity_id for d in documents if d.opportunity_id})
        if not ids:
            return {}
        bindings = self.env["q2c.binding"].search(
            [
                ("kind", "=", "opportunity"),
                ("external_id", "in", ids),
                ("res_model", "=", "crm.lead"),
                ("company_id", "in", self._companies.ids),
            ]
        )
        return {binding.external_id: binding.res_id for binding in bindings}

    def _read_orders(self, documents):
        names = sorted({d.order_name for d in documents if d.order_name})
        orders = self.env["sale.order"]
        if not names and not self._leads:
            return orders
        return orders.search(
            Domain("company_id", "in", self._companies.ids)
            & Domain("state", "=", "sale")
            & (
                Domain("name", "in", names)
                | Domain("opportunity_id", "in", list(self._leads.values()))
            ),
            order="id",
        )

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def values(self, document, item_values):
        """Values of a new subscription that depend on its order: the order, and the
        lines that the items bill."""
        order = self._order(document)
        values = {"order_id": order.id}
        if order:
            values["company_id"] = order.company_id.id
        if order and not document.trace:
            values["trace"] = order.q2c_trace
        for vals in item_values:
            line = self._line(order, vals)
            if line:
                self._claimed.add(line)
                vals["order_line_id"] = line.id
                vals["sequence"] = line.sequence
        values["item_ids"] = [Command.create(vals) for vals in item_values]
        return values

    def _order(self, document):
        """By its number, else by the opportunity; one that still has to be billed."""
        lead_id = self._leads.get(document.opportunity_id)
        found = self._orders.filtered(
            lambda order: (
                order.name == document.order_name
                if document.order_name
                else order.opportunity_id.id == lead_id
            )
        )
        return found.filtered(self._is_unbilled)[:1]

    def _is_unbilled(self, order):
        return bool(self._free_lines(order))

    def _free_lines(self, order):
        return order.order_line.filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.q2c_subscription_item_ids
                and line not in self._claimed
            )
        )

    def _line(self, order, vals):
        """The line that an item bills: of its product, best with its interval."""
        product = self.env["q2c.price"].browse(vals["price_id"]).product_id
        lines = self._free_lines(order).filtered(
            lambda line: line.product_id == product
        )
        same = lines.filtered(lambda line: line.q2c_interval == vals["interval"])
        return (same or lines)[:1]
