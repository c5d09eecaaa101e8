# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is missing as a package that an administrator deploys (Workbench, or
``sf project deploy start --metadata-dir``).

Form: "Deploying and Retrieving Metadata with the Zip File" and "Sample package.xml
Manifest Files"
(https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/manifest_samples.htm).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from .check import Finding
from .definition import metadata
from .grants import DESCRIPTION, LABEL, NAME, Grants, grants_of
from .need import FieldNeed

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
# Of the files in the zip: the same findings give the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


def package(findings: Iterable[Finding], api_version: str) -> bytes:
    """The zip: the custom fields that are missing, and a permission set."""
    findings = list(findings)
    missing = [finding.need for finding in findings if finding.creatable]
    files = {
        "package.xml": _manifest(missing, api_version),
        **_objects(missing),
        f"permissionsets/{NAME}.permissionset": _permission_set(grants_of(findings)),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content)
    return buffer.getvalue()


def _manifest(missing: list[FieldNeed], api_version: str) -> bytes:
    types = [_type("PermissionSet", [NAME])]
    if missing:
        names = sorted({need.full_name for need in missing})
        types.insert(0, _type("CustomField", names))
    return _document("Package", {"types": types, "version": api_version})


def _type(name: str, members: list[str]) -> dict:
    return {"members": members, "name": name}


def _objects(missing: list[FieldNeed]) -> dict[str, bytes]:
    by_name = {need.full_name: need for need in missing}
    files = {}
    for sobject in sorted({need.sobject for need in missing}):
        listed = [
            {"fullName": need.field, **metadata(need, "fullName")}
            for _name, need in sorted(by_name.items())
            if need.sobject == sobject
        ]
        name = f"objects/{sobject}.object"
        files[name] = _document("CustomObject", {"fields": listed})
    return files


def _permission_set(grants: Grants) -> bytes:
    content = {
        "description": DESCRIPTION,
        "fieldPermissions": [
            {"editable": edit, "field": name, "readable": True}
            for name, edit in sorted(grants.fields.items())
        ],
        "hasActivationRequired": False,
        "label": LABEL,
        "objectPermissions": [
            {
                "allowCreate": grants.creates(name),
                "allowDelete": False,
                "allowEdit": edit,
                "allowRead": True,
                "modifyAllRecords": False,
                "object": name,
                "viewAllRecords": False,
            }
            for name, edit in sorted(grants.objects.items())
        ],
    }
    return _document("PermissionSet", content)


def _document(root: str, content: dict) -> bytes:
    element = ET.Element(root, {"xmlns": NAMESPACE})
    _fill(element, content)
    ET.indent(element, "    ")
    return ET.tostring(element, encoding="UTF-8", xml_declaration=True)


def _fill(parent: ET.Element, content: dict) -> None:
    for name, value in content.items():
        for item in value if isinstance(value, list) else [value]:
            child = ET.SubElement(parent, name)
            if isinstance(item, dict):
                _fill(child, item)
            else:
                child.text = str(item).lower() if isinstance(item, bool) else str(item)
