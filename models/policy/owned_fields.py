# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What can be owned: the fields of each kind of object, in the words of its document.

Not here, because another system cannot simply have them: who a parent company is, and
whether a deal is won. They follow the object that the record was created from.
"""

from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Owners that are no provider.
ODOO = "odoo"
ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Owned:
    """One thing that has one owner.

    ``fields``: those of the record that it is kept in; several are taken whole or not
    at all, by whether the record has one of ``anchors`` (the first field, unless told).
    ``said_by``: the attributes of the canonical document that say it.
    ``by_rule_only``: providers guess it, or Odoo fills it in by itself, so that a
    difference is no conflict unless a rule says who owns it.
    """

    label: object
    fields: tuple
    said_by: tuple
    by_rule_only: bool = False
    anchors: tuple = ()

    def is_kept(self, record):
        """Whether ``record`` says something of it."""
        return any(
            record[name] or record._fields[name].type == "boolean"
            for name in self.anchors or self.fields[:1]
        )


def _address(attribute):
    fields = ("street", "street2", "city", "zip", "country_id", "state_id")
    return Owned(_lt("Address"), fields, (attribute,), anchors=("street", "city"))


MODELS = {
    "customer": "res.partner",
    "contact": "res.partner",
    "product": "product.product",
    "price": "q2c.price",
    "opportunity": "crm.lead",
}

OWNED = {
    "customer": {
        "name": Owned(_lt("Name"), ("name",), ("name",)),
        "email": Owned(_lt("E-mail"), ("email",), ("email",)),
        "phone": Owned(_lt("Phone"), ("phone",), ("phone",)),
        "website": Owned(_lt("Website"), ("website",), ("website",)),
        "number": Owned(_lt("Reference"), ("ref",), ("number",)),
        "vat": Owned(_lt("Tax ID"), ("vat",), ("vat",)),
        "address": _address("billing"),
        "language": Owned(_lt("Language"), ("lang",), ("language",), True),
        "is_company": Owned(
            _lt("Company or person"), ("is_company",), ("is_company",), True
        ),
    },
    "contact": {
        "name": Owned(_lt("Name"), ("name",), ("name",)),
        "email": Owned(_lt("E-mail"), ("email",), ("email",)),
        "phone": Owned(_lt("Phone"), ("phone",), ("phone", "mobile")),
        "function": Owned(_lt("Job position"), ("function",), ("function",)),
        "address": _address("address"),
    },
    "product": {
        "name": Owned(_lt("Name"), ("name",), ("name",)),
        "code": Owned(_lt("Internal reference"), ("default_code",), ("code",)),
        "description": Owned(
            _lt("Sales description"), ("description_sale",), ("description",)
        ),
        "interval": Owned(
            _lt("Billing interval"),
            ("q2c_interval", "q2c_interval_count"),
            ("interval", "interval_count"),
        ),
        "active": Owned(_lt("On sale"), ("active",), ("active",), True),
    },
    "price": {
        "amount": Owned(_lt("Amount"), ("unit_amount",), ("unit_amount",), True),
    },
    "opportunity": {
        "name": Owned(_lt("Name"), ("name",), ("name",)),
        "customer": Owned(
            _lt("Customer"), ("partner_id",), ("customer_id", "contact_id")
        ),
        "amount": Owned(
            _lt("Expected revenue"), ("expected_revenue",), ("amount", "currency")
        ),
        "close_date": Owned(
            _lt("Expected closing"), ("date_deadline",), ("close_date",)
        ),
        "stage": Owned(
            _lt("Stage and probability"),
            ("stage_id", "probability"),
            ("stage", "probability"),
            True,
        ),
        "salesperson": Owned(_lt("Salesperson"), ("user_id",), ("owner_email",), True),
        "description": Owned(_lt("Notes"), ("description",), ("description",)),
    },
}


def label_of(env, kind, word):
    """How what is owned is called in the language of ``env``."""
    return OWNED[kind][word].label._translate(env.lang or "en_US")


def words_of(kind, names):
    """The words of ``kind`` that are kept in one of the record's fields ``names``."""
    return {
        word
        for word, owned in OWNED.get(kind, {}).items()
        if not set(names).isdisjoint(owned.fields)
    }


def fields_of(model):
    """The names of all fields of ``model`` that something owned is kept in."""
    return frozenset(
        name
        for kind, owner_model in MODELS.items()
        if owner_model == model
        for owned in OWNED[kind].values()
        for name in owned.fields
    )
