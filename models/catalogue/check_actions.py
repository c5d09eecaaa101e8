# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person can do about a difference in the catalogue."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ...canonical import Failure, explain
from ..control import rights
from ..engine.queued import OPEN_STATES

# Rows whose objects are read at a time.
SIZE = 100


class CatalogueCheck(models.Model):
    _inherit = "q2c.catalogue.check"

    # ------------------------------------------------------------------
    # OURS
    # ------------------------------------------------------------------

    def action_push(self):
        """Bring what Odoo says to where it differs, whoever owns the price; of the rest
        of a product what the rules and people give to Odoo."""
        self._check_may_act()
        sent = self.env["q2c.connection"]
        for company, rows in self.grouped("company_id").items():
            for connection in rows._takers(company):
                # sudo: a person says so, the engine writes commands
                connection._publish(rows.product_id.sudo(), anyway=True)
                sent |= connection
        if not sent:
            raise UserError(
                self.env._(
                    "There is no connection that these can be brought to: publish the "
                    "catalogue to one, or link the products to it."
                )
            )
        return self._done(
            self.env._(
                "What Odoo says is on its way to %s.", ", ".join(sent.mapped("name"))
            )
        )

    def _takers(self, company):
        """Connections that the products of these rows are linked or published to."""
        # sudo: who may decide need not see connections
        connections = (
            self.env["q2c.connection"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", ("active", "paused")),
                ]
            )
        )
        linked = (
            self.env["q2c.binding"]
            .sudo()
            .search(
                [
                    ("kind", "=", "product"),
                    ("res_model", "=", "product.product"),
                    ("res_id", "in", self.product_id.ids),
                ]
            )
            .connection_id
        )
        return connections.filtered(
            lambda connection: (
                connection.takes_catalogue
                and (connection in linked or connection.publish_catalogue != "none")
            )
        )

    def action_archive(self):
        """Take off sale in Stripe what is on sale there beside our price, or although
        it is not on sale here."""
        self._check_may_act()
        surplus = self.env["q2c.price"].sudo()  # see _prices_there
        for row in self:
            prices = row._prices_there()
            if row.our_active and row.has_ours:
                kept = prices.filtered(
                    lambda price, row=row: (
                        round(price.unit_amount - row.our_amount, 6) == 0
                    )
                )
                if not kept:
                    raise UserError(
                        self.env._(
                            "None of the prices of %s in Stripe is ours. Push ours "
                            "first, or take theirs.",
                            row.product_id.display_name,
                        )
                    )
                prices -= kept[:1]
            surplus |= prices
        if not surplus:
            raise UserError(
                self.env._(
                    "Nothing can be archived here: there is no further price, or "
                    "several of the same amount, of which one is to be archived in "
                    "Stripe itself."
                )
            )
        surplus._take_off_sale()
        return self._done(
            self.env._("%s prices are being archived in Stripe.", len(surplus))
        )

    def _prices_there(self):
        """The prices behind a row that are on sale in Stripe."""
        self.ensure_one()
        # sudo: billing prices are the engine's own
        prices = (
            self.env["q2c.price"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("product_id", "=", self.product_id.id),
                    ("currency_id", "=", self.currency_id.id),
                    ("interval", "=", self.interval),
                    ("interval_count", "=", self.interval_count),
                    ("is_flat", "=", True),
                    ("is_metered", "=", False),
                ]
            )
        )
        bindings = prices._bindings().filtered(
            lambda binding: (
                binding.company_id == self.company_id
                and (binding.figures or {}).get("active", True)
            )
        )
        # Those that were agreed on for an order are nobody's surplus.
        on_sale = prices.browse(set(bindings.mapped("res_id")))
        made_here = prices.browse(bindings.filtered("sent_at").mapped("res_id"))
        return on_sale.filtered(
            lambda price: price.is_catalogue or price not in made_here
        )

    # ------------------------------------------------------------------
    # THEIRS
    # ------------------------------------------------------------------

    def action_take_salesforce(self):
        """Have Odoo say what Salesforce says."""
        return self._take("salesforce")

    def action_take_stripe(self):
        """Have Odoo say what Stripe says."""
        return self._take("stripe")

    def _take(self, provider):
        self._check_may_act()
        rows = self.filtered(f"has_{provider}")
        if not rows:
            raise UserError(
                self.env._("There is nothing to take: it has no such price.")
            )
        for company, share in rows.grouped("company_id").items():
            share._take_amounts(company, provider)
            share._take_words(provider)
        return self._done(self.env._("Odoo says what was said there."))

    def _take_amounts(self, company, provider):
        keys = {row: row._place(company) for row in self}
        entries = self.env["q2c.price.entry"]._obtain(company, keys.values())
        entries[next(iter(keys.values()))]._set_amounts(
            {
                entries[key]: Decimal(str(row[f"{provider}_amount"]))
                if row[f"{provider}_active"]
                else None
                for row, key in keys.items()
            }
        )

    def _place(self, company):
        """(product, pricelist, currency) that the row is about.

        :raises UserError: the product is billed otherwise here
        """
        self.ensure_one()
        product, currency = self.product_id, self.currency_id
        billed = product.q2c_interval, product.q2c_interval_count
        if billed != (self.interval, self.interval_count):
            raise UserError(
                self.env._(
                    "%s is billed at another interval here, and has one price for "
                    "each currency. Change its billing interval, or make another "
                    "product for this price.",
                    product.display_name,
                )
            )
        if self.entry_id:
            return product, self.pricelist_id, currency
        lists = self.env["product.pricelist"]
        name = self.env._("Standard Prices")
        return product, lists._q2c_standard_made(company, currency, name), currency

    def _take_words(self, provider):
        for row in self:
            product = row.product_id.with_context(active_test=False)
            said = {
                "name": row[f"{provider}_name"],
                "default_code": row[f"{provider}_code"],
            }
            changed = {
                name: value
                for name, value in said.items()
                if value and product[name] != value
            }
            if changed:
                product.write(changed)

    # ------------------------------------------------------------------
    # READ AGAIN
    # ------------------------------------------------------------------

    def action_read_again(self):
        """Have what these rows are linked to read from the providers."""
        self._check_may_act()
        # sudo: who may decide need not see connections, the engine reads
        bindings = self[:SIZE]._links().sudo()
        for connection, share in bindings.grouped("connection_id").items():
            share._read_again(connection)
        return self._done(
            self.env._("%s objects were read, and are being applied.", len(bindings))
        )

    def _links(self):
        # sudo: links are the engine's own
        bindings = self.env["q2c.binding"].sudo()
        prices = (
            self.env["q2c.price"]
            .sudo()
            .with_context(active_test=False)
            .search([("product_id", "in", self.product_id.ids)])
        )
        found = bindings.browse()
        for kind, records in (
            ("product", self.product_id),
            ("price", self.entry_id),
            ("price", prices),
        ):
            found |= bindings.search(
                [
                    ("kind", "=", kind),
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("connection_id.state", "=", "active"),
                ]
            )
        return found

    # ------------------------------------------------------------------
    # THE REST
    # ------------------------------------------------------------------

    def action_open_product(self):
        self.ensure_one()
        return self.product_id._get_records_action(context={})

    def _check_may_act(self):
        self.check_access("read")
        rights.check(self.env)

    def _done(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class Binding(models.Model):
    _inherit = "q2c.binding"

    def _read_again(self, connection):
        """Put the objects behind these links into the inbox as they are now.

        :raises UserError: the provider does not answer, or refuses
        """
        provider = connection._provider()
        try:
            contents = provider._fetch(connection, [row._ref() for row in self])
        except Failure as failure:
            raise UserError(explain(failure)) from failure
        envelopes = [
            provider._envelope(connection, ref.kind, content)
            for ref, content in contents.items()
            if content and not isinstance(content, Failure)
        ]
        events = self.env["q2c.event"]
        added = events._store(connection, envelopes, "fetch")
        # The same state was there, and was set aside or applied.
        known = events.union(*events._find(connection, envelopes).values()).filtered(
            lambda event: event.id not in added and event.state not in OPEN_STATES
        )
        self.fingerprint = False
        if known:
            known._requeue()
            known._wake_workers()
