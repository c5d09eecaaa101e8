# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a configuration needs, told by its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .. import fields, lines
from ..schema import Schema
from ..streams import STREAMS
from .need import Definition, FieldNeed, ObjectNeed

# What is fetched with a record of each object, whatever is polled.
_WITH = {
    "Contact": ("Account",),
    "PricebookEntry": ("Product2", "Pricebook2"),
    "Contract": ("Account",),
    "Opportunity": (
        *("OpportunityLineItem", "OpportunityContactRole", "Account", "Contact"),
        *("Contract", "Product2"),
    ),
    "OpportunityLineItem": ("Opportunity",),
    "OpportunityContactRole": ("Opportunity",),
    "Order": ("OrderItem", "Account", "Contact", "Contract", "Product2"),
    "OrderItem": ("Order",),
}
_PURPOSES = {
    "Account": "Customers",
    "Contact": "Contacts of customers",
    "Contract": "Contracts that orders are made under",
    "Lead": "Leads",
    "Product2": "Products",
    "Pricebook2": "Price books",
    "PricebookEntry": "Prices",
    "Opportunity": "Opportunities",
    "OpportunityLineItem": "What was sold with an opportunity",
    "OpportunityContactRole": "Who plays which part in an opportunity",
    "Order": "Orders",
    "OrderItem": "What was ordered",
}
# What is not done without an object.
_WITHOUT = {
    "Contract": "orders do not show their contracts",
    "Lead": "no leads are taken in",
    "OpportunityContactRole": "opportunities show no contacts but the primary one",
}
# Words that the translator of billing intervals knows (translate/interval.py).
INTERVALS = (
    "One-Time",
    "Daily",
    "Weekly",
    "Monthly",
    "Quarterly",
    "Semiannual",
    "Annual",
)
# Ends of names of fields that only orgs have which use a feature.
_OF_FEATURES = ("CurrencyIsoCode", "StateCode", "CountryCode")
_TEXTS = ("string", "textarea", "picklist")
_AMOUNTS = ("currency", "double")
# What is written where the catalogue is published to the org.
CATALOGUE = ("Product2", "Pricebook2", "PricebookEntry")
TEXT = Definition(type="Text", length=80)
AMOUNT = Definition(type="Currency")
DATE = Definition(type="Date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A field that is told a value. ``label``: of the value, for a person."""

    sobject: str
    field: str
    label: str
    is_amount: bool
    is_date: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A field that people have mapped. ``name``: with its object. ``types``: those of
    describe that do."""

    name: str
    types: tuple[str, ...]


def of_configuration(
    streams: Iterable[str],
    order_source: str,
    schema: Schema,
    told: Iterable[Told],
    mapped: Iterable[Mapped] = (),
) -> list[ObjectNeed | FieldNeed]:
    """
    :param streams: codes of the streams that are on
    :param order_source: opportunity, order, or none
    """
    told = list(told)
    read = _objects(streams, order_source)
    written = {line.sobject for line in told}
    if schema.reference:
        written.update(CATALOGUE)
    objects = [
        _object_need(name, name in written)
        for name in _PURPOSES
        if name in read or name in written
    ]
    return [
        *objects,
        *_references(schema),
        *_configured(read, schema),
        *_terms(read, schema),
        *map(_told_need, told),
        *_mapped_needs(read, mapped),
    ]


def _objects(streams: Iterable[str], order_source: str) -> set[str]:
    """Objects that are read, with all that is fetched for them."""
    open_ones = [STREAMS[code].sobject for code in streams if code in STREAMS]
    open_ones += {"opportunity": ["Opportunity"], "order": ["Order"]}.get(
        order_source, []
    )
    read: set[str] = set()
    while open_ones:
        name = open_ones.pop()
        if name not in read:
            read.add(name)
            open_ones += _WITH.get(name, ())
    return read


def _object_need(name: str, write: bool) -> ObjectNeed:
    known = fields.OF_SOBJECT[name]
    return ObjectNeed(
        sobject=name,
        purpose=_PURPOSES[name],
        write=write,
        standard=known.required,
        optional=tuple(filter(_in_every_org, known.optional)),
        without=_WITHOUT.get(name, ""),
    )


def _in_every_org(path: str) -> bool:
    """Not those that come with a feature: Person Accounts, several currencies,
    picklists of states and countries; nor what another object has."""
    return not ("Person" in path or "." in path or path.endswith(_OF_FEATURES))


def _configured(read: set[str], schema: Schema) -> Iterable[FieldNeed]:
    if schema.billing_interval and "Product2" in read:
        yield FieldNeed(
            sobject="Product2",
            field=schema.billing_interval,
            purpose="How often a product is billed",
            types=("picklist", "string"),
            definition=Definition(type="Picklist", values=INTERVALS),
        )
    if schema.billing_start and "Opportunity" in read:
        yield FieldNeed(
            sobject="Opportunity",
            field=schema.billing_start,
            purpose="When billing starts",
            types=("date",),
            definition=Definition(type="Date"),
        )
    if schema.vat and "Account" in read:
        yield FieldNeed(
            sobject="Account",
            field=schema.vat,
            purpose="Tax ID of customers",
            types=("string",),
            definition=Definition(type="Text", length=32),
        )


def _references(schema: Schema) -> Iterable[FieldNeed]:
    for sobject in ("Product2", "Pricebook2") if schema.reference else ():
        yield FieldNeed(
            sobject=sobject,
            field=schema.reference,
            purpose="Which record in Odoo it was made from",
            types=("string",),
            definition=Definition(type="Text", length=80, external_id=True),
            write=True,
            external_id=True,
        )


def _terms(read: set[str], schema: Schema) -> Iterable[FieldNeed]:
    for sobject in ("Account", "Opportunity", "Order"):
        if schema.payment_terms and sobject in read:
            yield FieldNeed(
                sobject=sobject,
                field=schema.payment_terms,
                purpose="Payment terms",
                types=("picklist", "string"),
                either="payment_terms",
            )


def _mapped_needs(read: set[str], mapped: Iterable[Mapped]) -> Iterable[FieldNeed]:
    for field in mapped:
        sobject, _dot, path = field.name.partition(".")
        if sobject in read:
            yield FieldNeed(
                sobject=sobject,
                field=path,
                purpose="Is mapped to a field of Odoo",
                types=field.types,
            )


def _told_need(line: Told) -> FieldNeed:
    types, definition = _TEXTS, TEXT
    if line.is_amount:
        types, definition = _AMOUNTS, AMOUNT
    elif line.is_date:
        types, definition = ("date",), DATE
    return FieldNeed(
        sobject=line.sobject,
        field=line.field,
        purpose=f"Is told: {line.label}",
        types=types,
        definition=definition,
        write=True,
    )


# Objects whose rights are those of a parent: no permission set can give them.
CONTROLLED_BY = {
    "PricebookEntry": "Pricebook2",
    lines.ROLES.sobject: "Opportunity",
    **{line.sobject: parent for parent, line in lines.OF_SOBJECT.items()},
}
