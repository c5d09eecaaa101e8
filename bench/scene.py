# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A company that bills through Stripe: customers, a product, a price and a tax, all of
them linked already, so that only the work in question is measured."""

from dataclasses import dataclass
from datetime import datetime, timezone

from odoo.fields import Command

from odoo.addons.quote_to_cash.providers.json_text import dumps
from odoo.addons.quote_to_cash.providers.stripe.envelope import envelope_of_event

from . import payloads

CUSTOMERS = 200
PERCENT = 20
UNIT_AMOUNT = 10000
PRICE, PRODUCT, TAX_RATE = "price_bench", "prod_bench", "txr_bench"


@dataclass(frozen=True)
class Task:
    """One invoice, or its payment. Both sides get those of the same ``serial``."""

    side: str
    serial: int
    unit_amount: int = UNIT_AMOUNT
    price_id: str = PRICE
    product_id: str = PRODUCT
    tax_rate_id: str = TAX_RATE

    @property
    def key(self):
        """Unique part of the ids of its objects."""
        return f"{self.side}{self.serial:07d}"

    @property
    def number(self):
        """The invoice's, as the provider gave it."""
        return f"BENCH-{self.serial:07d}"

    @property
    def description(self):
        return f"{self.quantity} × Plan"

    @property
    def customer_id(self):
        return f"cus_{self.serial % CUSTOMERS}"

    @property
    def quantity(self):
        # Not all alike, so that sums that agree mean something.
        return 1 + self.serial % 7

    @property
    def net(self):
        return self.quantity * self.unit_amount

    @property
    def tax(self):
        return self.net * PERCENT // 100

    @property
    def total(self):
        return self.net + self.tax


class Scene:
    """What both sides refer to, by id, since each has a transaction of its own."""

    def __init__(self, env):
        self.connection_id = _connection(env).id
        self.product_id = _product(env).id
        self.tax_id = _tax(env).id
        self.partner_ids = _partners(env).ids
        self._link_all(env)
        env.cr.commit()

    def connection(self, env):
        return env["q2c.connection"].browse(self.connection_id)

    def service(self, env):
        """The connection as its flows see it; both sides work with these rights."""
        return self.connection(env)._as_service()

    def partner_id(self, task):
        return self.partner_ids[task.serial % CUSTOMERS]

    def invoice_values(self, env, task):
        """What a program that uses Odoo alone would create for ``task``."""
        connection = self.connection(env)
        issued = datetime.fromtimestamp(payloads.ISSUED, timezone.utc).date()
        due = payloads.ISSUED + payloads.TERM
        return {
            "move_type": "out_invoice",
            "journal_id": connection.invoice_journal_id.id,
            "currency_id": connection.company_id.currency_id.id,
            "partner_id": self.partner_id(task),
            "invoice_date": issued,
            "date": issued,
            "invoice_date_due": datetime.fromtimestamp(due, timezone.utc).date(),
            "invoice_payment_term_id": False,
            "fiscal_position_id": False,
            "ref": task.number,
            "payment_reference": task.number,
            "invoice_line_ids": [Command.create(self._line_values(task))],
        }

    def _line_values(self, task):
        return {
            "product_id": self.product_id,
            "name": task.description,
            "quantity": task.quantity,
            "price_unit": task.unit_amount / 100,
            "tax_ids": [Command.set([self.tax_id])],
        }

    def link(self, env, kind, ids, records):
        """Link the objects ``ids`` to ``records``, as the engine would have."""
        env["q2c.binding"].create(
            [
                {
                    "connection_id": self.connection_id,
                    "kind": kind,
                    "external_id": external_id,
                    "res_model": record._name,
                    "res_id": record.id,
                    "is_origin": True,
                }
                for external_id, record in zip(ids, records, strict=True)
            ]
        )

    def _link_all(self, env):
        product = env["product.product"].browse(self.product_id)
        partners = env["res.partner"].browse(self.partner_ids)
        self.link(env, "customer", map("cus_{}".format, range(CUSTOMERS)), partners)
        self.link(env, "product", [PRODUCT], product)
        self.link(env, "price", [PRICE], _price(env, product))
        self.link(env, "tax_rate", [TAX_RATE], env["account.tax"].browse(self.tax_id))

    def queue(self, env, events):
        """Put ``events`` (dicts) into the inbox, as the webhook does."""
        texts = [(event, dumps(event)) for event in events]
        envelopes = [envelope_of_event(event, text) for event, text in texts]
        env["q2c.event"]._store(self.connection(env), envelopes, "webhook")


def _connection(env):
    connection = env["q2c.connection"].create(
        {"name": "Stripe", "provider": "stripe", "company_id": env.company.id}
    )
    connection._set_up_accounting()
    # As action_activate does, without asking the provider.
    connection.write(
        {
            "state": "active",
            "health": "ok",
            "account_ref": "acct_bench",
            "database_uuid": connection._current_uuid(),
        }
    )
    return connection


def _product(env):
    return env["product.product"].create(
        {"name": "Plan", "type": "service", "taxes_id": False}
    )


def _price(env, product):
    return env["q2c.price"].create(
        {
            "product_id": product.id,
            "currency_id": env.company.currency_id.id,
            "unit_amount": UNIT_AMOUNT / 100,
            "interval": "month",
        }
    )


def _tax(env):
    usual = env.company.account_sale_tax_id
    return usual.copy({"name": f"{PERCENT} %", "amount": PERCENT})


def _partners(env):
    return env["res.partner"].create(
        [
            {
                "name": f"Customer {n}",
                "is_company": True,
                "email": f"c{n}@example.com",
                # Else the first invoice would write it, on whichever side that is.
                "customer_rank": 1,
            }
            for n in range(CUSTOMERS)
        ]
    )
