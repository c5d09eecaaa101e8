# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All objects of an organisation, and the options that change their fields."""

from __future__ import annotations

from .account import NAME, PERSON_CONTACT_FIELDS, PERSON_FIELDS, PERSON_NAME, account
from .contact import contact
from .contract import contract
from .currency import WITH_CURRENCY, currency_field
from .field import Field
from .lead import lead
from .opportunity import opportunity
from .opportunity_contact_role import opportunity_contact_role
from .opportunity_line_item import opportunity_line_item
from .order import order, order_item
from .permissions import (
    custom_field,
    field_permissions,
    object_permissions,
    permission_set,
    permission_set_assignment,
    platform_event_channel_member,
)
from .pricebook import pricebook2, pricebook_entry
from .product2 import product2
from .quote import quote, quote_line_item
from .setup_objects import organization, record_type, user
from .sobject import SObject

OBJECTS = (
    account,
    contact,
    contract,
    custom_field,
    field_permissions,
    lead,
    object_permissions,
    opportunity,
    opportunity_contact_role,
    opportunity_line_item,
    order,
    order_item,
    organization,
    permission_set,
    permission_set_assignment,
    platform_event_channel_member,
    pricebook2,
    pricebook_entry,
    product2,
    quote,
    quote_line_item,
    record_type,
    user,
)


class Schema:
    """Objects by name (in any case) and by key prefix."""

    def __init__(self):
        self._objects = {}
        for make in OBJECTS:
            made = make()
            self._objects[made.name.lower()] = made
        self.default_currency = "EUR"
        self.multi_currency = False

    def __iter__(self):
        return iter(self._objects.values())

    def get(self, name: str) -> SObject | None:
        return self._objects.get(name.lower())

    def __getitem__(self, name: str) -> SObject:
        return self._objects[name.lower()]

    def by_prefix(self, prefix: str) -> SObject | None:
        return next((item for item in self if item.key_prefix == prefix), None)

    def set_multi_currency(self, on: bool) -> None:
        for name in WITH_CURRENCY:
            if on:
                self[name].add(currency_field(self.default_currency))
            elif self.multi_currency:
                self[name].remove("CurrencyIsoCode")
        self.multi_currency = on

    def set_person_accounts(self, on: bool) -> None:
        self["Account"].add(PERSON_NAME if on else NAME)
        self._switch("Account", PERSON_FIELDS, on)
        self._switch("Contact", PERSON_CONTACT_FIELDS, on)

    def _switch(self, name: str, fields, on: bool) -> None:
        for item in fields:
            if on:
                self[name].add(item)
            elif self[name].field(item.name):
                self[name].remove(item.name)

    def children_of(self, parent: str) -> list[tuple[SObject, Field]]:
        """(object, reference field) of all that refer to ``parent``."""
        return [
            (item, field)
            for item in self
            for field in item.fields.values()
            if parent in field.reference_to
        ]

    def child_link(self, parent: str, relationship: str):
        """(object, field) of a named child relationship, or None."""
        wanted = relationship.lower()
        for item, field in self.children_of(parent):
            if field.children and field.children.lower() == wanted:
                return item, field
        return None
