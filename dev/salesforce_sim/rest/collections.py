# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/composite/sobjects: up to 200 records a call, an outcome per record."""

from __future__ import annotations

from itertools import groupby

from flask import jsonify, request

from ..errors import ApiError
from ..ids import IdError, to_18
from ..records.outcomes import outcomes
from ..records.recycle import delete
from ..records.render import record
from ..records.upsert import external_field, upsert
from ..records.writer import create, update
from .request import fields_named, json_object, org, saves_duplicates, sobject

#: REST API guide, "sObject Collections"; retrieving takes 2,000
MOST_RECORDS, MOST_RETRIEVED = 200, 2000
#: runs of one object type in a row; the same page
MOST_CHUNKS = 10


def add_to(data) -> None:
    path, typed = "/composite/sobjects", "/composite/sobjects/<name>"
    data.add_url_rule(path, "create_many", add_many, methods=["POST"])
    data.add_url_rule(path, "update_many", change_many, methods=["PATCH"])
    data.add_url_rule(path, "delete_many", remove_many, methods=["DELETE"])
    data.add_url_rule(typed, "read_many", read_many, methods=["GET", "POST"])
    data.add_url_rule(f"{typed}/<field>", "upsert_many", put_many, methods=["PATCH"])


def add_many(version):
    duplicates = saves_duplicates()

    def one(given):
        return create(org(), _typed(given), given, duplicates), {}

    return _answer(one)


def change_many(version):
    duplicates = saves_duplicates()

    def one(given):
        found, record_id = _typed(given), _id_of(given)
        payload = {key: v for key, v in given.items() if key.lower() != "id"}
        return update(org(), found, record_id, payload, duplicates), {}

    return _answer(one)


def put_many(version, name, field):
    found = sobject(name)
    key = external_field(found, field)
    duplicates = saves_duplicates()

    def one(given):
        value = _take(given, key.name)
        rest = {k: v for k, v in given.items() if k.lower() != key.name.lower()}
        record_id, made = upsert(org(), found, key, value, rest, duplicates)
        return record_id, {"created": made}

    return _answer(one)


def remove_many(version):
    ids = [item for item in request.args.get("ids", "").split(",") if item]
    all_or_none = request.args.get("allOrNone", "false").lower() == "true"

    def one(record_id):
        return delete(org(), _by_prefix(record_id), record_id), {}

    _check_size(ids)
    return jsonify(outcomes(org(), ids, one, all_or_none))


def read_many(version, name):
    found = sobject(name)
    body = json_object() if request.method == "POST" else request.args
    ids, names = body.get("ids", []), body.get("fields", "")
    ids = ids.split(",") if isinstance(ids, str) else ids
    names = names if isinstance(names, str) else ",".join(names)
    _check_size(ids, MOST_RETRIEVED)
    fields = fields_named(found, names)
    return jsonify([_record_or_none(version, found, item, fields) for item in ids])


def _record_or_none(version, found, given_id, fields):
    try:
        row = org().store.get(found.name, to_18(given_id))
    except IdError:
        return None
    if row is None or row.get("IsDeleted"):
        return None
    return record(found, row, version, fields)


def _answer(one):
    body = json_object()
    records = body.get("records")
    if not isinstance(records, list):
        raise ApiError("JSON_PARSER_ERROR", "The records property must be a list.")
    _check_size(records)
    _check_chunks(records)
    return jsonify(outcomes(org(), records, one, bool(body.get("allOrNone"))))


def _check_size(items, most=MOST_RECORDS) -> None:
    if len(items) > most:
        raise ApiError(
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {most} records into this"
            " call",
        )


def _check_chunks(records) -> None:
    types = [_type_of(item) for item in records]
    chunks = sum(1 for _type in groupby(types))
    if chunks > MOST_CHUNKS:
        raise ApiError(
            "LIMIT_EXCEEDED",
            f"Cannot have more than {MOST_CHUNKS} chunks in a single operation. Please"
            " rearrange the data to reduce chunking.",
        )


def _type_of(given) -> str | None:
    return (given.get("attributes") or {}).get("type") if given else None


def _typed(given):
    name = _type_of(given)
    found = org().seen(name or "")
    if found is None:
        raise ApiError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return found


def _id_of(given) -> str:
    record_id = _take(given, "Id")
    if not record_id:
        raise ApiError(
            "MISSING_ARGUMENT", "Id not specified in an update call", ("Id",)
        )
    return record_id


def _take(given: dict, name: str):
    """A member's value in any case of its name."""
    wanted = name.lower()
    return next((v for key, v in given.items() if key.lower() == wanted), None)


def _by_prefix(record_id: str):
    found = org().schema.by_prefix(record_id[:3])
    if found is None:
        raise ApiError("MALFORMED_ID", f"malformed id {record_id}", ("Id",))
    return found
