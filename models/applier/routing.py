# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where the documents of a batch are booked by the routing rules, read once."""

from functools import cached_property

from ...canonical import RECORD_TYPE, Ref
from ..engine.rules_applied import rules_of
from ..finance.mapping import EQUALS
from ..policy.routing_rule import OUTCOMES
from ..policy.routing_terms import COMPANY, Facts, choose
from . import intercompany


class Routing:
    """Of one batch, whose bindings have the customers of the documents."""

    def __init__(self, batch):
        self.batch = batch
        self.env = batch.env
        self._routes = {}

    @cached_property
    def _rules(self):
        rules = self.env["q2c.routing.rule"]._rules(self.batch.connection.company_id)
        connection = self.batch.connection
        # What is sold goes to a company that the CRM's connection names; what is billed
        # has to go where the rules say, or is held.
        named = None if connection.is_billing else connection._named_companies().ids
        return [rule._terms(named) for rule in rules]

    def home(self, document):
        """The company of what no rule gives to one: the one that sold what is billed,
        else the connection's.

        :raises Wait: the subscription is not here yet
        """
        connection = self.batch.connection
        if not connection.entity_ids:
            # No need to wait for what may be held.
            return connection.company_id
        ref = Ref("subscription", getattr(document, "subscription_id", ""))
        sold = self.batch.record(ref, "q2c.subscription").company_id
        return sold or connection.company_id

    def company(self, document, what):
        """The company whose order ``document`` becomes, and whose people sell it.

        :param what: the document, for a person
        :raises Wait: see :meth:`target`
        :raises Hold: ``no_company_access``
        """
        company = self.target(COMPANY, document) or self.home(document)
        intercompany.check_served(self.batch.connection, company, what)
        return company

    def target(self, name, document):
        """What the rules say of ``document``: the record of the field ``name`` of a
        rule, an empty one where no rule speaks.

        :param document: has ``customer_id``, ``currency``, ``metadata``, ``lines``
        :raises Wait: the customer or a product is not here yet
        """
        field = self.env["q2c.routing.rule"]._fields[name]
        if not self._rules:
            return self.env[field.comodel_name]
        if document.ref not in self._routes:
            self._routes[document.ref] = self._route(document)
        return self._routes[document.ref][name]

    def _route(self, document):
        home = self.home(document)
        choice = choose(self._rules, self._facts(document), home.id)
        route = {}
        for name in OUTCOMES:
            field = self.env["q2c.routing.rule"]._fields[name]
            target, _rule = choice.outcomes.get(name, (None, None))
            route[name] = self.env[field.comodel_name].browse(target)
        told = {name: record for name, record in route.items() if record}
        rules_of(self.env).routed(document.ref, choice, told)
        return route

    # ------------------------------------------------------------------
    # FACTS
    # ------------------------------------------------------------------

    def _facts(self, document):
        ref = Ref("customer", document.customer_id)
        customer = self.batch.record(ref, "res.partner")
        # sudo: where a customer is, whoever may see those above it
        above = _with_parents(customer.sudo())
        country = next((p.country_id for p in above if p.country_id), None)
        told = self._told_of(customer)
        return Facts(
            connection=self.batch.connection.id,
            partners=frozenset(partner.id for partner in above),
            country=country.id if country else 0,
            groups=frozenset(country.country_group_ids.ids if country else ()),
            currency=document.currency or self._own_currency(),
            products=tuple(self._product(line).id for line in document.lines),
            document=_joined(document.metadata),
            customer=_joined(pair for pair in told if pair[0] != RECORD_TYPE),
            record_types=frozenset(v for name, v in told if name == RECORD_TYPE),
        )

    def _product(self, line):
        """What is sold; lines of orders name no price."""
        price = Ref("price", getattr(line, "price_id", ""))
        return self.batch.record(price, "q2c.price").product_id or self.batch.record(
            Ref("product", line.product_id), "product.product"
        )

    def _own_currency(self):
        return self.batch.connection.company_id.currency_id.name

    def _told_of(self, customer):
        """Pairs of name and value that people put on the customer, in any system."""
        return self._metadata.get(customer.commercial_partner_id.id, set())

    @cached_property
    def _metadata(self):
        """{id of a commercial partner: pairs}, of all customers of the batch."""
        asked = ("record_type", "customer")
        if not any(getattr(rule, name) for rule in self._rules for name in asked):
            return {}
        linked = [
            binding.res_id
            for ref, binding in self.batch.bindings.items()
            if ref.kind == "customer" and binding
        ]
        partners = self.env["res.partner"].browse(linked).commercial_partner_id
        # sudo: links are the engine's own
        links = (
            self.env["q2c.binding"]
            .sudo()
            .search(
                [
                    ("kind", "=", "customer"),
                    ("company_id", "=", self.batch.connection.company_id.id),
                    ("res_model", "=", "res.partner"),
                    ("res_id", "in", partners.ids + linked),
                    ("metadata", "!=", False),
                ]
            )
        )
        found = {}
        for link in links:
            owner = self.env["res.partner"].browse(link.res_id).commercial_partner_id
            found.setdefault(owner.id, set()).update(link.metadata.items())
        return found


def _with_parents(partner):
    chain = []
    while partner and partner not in chain:
        chain.append(partner)
        partner = partner.parent_id
    return chain


def _joined(pairs):
    return frozenset(f"{name}{EQUALS}{value}" for name, value in pairs)
