# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was created and changed since a moment ago, for a person to read."""

from odoo.tools import SQL

# What events become, beside the targets of the appliers.
WATCHED = ("account.move", "account.payment", "account.partial.reconcile")
# No news to anybody.
SILENT = frozenset(
    "write_date write_uid create_date create_uid status_in_payment q2c_trace".split()
)
PLAIN = frozenset(
    "boolean char date datetime float integer many2one monetary selection text".split()
)
SHOWN = 80


class Findings:
    """Begins to look when it is made; ``env`` has the system's rights."""

    def __init__(self, env):
        self.env = env
        self.before = self._last_ids()
        # {record that was there: {field name: value in words}}
        self.known = {}
        # {account.move that was there: its state}
        self.states = {}

    def watch(self, bindings):
        """Remember how the records of ``bindings`` are, to tell what changes."""
        for record in self._linked(bindings):
            for one in record:
                self.known.setdefault(one, self._words(one))
        moves = self.env["account.move"].browse(
            move.id for record in self.known for move in self._move_of(record)
        )
        self.states |= {move: move.state for move in moves}

    def collect(self):
        """{"records", "entries", "reconciliations", "accounts", "commands"}; each a
        list of JSON-able dicts."""
        self.env.invalidate_all()
        created = self._created()
        entries = created["account.move"].sorted("id")
        return {
            "records": [*map(self._told, self._news(created)), *self._changes()],
            "entries": [_entry(move) for move in entries],
            "reconciliations": [
                _reconciliation(partial)
                for partial in created["account.partial.reconcile"].sorted("id")
            ],
            "accounts": self._accounts(entries),
            "commands": self._commands(),
        }

    # ------------------------------------------------------------------
    # WHAT IS NEW
    # ------------------------------------------------------------------

    def _models(self):
        """The models that events become records of, and the outbox."""
        targets = {
            model._target
            for name, model in self.env.items()
            if name.startswith("q2c.applier.") and model._target
        }
        return sorted({*targets, *WATCHED, "q2c.command"})

    def _last_ids(self):
        """{model name: the highest id}, in one query."""
        parts = [
            SQL(
                "SELECT %s, coalesce(max(id), 0) FROM %s",
                name,
                SQL.identifier(self.env[name]._table),
            )
            for name in self._models()
        ]
        self.env.flush_all()
        return dict(self.env.execute_query(SQL(" UNION ALL ").join(parts)))

    def _created(self):
        return {
            name: self.env[name]
            .with_context(active_test=False)
            .search([("id", ">", last)])
            for name, last in self.before.items()
        }

    def _news(self, created):
        """Records that deserve a line of their own: entries and matches have theirs."""
        told_elsewhere = {"account.move", "account.partial.reconcile", "q2c.command"}
        for name, records in created.items():
            if name not in told_elsewhere:
                yield from records.sorted("id")

    def _told(self, record):
        return {
            "model": record._name,
            "type": self._type(record),
            "name": record.display_name or "",
            "is_new": True,
            "changes": [],
        }

    def _commands(self):
        commands = self.env["q2c.command"].search(
            [("id", ">", self.before["q2c.command"])], order="id"
        )
        return [
            {"connection": command.connection_id.name, "name": command.display_name}
            for command in commands
        ]

    # ------------------------------------------------------------------
    # WHAT CHANGED
    # ------------------------------------------------------------------

    def _changes(self):
        for record, words in self.known.items():
            now = self._words(record) if record.exists() else None
            changes = self._differences(record, words, now)
            if changes:
                name = record.display_name if now else words.get("display_name")
                yield {
                    "model": record._name,
                    "type": self._type(record),
                    "name": name or "",
                    "is_new": False,
                    "changes": changes,
                }

    def _differences(self, record, before, now):
        if now is None:
            label = self.env._("Deleted")
            return [{"field": "id", "label": label, "before": "", "after": ""}]
        labels = record.fields_get(list(before), ["string"])
        return [
            {
                "field": name,
                "label": labels[name]["string"],
                "before": before[name],
                "after": now[name],
            }
            for name in before
            if name in labels and before[name] != now[name]
        ]

    def _linked(self, bindings):
        ids = {}
        for binding in bindings.values():
            if binding and binding.res_model in self.env:
                ids.setdefault(binding.res_model, []).append(binding.res_id)
        for model, record_ids in ids.items():
            yield self.env[model].browse(record_ids).exists()

    def _words(self, record):
        """{name: value in words} of what is stored on ``record``."""
        return {
            name: _word(record, field)
            for name, field in record._fields.items()
            if field.store and field.type in PLAIN and not _is_silent(name)
        } | {"display_name": record.display_name}

    def _type(self, record):
        return self.env["ir.model"]._get(record._name).name

    # ------------------------------------------------------------------
    # THE BOOKS
    # ------------------------------------------------------------------

    def _move_of(self, record):
        if record._name == "account.move":
            return record
        return record.move_id if record._name == "account.payment" else ()

    def _accounts(self, entries):
        """What the posted balance of each account changes by, from new entries and from
        those that were posted, or are no longer."""
        signs = {line: 1 for line in entries.line_ids if line.parent_state == "posted"}
        for move, state in self.states.items():
            state_now = move.exists() and move.state
            if (state == "posted") != (state_now == "posted"):
                sign = 1 if state_now == "posted" else -1
                signs |= dict.fromkeys(move.line_ids, sign)
        sums = {}
        for line, sign in signs.items():
            if not line.account_id:
                continue
            total = sums.setdefault((line.company_id, line.account_id), [0.0, 0.0])
            sides = (line.debit, line.credit)[::sign]
            total[0] += sides[0]
            total[1] += sides[1]
        return [
            _account(company, account, *total)
            for (company, account), total in sorted(
                sums.items(), key=lambda pair: (pair[0][0].id, pair[0][1].code or "")
            )
        ]


