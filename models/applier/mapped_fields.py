# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people have mapped besides what appliers know of: values of the provider's
fields, made those of fields of records."""

import re
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation

from odoo.fields import Domain
from odoo.tools import escape_psql

from ..policy.target_field import TO_PRODUCT
from .mappings import Mappings

# What a value may be of a record that a field refers to, the surest first.
WORDS = ("code", "login", "email", "ref", "default_code")
TRUE, FALSE = {"true", "yes", "1"}, {"false", "no", "0"}
_ZONE = re.compile(r"([+-]\d\d)(\d\d)$")


class Unfit(Exception):
    """The value cannot be one of the field; the argument says why, in a few words."""


class MappedFields:
    """Of documents (or lines of documents) that become records of ``model``.

    A value that does not fit leaves its field alone, and nothing else: it is reported
    when the record is there.

    :param kind: of the mappings that are about such records
    :param documents: whatever has ``extras``; those whose values will be asked for
    """

    def __init__(self, batch, kind, model, documents):
        self.batch = batch
        self.env = batch.env
        self.connection = batch.connection
        self.model = batch.env[model]
        self.fields = {}
        self._known = {}
        documents = [document for document in documents if document.extras]
        if documents:
            self._read_fields(kind, documents)
            self._read_records(documents)

    def values(self, document):
        """{name of a field: value} to create or write, as far as they fit."""
        return self._read(document)[0]

    def _read(self, document):
        """:return: the values, and {name at the provider: why it does not fit}"""
        values, unfit = {}, {}
        for name, value in document.extras:
            field = self.fields.get(name)
            if not field:
                continue
            try:
                said = self._value(field, value, document)
            except Unfit as reason:
                unfit[name] = str(reason)
                continue
            if said or not field.required:
                values[field.name] = said
        return values, unfit

    # ------------------------------------------------------------------
    # WHAT IS MAPPED
    # ------------------------------------------------------------------

    def _read_fields(self, kind, documents):
        """Only what is there still, and what the service user may write."""
        mappings = Mappings(self.connection)
        for name in dict.fromkeys(n for d in documents for n, _value in d.extras):
            target = mappings.target(kind, name)
            if not target or TO_PRODUCT.get(target.model, target.model) != (
                self.model._name
            ):
                continue
            field = self.model._fields.get(target.name)
            if field and self.model._has_field_access(field, "write"):
                self.fields[name] = field

    def _read_records(self, documents):
        """The records that many2one fields may mean, one search for each model."""
        wanted = {}
        for document in documents:
            for name, value in document.extras:
                field = self.fields.get(name)
                if field and field.type == "many2one" and _text(value):
                    wanted.setdefault(field.comodel_name, set()).add(_text(value))
        for comodel, words in wanted.items():
            self._known[comodel] = self._find(self.env[comodel], words)

    def _find(self, model, words):
        """{(name of a field, word in lower case): records}"""
        names = [
            name
            for name in dict.fromkeys((*WORDS, model._rec_name))
            if name in model._fields and model._fields[name]._description_searchable
        ]
        domain = Domain.OR(
            Domain(name, "=ilike", escape_psql(word))
            for name in names
            for word in sorted(words)
        )
        if "company_id" in model._fields or model._name == "res.users":
            domain &= Domain(model._check_company_domain(self.connection.company_id))
        found = {}
        for record in model.search(domain):
            for name in names:
                key = name, _text(record[name]).lower()
                found[key] = found.get(key, model) | record
        return found

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def _value(self, field, value, document):
        """:raises Unfit: it is none of the field's"""
        if field.type == "boolean":
            return self._truth(value)
        if value in (None, ""):
            return False
        read = {
            "char": _text,
            "text": _text,
            "integer": _whole,
            "float": _fraction,
            "date": lambda text: _moment(text).date(),
            "datetime": _moment,
        }.get(field.type)
        if read:
            try:
                return read(value)
            except (ValueError, InvalidOperation):
                raise Unfit(self.env._("it is not of its type")) from None
        if field.type == "monetary":
            return self._amount(value, document)
        if field.type == "selection":
            return self._selected(field, value)
        return self._record(field, value)

    def _truth(self, value):
        word = _text(value).lower()
        if word in TRUE:
            return True
        if word in FALSE or not word:
            return False
        raise Unfit(self.env._("it is neither yes nor no"))

    def _amount(self, value, document):
        """Amounts of orders are in the order's currency, all others in the company's:
        nothing is converted unseen."""
        code = getattr(document, "currency", "")
        own = self.connection.company_id.currency_id.name
        if not self.model._name.startswith("sale.") and code not in ("", own):
            raise Unfit(self.env._("it is in %s", code))
        try:
            return _fraction(value)
        except InvalidOperation:
            raise Unfit(self.env._("it is not of its type")) from None

    def _selected(self, field, value):
        word = _text(value)
        options = field._description_selection(self.env(context={"lang": "en_US"}))
        for code, label in options:
            if word == code or word.lower() == label.lower():
                return code
        raise Unfit(self.env._("it is none of its values"))

    def _record(self, field, value):
        model, word = self.env[field.comodel_name], _text(value).lower()
        known = self._known[field.comodel_name]
        for name in dict.fromkeys((*WORDS, model._rec_name)):
            found = known.get((name, word), model)
            if len(found) > 1:
                raise Unfit(self.env._("there are several of it"))
            if found:
                return found.id
        raise Unfit(self.env._("there is no such record"))

    # ------------------------------------------------------------------
    # WHAT DID NOT FIT
    # ------------------------------------------------------------------

    def report(self, records):
        """Put what did not fit on the list, and take off what does by now. What did not
        is applied anew at the next reading although it says the same: it may fit then.

        :param records: {item: its record}
        """
        self.report_of({i.ref: (r, [i.document]) for i, r in records.items()})

    def report_of(self, told):
        """
        :param told: {ref of an object: (the record it is about, its documents)}
        """
        if not self.fields:
            return
        cases, settled = [], set()
        for ref, (record, documents) in told.items():
            settled |= {_key(ref, name, self.model) for name in self.fields}
            for document in documents:
                unfit = self._read(document)[1]
                if unfit:
                    # sudo: links are the engine's own
                    self.batch.bindings[ref].sudo().fingerprint = False
                values = dict(document.extras)
                cases += [
                    self._case(ref, record, name, values[name], reason)
                    for name, reason in unfit.items()
                ]
        exceptions = self.env["q2c.exception"]
        exceptions._report_many(self.connection, cases)
        settled -= {case["key"] for case in cases}
        exceptions._resolve_keys(self.connection, settled)

    def _case(self, ref, record, name, value, reason):
        field = self.fields[name]
        return {
            "code": "value_unfit",
            "message": self.env._(
                "%(name)s is %(value)s, which %(record)s cannot have as %(field)s: "
                "%(reason)s. The field was left as it is.",
                name=name,
                value=_text(value)[:80],
                record=record.display_name,
                field=field._description_string(self.env),
                reason=reason,
            ),
            "remedy": self.env._(
                "Correct the value at its source, have Odoo know it, or map another "
                "field; it is read again when the object changes, or by Load "
                "Everything."
            ),
            "key": _key(ref, name, self.model),
            "record": record,
            "ref": ref,
        }


def _key(ref, name, model):
    return f"value_unfit:{ref}:{name}:{model._name}"


def _text(value):
    return "" if value is None or value is False else str(value).strip()


def _whole(value):
    number = Decimal(_text(value))
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _fraction(value):
    return float(Decimal(_text(value)))


def _moment(value):
    """A day or a moment as ISO 8601 writes them, in UTC."""
    text = _ZONE.sub(r"\1:\2", _text(value).replace("Z", "+00:00"))
    if len(text) == len("2026-01-01"):
        return datetime.combine(date.fromisoformat(text), datetime.min.time())
    moment = datetime.fromisoformat(text)
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
