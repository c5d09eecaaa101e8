# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/tooling: custom fields created and found."""

from __future__ import annotations

from flask import jsonify, request

from ..access.rights import may
from ..errors import ApiError
from ..soql.execute import Execution
from ..tooling.custom_fields import create, keep_all
from .request import json_object, org


def add_to(data) -> None:
    path = "/tooling/sobjects/CustomField"
    data.add_url_rule(path, "create_custom_field", add, methods=["POST"])
    data.add_url_rule("/tooling/query", "tooling_query", query)


def add(version):
    if not may(org(), "CustomizeApplication"):
        raise ApiError(
            "INSUFFICIENT_ACCESS",
            "insufficient access rights on entity: CustomField",
            status=403,
        )
    field_id = create(org(), json_object())
    answer = {"id": field_id, "success": True, "errors": []}
    return jsonify({**answer, "warnings": [], "infos": []}), 201


def query(version):
    if not may(org(), "ViewSetup"):
        raise ApiError("INVALID_TYPE", "sObject type 'CustomField' is not supported.")
    keep_all(org())
    result = Execution(org(), version, tooling=True).run(request.args.get("q", ""))
    answer = {"size": len(result.records), "totalSize": result.total, "done": True}
    return jsonify({**answer, "records": result.records})
