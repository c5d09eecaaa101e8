# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A canonical document as tables that a person reads."""

from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal

from odoo.tools.misc import get_lang

from ..canonical import Money, UnitAmount
from ..canonical.currency import exponent

# Said by the heading already.
UNTOLD = frozenset({"id", "live"})
SHOWN = 200
MAX_ROWS = 100


class DocumentTable:
    """Writes amounts in major units with their currency, the way of the user."""

    def __init__(self, env):
        self.env = env
        self.lang = env["res.lang"].browse(get_lang(env).id)

    def of(self, document):
        """JSON-able: ``rows``, pairs of label and text; ``tables``, a dict of label,
        head, rows and ``left_out``, how many rows are not shown, for each list. What is
        empty is left out."""
        rows, tables = [], []
        for field in fields(document):
            value = getattr(document, field.name)
            if field.name in UNTOLD or _is_empty(value):
                continue
            label = label_of(field.name)
            if isinstance(value, tuple) and is_dataclass(value[0]):
                tables.append({"label": label, **self._table(value)})
            else:
                rows.append([label, self._text(value)])
        return {"rows": rows, "tables": tables}

    def _table(self, parts):
        """A row for each of ``parts``, which are of one class."""
        names = [
            field.name
            for field in fields(parts[0])
            if any(not _is_empty(getattr(part, field.name)) for part in parts)
        ]
        shown = parts[:MAX_ROWS]
        return {
            "head": [label_of(name) for name in names],
            "rows": [
                [self._text(getattr(part, name)) for name in names] for part in shown
            ],
            "left_out": len(parts) - len(shown),
        }

    def _text(self, value):
        text = self._words(value)
        return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"

    def _words(self, value):
        if isinstance(value, Money):
            return self._amount(value.major, exponent(value.currency), value.currency)
        if isinstance(value, UnitAmount):
            decimals = max(exponent(value.currency), -value.major.as_tuple().exponent)
            return self._amount(value.major, decimals, value.currency)
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M:%S} UTC"
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        if isinstance(value, tuple):
            return self._listed(value)
        if isinstance(value, frozenset):
            return ", ".join(sorted(map(str, value)))
        if is_dataclass(value):
            parts = (getattr(value, field.name) for field in fields(value))
            return ", ".join(self._words(part) for part in parts if not _is_empty(part))
        return "" if value is None else str(value)

    def _listed(self, values):
        """Pairs of names and values, or parts of a part."""
        pairs = all(isinstance(v, tuple) and len(v) == 2 for v in values)
        if pairs:
            return ", ".join(f"{name}={value}" for name, value in values)
        return "; ".join(self._words(value) for value in values)

    def _amount(self, major, decimals, code):
        return f"{self.lang.format(f'%.{decimals}f', major, grouping=True)} {code}"


def label_of(name):
    """The name of a field in words, as the kinds of documents are."""
    return name.removesuffix("_id").replace("_", " ").capitalize()


def _is_empty(value):
    """Not an amount of nothing: that is news."""
    if isinstance(value, Money | UnitAmount):
        return False
    return (
        value is None
        or value is False
        or value == ""
        or value in ((), frozenset())
        or (
            is_dataclass(value)
            and not any(getattr(value, f.name) for f in fields(value))
        )
    )
