# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Billing credits at Stripe: bought, or given away, for what is used later."""

from . import catalogue
from .payments import Payments


class Prepaid(Payments):
    """Acts on a ``SimulatedAccount``."""

    def buy_credits(self, contract, _day, share):
        """Credits of ``share`` of the monthly price, on an invoice of its own; the
        merchant grants them at once."""
        value = self._worth(contract, share)
        terms = {
            "pricing": {"price": self.shop.credit_prices[contract.currency]},
            "quantity": value,
            "description": catalogue.CREDITS,
        }
        self._invoice(contract, terms)
        self._grant(contract, "paid", value)

    def give_credits(self, contract, _day, share):
        """Credits of ``share`` of the monthly price, for nothing."""
        self._grant(contract, "promotional", self._worth(contract, share))

    def _worth(self, contract, share):
        return int(catalogue.PRICES[contract.currency]["basic"] * share)

    def _grant(self, contract, category, value):
        monetary = {"currency": contract.currency, "value": value}
        self.api.billing.credit_grants.create(
            {
                "customer": self.customers[contract.number],
                "category": category,
                "amount": {"type": "monetary", "monetary": monetary},
                "applicability_config": {"scope": {"price_type": "metered"}},
            }
        )
