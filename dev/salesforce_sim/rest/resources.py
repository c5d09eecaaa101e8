# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The data API under /services/data/vNN.0."""

from __future__ import annotations

from flask import Blueprint, jsonify, request

from . import (
    batch,
    bulk_jobs,
    collections,
    composite,
    describes,
    limits,
    queries,
    sobject_rows,
    tooling,
)
from .request import org
from .session import SUBREQUEST, enter, limit_info

data = Blueprint("data", __name__, url_prefix="/services/data/<version>")
data.before_request(enter)


@data.after_request
def show_usage(response):
    if not request.environ.get(SUBREQUEST):
        response.headers["Sforce-Limit-Info"] = limit_info()
    return response


@data.get("/")
def resources(version):
    names = ("sobjects", "query", "queryAll", "composite", "limits", "jobs")
    path = f"/services/data/{version}"
    identity = f"{org().base_url}/id/{org().organization_id}/{org().acting_user}"
    return jsonify({"identity": identity, **{n: f"{path}/{n}" for n in names}})


for part in (
    limits,
    queries,
    bulk_jobs,
    describes,
    collections,
    composite,
    batch,
    sobject_rows,
    tooling,
):
    part.add_to(data)
