# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/jobs/query: query jobs of the Bulk API 2.0."""

from __future__ import annotations

import base64
import binascii
import gzip

from flask import Response, jsonify, request

from ..bulk.jobs import DEFAULT_RECORDS, QueryJob, page
from ..errors import ApiError
from ..records.values import shown
from .request import json_object, org


def add_to(data) -> None:
    every, one = "/jobs/query", "/jobs/query/<job_id>"
    data.add_url_rule(every, "create_job", create, methods=["POST"])
    data.add_url_rule(every, "list_jobs", list_all)
    data.add_url_rule(one, "look_at_job", look)
    data.add_url_rule(one, "abort_job", abort, methods=["PATCH"])
    data.add_url_rule(one, "delete_job", delete, methods=["DELETE"])
    data.add_url_rule(f"{one}/results", "job_results", results)


def create(version):
    return jsonify(_shown(org().jobs.create(version, json_object())))


def list_all(version):
    records = [_shown(job) for job in org().jobs.all()]
    return jsonify({"done": True, "records": records, "nextRecordsUrl": None})


def look(version, job_id):
    job = org().jobs.look(job_id)
    more = {"numberRecordsProcessed": len(job.lines), "retries": 0}
    if job.error:
        more["errorMessage"] = job.error
    return jsonify({**_shown(job), **more})


def abort(version, job_id):
    if json_object().get("state") != "Aborted":
        raise ApiError("API_ERROR", "The state of a query job can only be Aborted")
    return jsonify(_shown(org().jobs.abort(job_id)))


def delete(version, job_id):
    org().jobs.delete(job_id)
    return "", 204


def results(version, job_id):
    """Nothing (204) before the job is complete."""
    job = org().jobs.get(job_id)
    if job.state != "JobComplete":
        return "", 204
    start = _start(request.args.get("locator"))
    text, count, following = page(job, start, _size(request.args.get("maxRecords")))
    response = Response(text, content_type="text/csv; charset=UTF-8")
    response.headers["Sforce-NumberOfRecords"] = str(count)
    response.headers["Sforce-Locator"] = _locator(following)
    return _packed(response)


def _packed(response: Response) -> Response:
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.data = gzip.compress(response.data, compresslevel=1)
        response.headers["Content-Encoding"] = "gzip"
    return response


def _size(text: str | None) -> int:
    if text is None:
        return DEFAULT_RECORDS
    if not text.isdigit() or not int(text):
        raise ApiError("API_ERROR", f"maxRecords is invalid: {text}")
    return int(text)


def _locator(start: int | None) -> str:
    """The word null where there is no next set."""
    return "null" if start is None else base64.b64encode(str(start).encode()).decode()


def _start(locator: str | None) -> int:
    if not locator:
        return 0
    try:
        return int(base64.b64decode(locator, validate=True))
    except (binascii.Error, ValueError):
        raise ApiError("API_ERROR", f"Invalid locator: {locator}") from None


def _shown(job: QueryJob) -> dict:
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.sobject,
        "createdById": job.user,
        "createdDate": shown(job.created),
        "systemModstamp": shown(job.created),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.version.removeprefix("v")),
        "lineEnding": job.ending,
        "columnDelimiter": job.delimiter,
    }
