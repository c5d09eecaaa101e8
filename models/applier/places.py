# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Countries and states by what providers call them."""

from odoo.fields import Domain


def bare_url(url):
    """A web address without what Odoo adds to it."""
    return (url or "").removeprefix("https://").removeprefix("http://").rstrip("/")


class Places:
    """Those of ``addresses`` (canonical.Address), read in two queries."""

    def __init__(self, env, addresses):
        self._countries = self._read_countries(env, addresses)
        self._states = self._read_states(env, addresses)

    def _read_countries(self, env, addresses):
        words = {address.country for address in addresses if address.country}
        if not words:
            return {}
        codes = [word.upper() for word in words if len(word) == 2]
        found = env["res.country"].search(
            Domain("code", "in", codes) | Domain("name", "in", list(words))
        )
        by_name = {country.name.lower(): country for country in found}
        return by_name | {country.code.lower(): country for country in found}

    def _read_states(self, env, addresses):
        words = {address.state for address in addresses if address.state}
        countries = {country.id for country in self._countries.values()}
        if not words or not countries:
            return {}
        found = env["res.country.state"].search(
            Domain("country_id", "in", list(countries))
            & (Domain("code", "in", list(words)) | Domain("name", "in", list(words)))
        )
        return {
            (state.country_id.id, word.lower()): state
            for state in found
            for word in (state.name, state.code)
        }

    def country(self, address):
        """The res.country of ``address``, or None."""
        return self._countries.get(address.country.lower())

    def values(self, address):
        """The address fields of a partner; what is not known by name stays empty."""
        country = self.country(address)
        state = country and self._states.get((country.id, address.state.lower()))
        return {
            "street": address.street or False,
            "street2": address.street2 or False,
            "city": address.city or False,
            "zip": address.postal_code or False,
            "country_id": country.id if country else False,
            "state_id": state.id if state else False,
        }
