# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/composite/batch: up to 25 independent calls in one."""

from __future__ import annotations

from flask import jsonify

from ..errors import ApiError
from .request import json_object, org
from .subrequest import Answer, run

#: REST API guide, "Batch"
MOST_SUBREQUESTS = 25
HALTED = ApiError("BATCH_PROCESSING_HALTED", "Batch processing halted", status=412)


def add_to(data) -> None:
    data.add_url_rule("/composite/batch", "batch", batch, methods=["POST"])


def batch(version):
    body = json_object()
    parts = body.get("batchRequests", [])
    if len(parts) > MOST_SUBREQUESTS:
        raise ApiError(
            "LIMIT_EXCEEDED",
            f"The limit of {MOST_SUBREQUESTS} subrequests was exceeded.",
        )
    answers = []
    for part in parts:
        failed = any(answer.failed for answer in answers)
        halt = failed and body.get("haltOnError")
        answers.append(Answer(412, HALTED.as_answer(), {}) if halt else _one(part))
    return jsonify(
        {
            "hasErrors": any(answer.failed for answer in answers),
            "results": [{"statusCode": a.status, "result": a.body} for a in answers],
        }
    )


def _one(part: dict) -> Answer:
    """Urls are relative to /services/data. Each part counts as a call, unlike those
    of Composite."""
    org().traffic.count_call()
    url = "/services/data/" + part["url"].removeprefix("/services/data/").lstrip("/")
    return run(part["method"], url, part.get("richInput"))