def _is_silent(name):
    """Bookkeeping of Odoo's own, or said by another field already."""
    return name in SILENT or name.endswith("_signed") or name.startswith("sequence_")


def _word(record, field):
    value = record[field.name]
    if field.type == "many2one":
        return value.sudo().display_name or ""
    if field.type == "selection":
        labels = dict(field._description_selection(record.env))
        return labels.get(value, value) or ""
    text = "" if value is False and field.type != "boolean" else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _account(company, account, debit, credit):
    currency = company.currency_id
    return {
        "company": company.name,
        "code": account.with_company(company).code or "",
        "name": account.name,
        "debit": currency.round(debit),
        "credit": currency.round(credit),
        "balance": currency.round(debit - credit),
        "currency": currency.name,
    }


def _entry(move):
    """One new journal entry. A draft has no number yet."""
    return {
        "name": move.name or "",
        "ref": move.ref or "",
        "type": dict(move._fields["move_type"]._description_selection(move.env))[
            move.move_type
        ],
        "journal": move.journal_id.name,
        "date": str(move.date),
        "date_reason": move.q2c_date_reason or "",
        "state": move.state,
        "partner": move.partner_id.display_name or "",
        "company": move.company_id.name,
        "currency": move.company_id.currency_id.name,
        "lines": [
            _line(line)
            for line in move.line_ids.sorted(lambda line: (not line.debit, line.id))
            if line.account_id
        ],
    }


def _line(line):
    return {
        "code": line.account_id.with_company(line.company_id).code or "",
        "account": line.account_id.name,
        "label": line.name or "",
        "partner": line.partner_id.display_name or "",
        "debit": line.debit,
        "credit": line.credit,
        "amount_currency": line.amount_currency,
        "currency": line.currency_id.name,
    }


def _reconciliation(partial):
    return {
        "debit": partial.debit_move_id.move_id.display_name,
        "credit": partial.credit_move_id.move_id.display_name,
        "amount": partial.amount,
        "currency": partial.company_currency_id.name,
    }
