# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the merchant sells at Stripe."""

from . import catalogue


class Shop:
    """Ids at Stripe of the catalogue."""

    def __init__(self, api):
        self.api = api
        self.products = {}
        self.prices = {}
        self.rates = {}

    def open(self):
        """Products, prices, tax rates and coupons."""
        self.products = {
            tier: self.api.products.create({"name": name}).id
            for tier, name in catalogue.TIERS.items()
        }
        self.prices = {
            (tier, code, interval): self._price(tier, code, interval, amount * times)
            for code, tiers in catalogue.PRICES.items()
            for tier, amount in tiers.items()
            for interval, times in catalogue.INTERVALS.items()
        }
        self.rates = {
            key: self._tax_rate(tax)
            for key, tax in catalogue.TAXES.items()
            if key != catalogue.UNKNOWN
        }
        for key, terms in catalogue.COUPONS.items():
            self.api.coupons.create({"id": key, "name": key.capitalize(), **terms})

    def _price(self, tier, code, interval, amount):
        terms = {
            "product": self.products[tier],
            "currency": code,
            "unit_amount": amount,
            "recurring": {"interval": interval},
        }
        return self.api.prices.create(terms).id

    def _tax_rate(self, tax):
        terms = {
            "display_name": tax.name,
            "percentage": tax.percent,
            "inclusive": tax.inclusive,
        }
        return self.api.tax_rates.create(terms).id

    def price_of(self, contract, tier):
        """Id of the price of a tier in the currency and interval of a contract."""
        return self.prices[tier, contract.currency, contract.interval]

    def rate_of(self, contract):
        """Id of the tax rate of a contract; the one that Odoo has no tax for is made
        with the first contract that needs it."""
        if contract.tax not in self.rates:
            self.rates[contract.tax] = self._tax_rate(catalogue.TAXES[contract.tax])
        return self.rates[contract.tax]
