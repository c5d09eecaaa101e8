# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/query and /queryAll."""

from __future__ import annotations

from flask import jsonify, request

from ..errors import ApiError
from ..soql.cursors import batch_size
from ..soql.execute import Execution
from .request import org


def add_to(data) -> None:
    data.add_url_rule("/query", "query", query)
    data.add_url_rule("/queryAll", "query_all", query_all)
    data.add_url_rule("/query/<locator>", "query_more", query_more)
    data.add_url_rule("/queryAll/<locator>", "query_all_more", query_all_more)


def query(version):
    return _first(version, "query", deleted=False)


def query_all(version):
    return _first(version, "queryAll", deleted=True)


def query_more(version, locator):
    return jsonify(org().cursors.more(locator, _path(version, "query")))


def query_all_more(version, locator):
    return jsonify(org().cursors.more(locator, _path(version, "queryAll")))


def _first(version, resource, deleted):
    text = request.args.get("q")
    if text is None:
        raise ApiError("MALFORMED_QUERY", "A query string has to be specified")
    result = Execution(org(), version, deleted).run(text)
    header = request.headers.get("Sforce-Query-Options")
    size = batch_size(header, org().settings.query_batch)
    return jsonify(org().cursors.first(result, size, _path(version, resource)))


def _path(version, resource) -> str:
    return f"/services/data/{version}/{resource}"
