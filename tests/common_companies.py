# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two companies that sell through one Stripe account."""

from odoo.fields import Command

from .common_payouts import PayoutCase
from .test_routing import RoutingCase


class CompaniesCase(RoutingCase, PayoutCase):
    """``german``: a further company in euros, ``entity``: its books; what bears the
    metadata entity=de is its own. ``german_tax``: what txr_20 is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The test case's own belongs to a user without the other company.
        cls.product_category = cls.product_category.with_env(cls.env)
        data = cls.setup_other_company(
            name="Tochter GmbH", currency_id=cls.env.ref("base.EUR").id
        )
        cls.env.ref("base.EUR").active = True
        cls.german = data["company"].with_env(cls.env)
        cls.env = cls.env(
            context={"allowed_company_ids": [cls.company.id, cls.german.id]}
        )
        for name in ("stripe", "german", "company", "customer"):
            setattr(cls, name, getattr(cls, name).with_env(cls.env))
        cls._rate(cls.company, "EUR", 0.5)
        cls._rate(cls.german, "USD", 2.0)
        cls.entity = cls.env["q2c.connection.entity"].create(
            {"connection_id": cls.stripe.id, "company_id": cls.german.id}
        )
        cls.entity.action_set_up()
        account = data["default_account_tax_sale"]
        repartition = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        cls.german_tax = cls.env["account.tax"].create(
            {
                "name": "USt 20 %",
                "invoice_repartition_line_ids": repartition,
                "refund_repartition_line_ids": repartition,
                "amount": 20,
                "type_tax_use": "sale",
                "company_id": cls.german.id,
                "country_id": cls.german.account_fiscal_country_id.id,
                "tax_group_id": data["default_tax_sale"].tax_group_id.id,
            }
        )
        cls.mapping = cls.env["q2c.mapping"].create(
            {
                "connection_id": cls.stripe.id,
                "entity_id": cls.entity.id,
                "kind": "tax_rate",
                "key": "txr_20",
                "tax_id": cls.german_tax.id,
            }
        )
        cls.env["q2c.policy"].create(
            {
                "routing_ids": [
                    Command.create(
                        {
                            "name": "German",
                            "document_metadata": "entity=de",
                            "routed_company_id": cls.german.id,
                        }
                    )
                ]
            }
        ).action_put_in_force()

    @classmethod
    def _rate(cls, company, code, rate):
        cls.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": rate,
                "currency_id": cls.env.ref(f"base.{code}").id,
                "company_id": company.id,
            }
        )
