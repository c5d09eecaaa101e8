# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is known of a customer that may tell who it is, in a form to compare."""

from dataclasses import dataclass, field

from odoo.tools.mail import email_normalize_all

from odoo.addons.iap.tools.iap_tools import _MAIL_PROVIDERS

from ...canonical.likeness import (
    TaxId,
    host_of,
    plain,
    plain_name,
    plain_phone,
    plain_place,
    tax_id,
)

# Everybody's domains: who shares one is not the same. Those of Odoo's, some that it
# lacks, and hosts that are given as the website of those who have none.
SHARED_DOMAINS = frozenset(_MAIL_PROVIDERS) | frozenset(
    "proton.me pm.me fastmail.com hey.com tutanota.com posteo.de mailbox.org gmx.net"
    " duck.com privaterelay.appleid.com facebook.com instagram.com linkedin.com x.com"
    " twitter.com youtube.com linktr.ee sites.google.com"
    # Reserved for examples (RFC 2606), and entered where an address has to be.
    " example.com example.org example.net".split()
)


@dataclass(frozen=True, slots=True)
class Facts:
    """``town``: (plain city, country code), both empty unless both are known."""

    name: str = ""
    vat: TaxId = field(default_factory=TaxId)
    emails: frozenset = frozenset()
    domains: frozenset = frozenset()
    phones: frozenset = frozenset()
    place: str = ""
    town: tuple = ("", "")

    def keys(self):
        """{(kind, value)} by which others that may be the same are found."""
        keys = {("vat", value) for value in (self.vat.text, self.vat.number)}
        keys |= {("email", value) for value in self.emails}
        keys |= {("domain", value) for value in self.domains}
        keys |= {("phone", value) for value in self.phones}
        keys.add(("name", self.name))
        return {key for key in keys if key[1]}


def of_document(document, country):
    """Facts of a canonical.Customer.

    :param country: code of the country of its address, or ""
    """
    address = document.billing
    return Facts(
        name=plain_name(document.name),
        vat=tax_id(document.vat, country),
        place=plain_place(address.postal_code, address.street),
        town=_town(address.city, country),
        **_reachable(document.email, document.phone, document.website),
    )


def of_partner(partner):
    """Facts of a partner; of a person at a company only how it is reached, because all
    else is the company's."""
    reachable = _reachable(partner.email, partner.phone, partner.website)
    if partner.parent_id and not partner.is_company:
        return Facts(**reachable)
    country = partner.country_id.code or ""
    return Facts(
        name=plain_name(partner.name),
        vat=tax_id(partner.vat, country),
        place=plain_place(partner.zip, partner.street),
        town=_town(partner.city, country),
        **reachable,
    )


def _town(city, country):
    city = plain(city)
    return (city, country) if city and country else ("", "")


def _reachable(email, phone, website):
    emails = frozenset(email_normalize_all(email or ""))
    hosts = {address.rpartition("@")[2] for address in emails} | {host_of(website)}
    number = plain_phone(phone)
    return {
        "emails": emails,
        "domains": frozenset(hosts - SHARED_DOMAINS - {""}),
        "phones": frozenset({number} - {""}),
    }
