# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What fits an object that is not mapped yet, and why; one click takes it."""

import re
from functools import cached_property

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .mapping import EQUALS, TARGETS


class Mapping(models.Model):
    _inherit = "q2c.mapping"

    suggestion = fields.Char(compute="_compute_suggestion")
    suggestion_reason = fields.Char(string="Because", compute="_compute_suggestion")

    @api.depends("connection_id", "kind", "key", "label", "details", "state")
    def _compute_suggestion(self):
        found = self._suggest()
        for mapping in self:
            record, reason = found.get(mapping, (False, False))
            mapping.suggestion = record and record.display_name
            mapping.suggestion_reason = reason

    def _suggest(self):
        """{mapping: (record, why)} of those that something fits."""
        found = {}
        opened = self.filtered(lambda mapping: mapping.state != "mapped")
        groups = opened.grouped(
            lambda mapping: (mapping.connection_id, mapping.entity_id)
        )
        for (connection, entity), share in groups.items():
            candidates = Candidates(connection, entity)
            for mapping in share:
                record, reason = candidates.best(mapping)
                if record:
                    found[mapping] = record, reason
        return found

    def action_accept(self):
        """Map to what is suggested, and let go on what was held for it."""
        found = self._suggest()
        if not found:
            raise UserError(self.env._("There is nothing to suggest for these."))
        for mapping, (record, _reason) in found.items():
            mapping[TARGETS[mapping.kind]] = record
        left = len(self) - len(found)
        message = self._accepted(len(found))
        if left:
            message += " " + self.env._(
                "%s were mapped already, or nothing fits them: choose by hand.", left
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if left else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _accepted(self, count):
        """What is said of ``count`` suggestions that were accepted."""
        return self.env._("%s mapped as suggested.", count)


class Candidates:
    """What mappings of one connection can be mapped to, each kind read once."""

    def __init__(self, connection, entity):
        """
        :param entity: the further company that they are for, else an empty one
        """
        self.connection = connection
        self.books = entity or connection
        self.company = self.books.company_id
        self.env = connection.env

    def best(self, mapping):
        """(record, why); (None, "") where nothing fits well enough to be offered."""
        ranks = {
            "tax_rate": self._rank_taxes,
            "payment_method": self._rank_methods,
            "tax_situation": self._rank_positions,
            "journal": self._rank_journals,
            "stage": self._rank_stages,
            "payment_term": self._rank_terms,
            "field": self._rank_fields,
            "order_field": self._rank_fields,
        }.get(mapping.kind)
        ranked = ranks(mapping, mapping.details or {}) if ranks else ()
        return next(((found[:1], why) for found, why in ranked if found), (None, ""))

    # ------------------------------------------------------------------
    # WHAT THERE IS
    # ------------------------------------------------------------------

    @cached_property
    def taxes(self):
        return self._all("account.tax", Domain("type_tax_use", "=", "sale"))

    @cached_property
    def positions(self):
        return self._all("account.fiscal.position", Domain.TRUE)

    @cached_property
    def journals(self):
        return self._all("account.journal", Domain("type", "=", "sale"))

    @cached_property
    def stages(self):
        return self.env["crm.stage"].search(Domain("is_won", "=", False))

    @cached_property
    def terms(self):
        return self._all("account.payment.term", Domain.TRUE)

    @cached_property
    def fields(self):
        return self.env["q2c.target.field"].search(Domain.TRUE).grouped("model")

    @cached_property
    def methods(self):
        lines = self.connection.payment_journal_id.inbound_payment_method_line_ids
        clearing = self.connection._clearing_account()
        return lines.filtered(lambda line: line.payment_account_id == clearing)

    def _all(self, model, domain):
        company = Domain(self.env[model]._check_company_domain(self.company))
        return self.env[model].search(company & domain)

    # ------------------------------------------------------------------
    # WHAT FITS, THE BEST FIRST
    # ------------------------------------------------------------------

    def _rank_taxes(self, mapping, details):
        """Another country's tax is not offered: it is reported elsewhere."""
        fitting = self.taxes.filtered(
            lambda tax: (
                (tax.amount_type, tax.amount)
                == (details.get("amount_type"), details.get("amount"))
                and (details.get("country") or tax.country_code) == tax.country_code
            )
        )
        same = fitting.filtered(
            lambda tax: bool(tax.price_include) == bool(details.get("inclusive"))
        )
        default = self.company.account_sale_tax_id
        named = same.filtered(lambda tax: _shares(details.get("name"), tax.name))
        yield (
            named & default or named,
            self.env._("Same name, amount, country and inclusion"),
        )
        yield (
            same & default or same,
            self.env._("Same amount, country and inclusion"),
        )
        yield (
            fitting,
            self.env._("Same amount and country, inclusion differs"),
        )

    def _rank_methods(self, mapping, details):
        named = self.methods.filtered(lambda line: _shares(mapping.key, line.name))
        yield named, self.env._("Same name")
        yield self.methods, self.env._("The connection's payment journal")

    def _rank_positions(self, mapping, details):
        """Who owes the tax himself has a VAT number, so for him the position that asks
        for one goes first; for the others, the one that does not."""
        reason, code = mapping.key.partition(":")[0], details.get("country")
        with_number = "reverse_charge" in reason
        foreign = self.positions.filtered(lambda each: not each.is_domestic)
        of_sort = foreign.filtered(lambda each: each.vat_required == with_number)
        named = self.positions.filtered(lambda each: _shares(reason, each.name))
        yield _in_country(named, code), self.env._("Same name and country")
        for found in (of_sort, foreign):
            yield _in_country(found, code), self.env._("Same country")
            yield _in_group(found, code), self.env._("Its group has the country")
        yield (
            named.filtered(lambda e: not e.country_id and not e.country_group_id),
            self.env._("Same name"),
        )

    def _rank_journals(self, mapping, details):
        if EQUALS in mapping.key:
            word = mapping.key.partition(EQUALS)[2]
            yield self._named(word), self.env._("Named like its value")
        elif details.get("currency"):
            code = details["currency"]
            of_currency = self.journals.filtered(lambda j: j.currency_id.name == code)
            yield of_currency, self.env._("Same currency")
            yield self._named(code), self.env._("Named like the currency")
            yield (
                self.books.invoice_journal_id,
                self.env._("The connection's journal of invoices"),
            )
        else:
            yield self._named(mapping.label), self.env._("Same name")

    def _rank_stages(self, mapping, details):
        yield _alike(self.stages, mapping.key), self.env._("Same name")

    def _rank_terms(self, mapping, details):
        yield _alike(self.terms, mapping.key), self.env._("Same name")
        days = _number(mapping.key)
        within = self.terms.filtered(
            lambda term: (
                len(term.line_ids) == 1
                and (term.line_ids.delay_type, term.line_ids.nb_days)
                == ("days_after", days)
            )
        )
        yield within, self.env._("As many days")

    def _rank_fields(self, mapping, details):
        """A field that is called alike, and can hold it."""
        there = self.fields.get(mapping.field_model)
        if not there:
            return
        fitting = self.connection._provider()._types_fitting
        told = details.get("type")
        there = there.filtered(lambda f: not told or told in fitting(f.ttype))
        name = mapping.key.rpartition(".")[2].removesuffix("__c").lower()
        names = {name, f"x_{name}", f"x_studio_{name}"}
        yield there.filtered(lambda f: f.name in names), self.env._("Same name")
        alike = there.filtered(
            lambda f: _words(f.label) == _words(details.get("label"))
        )
        yield alike, self.env._("Called the same")

    def _named(self, words):
        return self.journals.filtered(lambda journal: _shares(words, journal.name))


def _words(text):
    plain = "".join(sign if sign.isalnum() else " " for sign in (text or "").lower())
    return set(plain.split())


def _shares(words, name):
    """Whether ``name`` has all of ``words``, which are some."""
    words = _words(words)
    return bool(words) and words <= _words(name)


def _alike(records, name):
    return records.filtered(lambda record: _words(record.name) == _words(name))


def _number(text):
    """The number in ``text`` (Net 30 → 30), None where there is none, or several."""
    found = re.findall(r"\d+", text or "")
    return int(found[0]) if len(found) == 1 else None


def _in_country(positions, code):
    return positions.filtered(lambda each: code and each.country_id.code == code)


def _in_group(positions, code):
    return positions.filtered(
        lambda each: (
            not each.country_id
            and code in each.country_group_id.country_ids.mapped("code")
        )
    )
