# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/composite: up to 25 dependent calls in one, all or none on demand."""

from __future__ import annotations

import re

from flask import jsonify

from ..errors import ApiError
from .request import json_object, org
from .subrequest import Answer, run

#: REST API guide, "Composite"
MOST_SUBREQUESTS = 25
REFERENCE = re.compile(r"@\{([^}]+)\}")
HALTED = ApiError(
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction"
    " failed.",
)


class _Undo(Exception):
    """Leaves the transaction of an all-or-none call."""


def add_to(data) -> None:
    data.add_url_rule("/composite", "composite", composite, methods=["POST"])


def composite(version):
    body = json_object()
    parts = body.get("compositeRequest", [])
    if len(parts) > MOST_SUBREQUESTS:
        raise ApiError(
            "LIMIT_EXCEEDED",
            f"The limit of {MOST_SUBREQUESTS} subrequests was exceeded.",
        )
    answers = _all(parts, bool(body.get("allOrNone")))
    return jsonify({"compositeResponse": [_shown(part, answers) for part in parts]})


def _all(parts, all_or_none: bool) -> dict[str, Answer]:
    answers = {}
    try:
        with org().store.transaction():
            for part in parts:
                answers[part["referenceId"]] = _one(part, answers)
            if all_or_none and any(answer.failed for answer in answers.values()):
                raise _Undo
    except _Undo:
        halted = Answer(400, HALTED.as_answer(), {})
        answers = {k: v if v.failed else halted for k, v in answers.items()}
    return answers


def _one(part: dict, answers) -> Answer:
    try:
        url = _filled(part["url"], answers)
        body = _filled(part.get("body"), answers)
    except (KeyError, IndexError, TypeError):
        error = ApiError(
            "PROCESSING_HALTED",
            f"Invalid reference specified. No value for {part['referenceId']} found",
        )
        return Answer(400, error.as_answer(), {})
    return run(part["method"], url, body, part.get("httpHeaders"))


def _filled(value, answers):
    """References like @{ref.id} put in, within texts of any depth."""
    if isinstance(value, dict):
        return {key: _filled(inner, answers) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, answers) for inner in value]
    if isinstance(value, str):
        return REFERENCE.sub(lambda m: str(_looked_up(m.group(1), answers)), value)
    return value


def _looked_up(reference: str, answers):
    """``ref.records[0].Id`` in the answers given so far."""
    name, *steps = re.findall(r"[^.\[\]]+", reference)
    found = answers[name]
    if found.failed:
        raise KeyError(name)
    found = found.body
    for step in steps:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def _shown(part: dict, answers) -> dict:
    answer = answers[part["referenceId"]]
    return {
        "body": answer.body,
        "httpHeaders": answer.headers,
        "httpStatusCode": answer.status,
        "referenceId": part["referenceId"],
    }
