# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Describe answers in the shape that Salesforce gives them.

The members and their values follow genuine describes of API 48 to 52 (recorded by the
CumulusCI project); what an organisation's layouts and actions would add is empty.
"""

from __future__ import annotations

import re

from ..records.values import shown
from ..schema.field import Field
from ..schema.sobject import SObject

SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "currency": "xsd:double",
    "double": "xsd:double",
    "percent": "xsd:double",
    "int": "xsd:int",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}
#: three bytes per character in UTF-8, as describes count them
BYTES_PER_CHARACTER = 3
MASTER_RECORD_TYPE = "012000000000000AAA"
ALWAYS_FALSE = (
    *("aiPredictionField", "caseSensitive", "dependentPicklist"),
    *("deprecatedAndHidden", "displayLocationInDecimal", "encrypted"),
    *("formulaTreatNullNumberAsZero", "highScaleNumber", "htmlFormatted"),
    *("polymorphicForeignKey", "restrictedDelete"),
    *("searchPrefilterable", "writeRequiresMasterRead"),
)
ALWAYS_NULL = (
    *("calculatedFormula", "controllerName", "defaultValueFormula", "extraTypeInfo"),
    *("filteredLookupInfo", "inlineHelpText", "mask", "maskType"),
    *("referenceTargetField", "relationshipOrder"),
)
UNGROUPED = ("currency", "double", "percent", "datetime")
OBJECT_FALSE = (
    *("activateable", "customSetting", "deepCloneable", "deprecatedAndHidden"),
    *("feedEnabled", "hasSubtypes", "isInterface", "isSubtype"),
)
OBJECT_TRUE = ("layoutable", "mruEnabled", "queryable", "retrieveable", "triggerable")
FULL_NULL = (
    *("associateEntityType", "associateParentEntity", "defaultImplementation"),
    *("extendedBy", "extendsInterfaces", "implementedBy", "implementsInterfaces"),
    *("listviewable", "lookupLayoutable", "networkScopeFieldName"),
)
RESOURCES = ("compactLayouts", "approvalLayouts", "describe", "quickActions", "layouts")


def label_of(field: Field) -> str:
    """BillingCountryCode → Billing Country Code; AccountId → Account ID."""
    if field.label:
        return field.label
    name = field.name.removesuffix("__c").replace("_", " ")
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"\bId\b", "ID", spaced)


def field_description(field: Field) -> dict:
    description = {
        **dict.fromkeys(ALWAYS_FALSE, False),
        **dict.fromkeys(ALWAYS_NULL),
        "name": field.name,
        "label": label_of(field),
        "type": field.type,
        "soapType": SOAP_TYPES.get(field.type, "xsd:string"),
        **_size(field),
        "aggregatable": field.filterable and field.type != "boolean",
        "autoNumber": field.auto_number,
        "calculated": False,
        "cascadeDelete": False,
        "compoundFieldName": field.compound,
        "createable": field.createable,
        "custom": field.custom,
        "defaultValue": shown(field.default) if field.default != "" else None,
        "defaultedOnCreate": field.default is not None,
        "externalId": field.external_id,
        "filterable": field.filterable or field.type == "address",
        "groupable": field.filterable and field.type not in UNGROUPED,
        "idLookup": _finds_records(field),
        "nameField": field.name_field,
        "namePointing": False,
        "nillable": field.nillable,
        "queryByDistance": field.type == "address",
        "permissionable": field.nillable and field.createable,
        "picklistValues": [_picklist_value(value) for value in field.picklist],
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship,
        "restrictedPicklist": field.restricted,
        "sortable": field.filterable,
        "unique": field.unique,
        "updateable": field.updateable,
    }
    return dict(sorted(description.items()))


def _finds_records(field: Field) -> bool:
    plain_name = field.name_field and not (field.compound or field.derived)
    return field.type in ("id", "email") or field.external_id or plain_name


def _size(field: Field) -> dict:
    ids = field.type in ("id", "reference")
    return {
        "length": field.length,
        "byteLength": field.length * (1 if ids else BYTES_PER_CHARACTER),
        "digits": field.precision if field.type == "int" else 0,
        "precision": 0 if field.type == "int" else field.precision,
        "scale": field.scale,
    }


def _picklist_value(value: str) -> dict:
    return {
        "active": True,
        "defaultValue": False,
        "label": value,
        "validFor": None,
        "value": value,
    }


def summary(sobject: SObject, version: str) -> dict:
    """An object's entry in the global describe."""
    path = f"/services/data/{version}/sobjects/{sobject.name}"
    urls = {name: f"{path}/describe/{name}" for name in RESOURCES}
    urls.update(sobject=path, describe=f"{path}/describe", rowTemplate=f"{path}/{{ID}}")
    description = {
        **dict.fromkeys(OBJECT_FALSE, False),
        **dict.fromkeys(OBJECT_TRUE, True),
        "associateEntityType": None,
        "associateParentEntity": None,
        "name": sobject.name,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "keyPrefix": sobject.key_prefix,
        "custom": sobject.name.endswith("__c"),
        "createable": sobject.createable,
        "updateable": sobject.updateable,
        "deletable": sobject.deletable,
        "undeletable": sobject.undeletable,
        "mergeable": sobject.mergeable,
        "replicateable": sobject.deletable,
        "searchable": sobject.searchable,
        "urls": urls,
    }
    return dict(sorted(description.items()))


def describe(schema, sobject: SObject, version: str) -> dict:
    description = {
        **dict.fromkeys(FULL_NULL),
        **summary(sobject, version),
        "actionOverrides": [],
        "childRelationships": [
            _child(child, field) for child, field in schema.children_of(sobject.name)
        ],
        "compactLayoutable": True,
        "fields": [field_description(field) for field in sobject.fields.values()],
        "namedLayoutInfos": [],
        "recordTypeInfos": [_master_record_type(sobject, version)],
        "searchLayoutable": sobject.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [
            {"label": f"All {sobject.plural.lower()}", "name": "everything"}
        ],
    }
    return dict(sorted(description.items()))


def _child(child: SObject, field: Field) -> dict:
    return {
        "cascadeDelete": field.cascade,
        "childSObject": child.name,
        "deprecatedAndHidden": False,
        "field": field.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": field.children,
        "restrictedDelete": False,
    }


def _master_record_type(sobject: SObject, version: str) -> dict:
    path = f"/services/data/{version}/sobjects/{sobject.name}/describe/layouts"
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": MASTER_RECORD_TYPE,
        "urls": {"layout": f"{path}/{MASTER_RECORD_TYPE}"},
    }
