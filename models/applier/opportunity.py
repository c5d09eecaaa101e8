# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opportunity → lead, and, once it is won, the sales order."""

from typing import NamedTuple

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, escape_psql, plaintext2html

from ...canonical import Hold, Ref
from . import contact_roles
from .currencies import Currencies
from .mappings import Mappings
from .order_builder import Deal, OrderBuilder
from .routing import Routing
from .salespeople import salespeople


class Lookup(NamedTuple):
    currencies: Currencies
    # (company, e-mail address) → user
    salespeople: dict
    # name in lower case → stage
    stages: dict
    routing: Routing


class OpportunityApplier(models.AbstractModel):
    _name = "q2c.applier.opportunity"
    _inherit = "q2c.applier.crm_lead"
    _description = "Opportunity to Lead"

    def _apply(self, batch):
        leads = {item: batch.bound(item, self._target) for item in batch.open_items}
        lost = {item for item, lead in leads.items() if lead.won_status == "lost"}
        result = super()._apply(batch)
        contact_roles.follow(batch, self._applied(batch))
        self._apply_deals(batch, lost)
        return result

    def _applied(self, batch):
        return [
            item
            for item in batch.items
            if item.result == "done" and not item.document.deleted
        ]

    def _lookup(self, batch):
        documents = [item.document for item in batch.open_items]
        return Lookup(
            Currencies(
                batch.connection,
                [self._own_code(batch)]
                + [document.currency for document in documents if document.currency],
            ),
            salespeople(batch, documents),
            self._stages(batch, documents),
            Routing(batch),
        )

    def _stages(self, batch, documents):
        """{name in lower case: stage}, that of the mapping, else that of the name"""
        names = {document.stage for document in documents if document.stage}
        if not names:
            return {}
        stages = batch.env["crm.stage"].search(
            Domain.OR(Domain("name", "=ilike", escape_psql(name)) for name in names),
            # Where two have the name, the first is meant.
            order="sequence desc, id desc",
        )
        by_name = {stage.name.lower(): stage for stage in stages}
        return by_name | self._mapped_stages(batch, documents)

    def _mapped_stages(self, batch, documents):
        mappings, found = Mappings(batch.connection), {}
        for name in sorted({d.stage for d in documents if d.stage and not d.is_closed}):
            stage = mappings.seen("stage", name, name)
            if stage:
                found[name.lower()] = stage
        mappings.keep()
        return found

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def _values(self, batch, item, record):
        document = item.document
        customer = batch.record(Ref("customer", document.customer_id), "res.partner")
        contact = batch.record(Ref("contact", document.contact_id), "res.partner")
        company = self._company(batch, document, record)
        values = {
            "name": document.name,
            "partner_id": (contact or customer).id,
            "date_deadline": document.close_date or False,
            "expected_revenue": self._revenue(batch, document, company),
            "description": plaintext2html(document.description)
            if document.description
            else False,
            "q2c_trace": document.trace or document.id,
            "company_id": company.id,
        }
        owner = company, email_normalize(document.owner_email)
        user = batch.lookup.salespeople.get(owner)
        if user:
            values["user_id"] = user.id
        if not document.is_closed:
            values.update(self._open_values(batch, document, record))
        if not record:
            values.update(type="opportunity", user_id=user.id if user else False)
        return values

    def _company(self, batch, document, record):
        """That of its order, else the one whose order it would become."""
        ordered = record.order_ids.filtered("q2c_trace").company_id
        if len(ordered) == 1:
            return ordered
        return batch.lookup.routing.company(document, _called(document))

    def _own_code(self, batch):
        """Of the currency of an amount without one: the one that the whole CRM has."""
        return batch.connection.company_id.currency_id.name

    def _revenue(self, batch, document, company):
        """The amount in the company's currency, which is the lead's."""
        if document.amount is None:
            return 0.0
        date = fields.Date.today()
        currencies = batch.lookup.currencies
        if company != batch.connection.company_id:
            currencies = currencies.of(batch.connection._books_of(company))
        currency = currencies.get_rated(
            document.currency or self._own_code(batch), date, _called(document)
        )
        return currency._convert(
            float(document.amount), company.currency_id, company, date
        )

    def _open_values(self, batch, document, record):
        values = {"probability": float(document.probability)}
        stage = batch.lookup.stages.get(document.stage.lower())
        if stage and not stage.is_won:
            values["stage_id"] = stage.id
        elif record.stage_id.is_won:
            values["stage_id"] = record._stage_find(domain=[("is_won", "=", False)]).id
        return values

    # ------------------------------------------------------------------
    # WON, LOST, OPEN
    # ------------------------------------------------------------------

    def _created(self, batch, records):
        self._bring_to_state(batch, records)

    def _updated(self, batch, records):
        self._bring_to_state(batch, records)

    def _bring_to_state(self, batch, records):
        leads = batch.env[self._target]
        won = leads.union(*(r for i, r in records.items() if i.document.is_won))
        lost = leads.union(*(r for i, r in records.items() if _is_lost(i.document)))
        still = leads.union(*records.values()) - won - lost
        still.filtered(lambda lead: not lead.active).action_unarchive()
        won = won.filtered(lambda lead: lead.won_status != "won")
        if won:
            won.action_set_won()
        lost = lost.filtered("active")
        self._leave_won_stage(lost)
        if lost:
            lost.action_set_lost()

    def _leave_won_stage(self, leads):
        """Odoo loses no lead from a stage in which it counts as won."""
        for lead in leads.filtered(lambda lead: lead.stage_id.is_won):
            lead.stage_id = lead._stage_find(domain=[("is_won", "=", False)])

    # ------------------------------------------------------------------
    # ORDERS
    # ------------------------------------------------------------------

    def _apply_deals(self, batch, lost):
        """Make the orders of what is won, and see to it that an order does not outlive
        its deal unseen.

        :param lost: the items whose leads were lost before
        """
        if batch.connection.order_source != "opportunity":
            return
        applied = self._applied(batch)
        builder = OrderBuilder(batch, batch.lookup.routing)
        leads = batch.env[self._target].union(*(item.record for item in applied))
        orders = builder.orders_of(leads)
        over = {
            item: orders[item.record]
            for item in applied
            if item.record in orders and not item.document.is_won
        }
        for item, order in over.items():
            if order.state == "sale":
                batch.reconsider(item, _outlived(item.document, order))
        builder.cancel_quotations(o for i, o in over.items() if _is_lost(i.document))
        no_order = batch.env["sale.order"]
        builder.build(
            [
                self._deal(batch, item, orders.get(item.record, no_order), item in lost)
                for item in applied
                if item.document.is_won
            ]
        )
        builder.report_mapped()

    def _deal(self, batch, item, order, is_revived):
        document, lead = item.document, item.record
        customer = batch.record(Ref("customer", document.customer_id), "res.partner")
        contract = batch.record(Ref("contract", document.contract_id), "q2c.contract")
        return Deal(
            item=item,
            order=order,
            what=_called(document),
            is_revived=is_revived,
            values={
                "partner_id": customer.id,
                "opportunity_id": lead.id,
                "origin": document.name,
                "client_order_ref": document.quote_number or False,
                "user_id": lead.user_id.id,
                "team_id": lead.team_id.id,
                "q2c_trace": lead.q2c_trace,
                "q2c_billing_start": document.billing_start or False,
                "q2c_contract_id": contract.id,
            },
        )

    def _remove(self, batch, item, record):
        builder = OrderBuilder(batch)
        orders = builder.orders_of(record).values()
        for order in orders:
            if order.state == "sale":
                raise _outlived(item.document, order)
        builder.cancel_quotations(orders)
        return super()._remove(batch, item, record)


def _called(document):
    return f"The opportunity {document.name}"


def _is_lost(document):
    return document.is_closed and not document.is_won


def _outlived(document, order):
    state = "lost" if _is_lost(document) else "open again"
    if document.deleted:
        state = "deleted"
    return Hold(
        "order_confirmed",
        f"The opportunity {document.name} is {state}, but its order {order.name} is "
        "confirmed.",
        f"Cancel the order {order.name} and its subscription, or win the opportunity "
        "again; then retry.",
    )
