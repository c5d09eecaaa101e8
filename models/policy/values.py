# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Values of fields as they are kept in JSON, and as a person reads them."""

from odoo import fields, models
from odoo.tools import html2plaintext

LONGEST = 200


def plain(value):
    """``value``, as it is written to a field, in JSON."""
    return fields.Date.to_string(value) if hasattr(value, "isoformat") else value


def unplain(record, name, value):
    """What :func:`plain` made of a value of the field ``name``, as it was."""
    if value and record._fields[name].type == "date":
        return fields.Date.to_date(value)
    return value


def shown(record, values):
    """``values``, {field of ``record``: value as read or as written}, in one line."""
    words = (_word(record, name, value) for name, value in values.items())
    text = ", ".join(filter(None, words))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _word(record, name, value):
    field = record._fields[name]
    if field.type == "boolean":
        return record.env._("Yes") if value else record.env._("No")
    if not value:
        return ""
    if field.type == "many2one":
        known = isinstance(value, models.BaseModel)
        return (value if known else record.env[field.comodel_name].browse(value))[
            "display_name"
        ]
    if field.type == "html":
        return html2plaintext(value).replace("\n", " ")
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value, value)
    return str(value)
