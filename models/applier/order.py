# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Order of the CRM → sales order, where orders are what sales agrees on."""

from odoo import models

from ...canonical import Hold, Ref
from .order_builder import Deal, OrderBuilder


class OrderApplier(models.AbstractModel):
    _name = "q2c.applier.order"
    _inherit = "q2c.applier"
    _description = "Order to Sales Order"

    _target = "sale.order"

    def _apply(self, batch):
        existing = self._existing(batch)
        self._apply_deleted(batch, existing)
        for item in batch.open_items:
            if not self._is_wanted(batch, item, existing):
                item.result = "ignored"
        ordered = self._ordered_deals(batch)
        batch.collect(lambda item: self._check(item, existing, ordered))
        empty = batch.env[self._target]
        deals = batch.collect(
            lambda item: self._deal(batch, item, existing.get(item, empty))
        )
        builder = OrderBuilder(batch)
        built = builder.build(list(deals.values()))
        batch.bind(built, origins=[item for item in built if item not in existing])
        builder.report_mapped()

    def _is_wanted(self, batch, item, existing):
        """What is not binding yet is not here yet."""
        if batch.connection.order_source != "order":
            return False
        return item.document.activated or item in existing

    def _ordered_deals(self, batch):
        """{trace: the order that was made from the opportunity itself, before orders
        became what counts}"""
        traces = {item.document.trace for item in batch.open_items} - {""}
        orders = batch.env[self._target].search(
            [
                ("q2c_trace", "in", list(traces)),
                ("company_id", "in", batch.connection._served_companies().ids),
                ("state", "!=", "cancel"),
            ]
        )
        bindings = batch.env["q2c.binding"]
        linked = bindings._of_records(batch.connection, "order", orders)
        return {order.q2c_trace: order for order in orders if order.id not in linked}

    def _check(self, item, existing, ordered):
        """:raises Hold: ``order_confirmed``, ``ordered_already``"""
        document, order = item.document, existing.get(item)
        if order and order.state == "sale" and not document.activated:
            raise Hold(
                "order_confirmed",
                f"The order {document.number} is a draft again in the CRM, but "
                f"{order.name} is confirmed.",
                f"Cancel {order.name} and its subscription, or activate the order "
                "again; then retry.",
            )
        twin = ordered.get(document.trace)
        if twin and not order:
            raise Hold(
                "ordered_already",
                f"The deal of the order {document.number} was ordered as {twin.name} "
                "already.",
                f"Cancel {twin.name} and its subscription if the order is to replace "
                "it, then retry; or skip the event.",
            )

    def _deal(self, batch, item, order):
        document = item.document
        lead = batch.record(Ref("opportunity", document.opportunity_id), "crm.lead")
        customer = batch.record(Ref("customer", document.customer_id), "res.partner")
        contract = batch.record(Ref("contract", document.contract_id), "q2c.contract")
        return Deal(
            item=item,
            order=order,
            what=f"The order {document.number}",
            is_agreed=document.activated,
            values={
                "partner_id": customer.id,
                "opportunity_id": lead.id,
                "origin": document.number,
                "client_order_ref": document.number,
                "user_id": lead.user_id.id,
                "team_id": lead.team_id.id,
                "q2c_trace": document.trace or document.id,
                "q2c_billing_start": document.effective_date or False,
                "q2c_contract_id": contract.id,
            },
        )

    def _remove(self, batch, item, record):
        if record and record.state == "sale":
            raise Hold(
                "order_confirmed",
                f"The order {item.ref.id} was deleted in the CRM, but {record.name} is "
                "confirmed.",
                f"Cancel {record.name} and its subscription, or skip the event.",
            )
        if record and record.state != "cancel":
            record._action_cancel()
        return record
