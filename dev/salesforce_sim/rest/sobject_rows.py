# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/sobjects/X, /sobjects/X/ID and /sobjects/X/ExternalField/Value."""

from __future__ import annotations

from flask import jsonify, request

from ..errors import not_found
from ..records.recycle import delete
from ..records.render import record
from ..records.upsert import external_field, match, upsert
from ..records.writer import create, existing, update
from .request import fields_named, json_object, org, saves_duplicates, sobject


def add_to(data) -> None:
    one, external = (
        "/sobjects/<name>/<given_id>",
        "/sobjects/<name>/<field>/<path:value>",
    )
    data.add_url_rule("/sobjects/<name>", "create", add, methods=["POST"])
    data.add_url_rule(one, "read", read)
    data.add_url_rule(one, "update", change, methods=["PATCH"])
    data.add_url_rule(one, "delete", remove, methods=["DELETE"])
    data.add_url_rule(external, "read_external", read_external)
    data.add_url_rule(external, "upsert", put_external, methods=["PATCH"])
    data.add_url_rule(external, "delete_external", remove_external, methods=["DELETE"])


def add(version, name):
    record_id = create(org(), sobject(name), json_object(), saves_duplicates())
    return jsonify({"id": record_id, "success": True, "errors": []}), 201


def read(version, name, given_id):
    found = sobject(name)
    return _shown(version, found, existing(org(), found, given_id))


def change(version, name, given_id):
    update(org(), sobject(name), given_id, json_object(), saves_duplicates())
    return "", 204


def remove(version, name, given_id):
    delete(org(), sobject(name), given_id)
    return "", 204


def read_external(version, name, field, value):
    found = sobject(name)
    return _shown(version, found, _matched(found, field, value))


def put_external(version, name, field, value):
    found = sobject(name)
    key = external_field(found, field)
    record_id, made = upsert(
        org(), found, key, value, json_object(), saves_duplicates()
    )
    answer = {"id": record_id, "success": True, "errors": [], "created": made}
    return jsonify(answer), 201 if made else 200


def remove_external(version, name, field, value):
    found = sobject(name)
    delete(org(), found, _matched(found, field, value)["Id"])
    return "", 204


def _matched(found, field, value) -> dict:
    row = match(org(), found, external_field(found, field), value)
    if row is None:
        raise not_found()
    return row


def _shown(version, found, row):
    fields = fields_named(found, request.args.get("fields"))
    return jsonify(record(found, row, version, fields))
