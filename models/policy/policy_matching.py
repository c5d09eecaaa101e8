# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a file names, found in this database."""

from odoo import fields
from odoo.fields import Domain

from ..finance.mapping import EQUALS, TARGETS

# How targets are found: {model: (names in the file → fields) that must all agree}.
FOUND_BY = {
    "account.account": {"code": "code"},
    "account.journal": {"code": "code"},
    "account.tax": {
        "name": "name",
        "amount": "amount",
        "country": "country_id.code",
    },
    "account.fiscal.position": {"name": "name"},
    "account.payment.method.line": {"name": "name", "journal": "journal_id.code"},
    "account.payment.term": {"name": "name"},
    "crm.stage": {"name": "name"},
    "q2c.target.field": {"name": "name", "of": "model"},
}
# Kinds whose keys are words, the same in all accounts.
WORDS = (
    "payment_method",
    "tax_situation",
    "stage",
    "payment_term",
    "field",
    "order_field",
)


class Matching:
    """For ``company``. ``unmatched``: sentences about what is not here."""

    def __init__(self, env, company):
        self.env = env
        self.company = company
        self.unmatched = []
        # sudo: a further company's rules name connections that it need not see
        self.connections = (
            env["q2c.connection"]
            .sudo()
            .search(
                Domain("company_id", "=", company.id)
                | Domain("entity_ids.company_id", "=", company.id)
            )
        )

    # ------------------------------------------------------------------
    # OWNERSHIP
    # ------------------------------------------------------------------

    def rules(self, rows):
        """Values of the ownership rules that ``rows`` say."""
        model = self.env["q2c.ownership.rule"]
        subjects, owners = dict(model._subjects()), dict(model._owner_selection())
        found = {}
        for row in rows:
            day = _day(row["from"])
            if row["subject"] not in subjects or row["owner"] not in owners or not day:
                self._miss(
                    self.env._(
                        "Ownership of %(subject)s by %(owner)s from %(day)s is not "
                        "known here.",
                        subject=row["subject"],
                        owner=row["owner"],
                        day=row["from"],
                    )
                )
                continue
            found[row["subject"], day] = row["owner"]
        return [
            {"subject": subject, "date_from": day, "owner": owner}
            for (subject, day), owner in found.items()
        ]

    # ------------------------------------------------------------------
    # MAPPINGS
    # ------------------------------------------------------------------

    def mappings(self, rows):
        """[(mapping, target)] of those ``rows`` that both are found of."""
        known = self.env["q2c.mapping"].search([("company_id", "=", self.company.id)])
        targets = self._targets(rows)
        found = []
        for row in rows:
            what = f"{row['kind']} {row['label']} ({row['key']})"
            connection = self._connection(row)
            if not connection or row["kind"] not in TARGETS:
                self._miss(
                    self.env._(
                        "%(what)s: there is no one connection %(name)s here.",
                        what=what,
                        name=row["connection"],
                    )
                )
                continue
            target = targets.get(_signature(row))
            if not target:
                self._miss(
                    self.env._(
                        "%(what)s: %(target)s is not here, or is here more than once.",
                        what=what,
                        target=" ".join(
                            filter(None, map(row["target"].get, ("code", "name")))
                        ),
                    )
                )
                continue
            mapping = self._mapping(known, connection, row)
            if mapping:
                found.append((mapping, target))
            else:
                self._miss(
                    self.env._(
                        "%(what)s: %(name)s has not told of it yet.",
                        what=what,
                        name=connection.name,
                    )
                )
        return found

    def _connection(self, row):
        """The one of the provider; of several, that of the same name."""
        fitting = self.connections.filtered(
            lambda connection: connection.provider == row["provider"]
        )
        if len(fitting) > 1:
            fitting = fitting.filtered(lambda each: each.name == row["connection"])
        return fitting if len(fitting) == 1 else None

    def _mapping(self, known, connection, row):
        """The row of the list; added where its key is a word and no id, for ids are
        others in each account."""
        share = known.filtered(
            lambda each: (each.connection_id, each.kind) == (connection, row["kind"])
        )
        same = share.filtered(lambda each: each.key == row["key"])
        if same:
            return same
        if row["kind"] == "tax_rate":
            alike = share.filtered(lambda each: each.details == row["details"])
            return alike if row["details"] and len(alike) == 1 else None
        if not self._is_word(row) and not self._is_linked(connection, row["key"]):
            return None
        entity = connection._books_of(self.company)
        return self.env["q2c.mapping"].create(
            {
                "connection_id": connection.id,
                "entity_id": entity.id if entity != connection else False,
                "kind": row["kind"],
                "key": row["key"],
                "label": row["label"],
                "details": row["details"] or False,
            }
        )

    def _is_word(self, row):
        if row["kind"] in WORDS:
            return True
        # A currency, or metadata.
        key = row["key"]
        return EQUALS in key or len(key) == 3 and key.isupper()

    def _is_linked(self, connection, key):
        # sudo: links are the engine's own
        links = self.env["q2c.binding"].sudo()
        return bool(
            links.search(
                [
                    ("connection_id", "=", connection.id),
                    ("kind", "in", ("product", "price")),
                    ("external_id", "=", key),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------------
    # TARGETS
    # ------------------------------------------------------------------

    def _targets(self, rows):
        """{signature of a row: its target}; each kind of target is read once."""
        found = {}
        for kind, name in TARGETS.items():
            model = self.env["q2c.mapping"]._fields[name].comodel_name
            share = [row for row in rows if row["kind"] == kind]
            if share:
                found.update(self._targets_of(model, share))
        return found

    def _targets_of(self, model, rows):
        words = FOUND_BY[model]
        first, path = next(iter(words.items()))
        wanted = list({row["target"].get(first) for row in rows} - {None})
        domain = Domain(path, "in", wanted)
        if "company_id" in self._model(model)._fields:
            domain &= Domain(self._model(model)._check_company_domain(self.company))
        records = self._model(model).search(domain)
        by_words = records.grouped(
            lambda record: tuple(_read(record, path) for path in words.values())
        )
        found = {}
        for row in rows:
            key = tuple(row["target"].get(word) for word in words)
            candidates = by_words.get(key)
            if candidates and len(candidates) == 1:
                found[_signature(row)] = candidates.with_context(lang=self.env.lang)
        return found

    def _model(self, model):
        """As files name it: in English, codes of the company."""
        # sudo: whoever may map need not be an accountant; only names are compared
        model = self.env[model].sudo().with_company(self.company)
        return model.with_context(lang="en_US")

    def _miss(self, sentence):
        self.unmatched.append(sentence)


def _signature(row):
    return row["kind"], tuple(sorted(row["target"].items()))


def _read(record, path):
    for name in path.split("."):
        record = record[name]
    return record


def _day(text):
    try:
        return fields.Date.to_date(text)
    except ValueError:
        return None
