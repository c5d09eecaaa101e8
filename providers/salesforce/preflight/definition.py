# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A custom field as the Tooling API and the Metadata API take it.

Both hold the members of CustomField
(https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm),
in the order of the guide; a picklist's value is called ``valueName`` in the one and
``fullName`` in the other.
"""

from __future__ import annotations

from .need import FieldNeed

# 18 digits are the most that a number may have.
AMOUNT_PRECISION, AMOUNT_SCALE = 18, 2


def metadata(need: FieldNeed, value_name: str = "valueName") -> dict:
    """Members of the metadata, in order; lists stand for repeated elements."""
    definition = need.definition
    made: dict = {
        "description": f"Quote to Cash. {need.purpose}.",
        "externalId": definition.external_id,
        "label": need.label,
    }
    if definition.type == "Text":
        made["length"] = definition.length
    if definition.type == "Currency":
        made |= {"precision": AMOUNT_PRECISION, "scale": AMOUNT_SCALE}
    made |= {"required": False, "type": definition.type}
    if definition.type == "Text":
        made["unique"] = definition.external_id
    if definition.type == "Picklist":
        made["valueSet"] = _value_set(definition.values, value_name)
    return made


def _value_set(values: tuple[str, ...], value_name: str) -> dict:
    listed = [{value_name: value, "default": False, "label": value} for value in values]
    return {
        "restricted": True,
        "valueSetDefinition": {"sorted": False, "value": listed},
    }
