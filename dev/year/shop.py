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
        # {currency: id of the price of billing credits}, and the product's id
        self.credit_prices = {}
        self.credits = ""
        self.codes = {}

    def open(self):
        """Products, prices, billing credits, tax rates and coupons."""
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
        for key, model in catalogue.MODELS.items():
            self.products[key] = self.api.products.create({"name": model.name}).id
        meter = self._meter()
        self.prices |= {
            (key, code, "month"): self._model_price(key, model, code, meter)
            for key, model in catalogue.MODELS.items()
            for code in catalogue.CURRENCIES
        }
        self.credits = self.api.products.create({"name": catalogue.CREDITS}).id
        self.credit_prices = {
            code: self._credit_price(code) for code in catalogue.CURRENCIES
        }
        self.rates = {
            key: self._tax_rate(tax)
            for key, tax in catalogue.TAXES.items()
            if key != catalogue.UNKNOWN
        }
        for key, terms in catalogue.COUPONS.items():
            self.api.coupons.create({"id": key, "name": key.capitalize(), **terms})
        self.codes = {
            (key, code): self._fixed_coupon(key, code)
            for key in catalogue.FIXED_COUPONS
            for code in catalogue.CURRENCIES
        }

    def _fixed_coupon(self, key, code):
        """A coupon, and the promotion code by which it is entered: the latter's id."""
        identifier, terms = catalogue.fixed_coupon(key, code)
        name = key.capitalize()
        self.api.coupons.create({"id": identifier, "name": name, **terms})
        promotion = {"type": "coupon", "coupon": identifier}
        terms = {"promotion": promotion, "code": identifier.upper()}
        return self.api.promotion_codes.create(terms).id

    def _meter(self):
        """Id of the meter that counts what is used."""
        terms = {
            "display_name": "Calls",
            "event_name": catalogue.USED,
            "default_aggregation": {"formula": "sum"},
        }
        return self.api.billing.meters.create(terms).id

    def _model_price(self, key, model, code, meter):
        recurring = {"interval": "month"}
        if model.is_used:
            recurring |= {"usage_type": "metered", "meter": meter}
        terms = {"product": self.products[key], "currency": code}
        return self.api.prices.create(
            {**terms, "recurring": recurring, **model.terms(code)}
        ).id

    def _credit_price(self, code):
        terms = {"product": self.credits, "currency": code, "unit_amount": 1}
        return self.api.prices.create(terms).id

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

    def discount_of(self, contract):
        """What gives a contract its discount, as Stripe takes it."""
        fixed = (contract.coupon, contract.currency)
        if fixed not in self.codes:
            return {"coupon": contract.coupon}
        if contract.coded:
            return {"promotion_code": self.codes[fixed]}
        return {"coupon": catalogue.fixed_coupon(*fixed)[0]}

    def rate_of(self, contract):
        """Id of the tax rate of a contract; the one that Odoo has no tax for is made
        with the first contract that needs it."""
        if contract.tax not in self.rates:
            self.rates[contract.tax] = self._tax_rate(catalogue.TAXES[contract.tax])
        return self.rates[contract.tax]
