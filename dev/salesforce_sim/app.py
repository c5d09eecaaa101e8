# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The Flask application put together."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from .control import control
from .errors import ApiError, not_found
from .oauth.failures import OAuthError
from .rest.gate import Gate
from .rest.resources import data
from .rest.signin import signin
from .rest.versions import versions

JSON = "application/json;charset=UTF-8"


def create_app(org) -> Flask:
    app = Flask("salesforce_sim")
    app.config["ORG"] = org
    app.json.sort_keys = False
    app.url_map.strict_slashes = False
    for blueprint in (versions, signin, data, control):
        app.register_blueprint(blueprint)
    app.register_error_handler(ApiError, answer_api_error)
    app.register_error_handler(OAuthError, answer_oauth_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.after_request(name_charset)
    app.wsgi_app = Gate(app.wsgi_app, org)
    return app


def answer_api_error(error: ApiError):
    response = jsonify(error.as_answer())
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Token"
    return response


def answer_oauth_error(error: OAuthError):
    return jsonify(error.body), error.status


def answer_http_error(error: HTTPException):
    """Flask's own 404 and 405 in Salesforce's form."""
    if error.code == 405:
        method = ApiError(
            "METHOD_NOT_ALLOWED",
            "HTTP Method not allowed. Allowed are"
            f" {','.join(sorted(error.valid_methods or ()))}",
            status=405,
        )
        return answer_api_error(method)
    if error.code == 404:
        return answer_api_error(not_found())
    return error


def name_charset(response: Response) -> Response:
    if response.mimetype == "application/json":
        response.headers["Content-Type"] = JSON
    return response
