# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Routing rules in words that hold in any database, and found again by them."""

from odoo import api, models
from odoo.fields import Domain

from .routing_rule import CONDITIONS, OUTCOMES

FIELDS = (*CONDITIONS, *OUTCOMES)
# What names a record: {field of a rule: {word: its field}}; all must agree.
NAMED_BY = {
    "connection_id": {"provider": "provider", "name": "name"},
    "partner_id": {"name": "name", "vat": "vat"},
    "country_id": {"code": "code"},
    "country_group_id": {"name": "name"},
    "currency_id": {"name": "name"},
    "product_id": {"code": "default_code", "name": "name"},
    "routed_company_id": {"name": "name"},
    "journal_id": {"code": "code", "name": "name"},
    "fiscal_position_id": {"name": "name"},
}
# What of it a file need not say alike: journals are found by their code.
FOR_PEOPLE = {"journal_id": ("name",)}
# Those that are of the company that is booked in.
OF_BOOKS = ("journal_id", "fiscal_position_id")


class RoutingRule(models.Model):
    _inherit = "q2c.routing.rule"

    def _told(self):
        """JSON-able: {"name": …, field: text, or {word: text} of a record}; what the
        rule does not ask or say is left out."""
        self.ensure_one()
        rule = self.with_context(lang="en_US")
        row = {"name": rule.name}
        for name in FIELDS:
            value = rule[name]
            if not value or name == "product_scope" and not rule.product_id:
                continue
            words = NAMED_BY.get(name)
            row[name] = (
                {word: value[path] or "" for word, path in words.items()}
                if words
                else value
            )
        return row

    @api.model
    def _in_line(self, row):
        """What :meth:`_told` gives, for a person."""
        told = {}
        for name in FIELDS:
            if name in row and name != "product_scope":
                text = row[name]
                if isinstance(text, dict):
                    text = " ".join(filter(None, text.values()))
                if name == "product_id" and row.get("product_scope") == "all":
                    text = self.env._("%s on every line", text)
                told[name] = f"{self._fields[name]._description_string(self.env)}: "
                told[name] += text
        asked = ", ".join(told[name] for name in CONDITIONS if name in told)
        said = ", ".join(told[name] for name in OUTCOMES if name in told)
        return f"{asked or self.env._('always')} → {said}"


class RoutingMatching:
    """Finds what the rules of a file name, for the company of ``matching``."""

    def __init__(self, matching):
        self.matching = matching
        self.env = matching.env
        self.model = self.env["q2c.routing.rule"]

    def rules(self, rows):
        """Values of the rules of which everything is found here. One without a part of
        its conditions would say more than it is meant to."""
        found = {}
        for number, row in enumerate(rows):
            values, missing = self._values(row)
            if missing:
                self.matching._miss(
                    self.env._(
                        "Routing rule %(name)s: %(missing)s is not here, or is here "
                        "more than once.",
                        name=row["name"],
                        missing=", ".join(missing),
                    )
                )
            else:
                found[row["name"]] = {"sequence": number, **values}
        return list(found.values())

    def _values(self, row):
        values, missing = {"name": row["name"]}, []
        company = self._books(row)
        for name in FIELDS:
            if name not in row:
                continue
            if name not in NAMED_BY:
                values[name] = row[name]
                continue
            record = self._find(name, row[name], company)
            if len(record) == 1:
                values[name] = record.id
            else:
                label = self.model._fields[name]._description_string(self.env)
                text = " ".join(filter(None, row[name].values()))
                missing.append(f"{label} {text}")
        return values, missing

    def _books(self, row):
        """The company whose journals and fiscal positions the rule means."""
        told = row.get("routed_company_id")
        found = told and self._find("routed_company_id", told, self.matching.company)
        return found if found and len(found) == 1 else self.matching.company

    def _find(self, name, told, books):
        # sudo: only names are compared, whoever imports
        model = self.env[self.model._fields[name].comodel_name].sudo()
        model = model.with_context(lang="en_US", active_test=name != "currency_id")
        ignored = FOR_PEOPLE.get(name, ())
        domain = Domain.AND(
            Domain(path, "=", told.get(word) or False)
            for word, path in NAMED_BY[name].items()
            if word not in ignored
        )
        if name == "connection_id" and told.get("provider"):
            return self._connection(told)
        if "company_id" in model._fields:
            company = books if name in OF_BOOKS else self.matching.company
            domain &= Domain(model._check_company_domain(company))
        return model.search(domain, limit=2)

    def _connection(self, told):
        row = {"provider": told["provider"], "connection": told["name"]}
        found = self.matching._connection(row)
        return found or self.env["q2c.connection"]


def is_routing_row(row):
    return isinstance(row["name"], str) and all(
        isinstance(row[name], dict if name in NAMED_BY else str)
        for name in FIELDS
        if name in row
    )
