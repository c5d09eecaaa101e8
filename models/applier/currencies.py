# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The currencies of a batch, and what Odoo needs to know to book in them."""

from odoo.fields import Domain

from ...canonical import Hold


class Currencies:
    """Those with the ISO codes ``codes``, read in two queries at most.

    :param books: those that are booked in, see :class:`Batch`
    """

    def __init__(self, books, codes):
        self.company = books.company_id
        self._codes = codes
        self._elsewhere = {}
        model = books.env["res.currency"].with_context(active_test=False)
        found = model.search([("name", "in", sorted(set(codes)))])
        self._by_code = {currency.name: currency for currency in found}
        self._rated_from = self._read_rates(found - self.company.currency_id)

    def _read_rates(self, currencies):
        if not currencies:
            return {}
        root = self.company.root_id
        rates = currencies.env["res.currency.rate"]._read_group(
            Domain("currency_id", "in", currencies.ids)
            & Domain("company_id", "in", [False, root.id]),
            ["currency_id"],
            ["name:min"],
        )
        return dict(rates)

    def of(self, books):
        """The same ones for the books of another company."""
        if books not in self._elsewhere:
            self._elsewhere[books] = Currencies(books, self._codes)
        return self._elsewhere[books]

    def get(self, code, what):
        """The active currency ``code``.

        :param what: the document that is in it, for a person
        :raises Hold: ``currency_missing``, ``currency_inactive``
        """
        currency = self._by_code.get(code)
        if currency is None:
            raise Hold(
                "currency_missing",
                f"{what} is in {code}, a currency that Odoo does not have.",
                f"Create the currency {code}, then retry.",
            )
        if not currency.active:
            raise Hold(
                "currency_inactive",
                f"{what} is in {code}, which is not active in Odoo.",
                f"Activate the currency {code} and enter its rate, then retry.",
            )
        return currency

    def check_precise(self, currency, amounts, what):
        """Odoo must not round what the provider did not.

        :param amounts: iterable of Money
        :raises Hold: ``currency_too_coarse``
        """
        finest = -currency.decimal_places
        for amount in amounts:
            if amount.major.normalize().as_tuple().exponent < finest:
                raise Hold(
                    "currency_too_coarse",
                    f"{what} contains {amount}, but amounts of {currency.name} are "
                    f"rounded to {currency.rounding:g} in Odoo.",
                    f"Give the currency {currency.name} the rounding factor 0.01, "
                    "then retry.",
                )

    def get_rated(self, code, date, what):
        """The currency, once it can be converted on ``date``: without a rate Odoo would
        book one to one.

        :raises Hold: ``rate_missing``, and those of :meth:`get`
        """
        currency = self.get(code, what)
        since = self._rated_from.get(currency)
        own = currency == self.company.currency_id
        if not own and (not since or since > date):
            raise Hold(
                "rate_missing",
                f"{what} is in {code}, for which there is no exchange rate on {date}.",
                f"Enter the rate of {code} for that day or before, then retry.",
            )
        return currency
