# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Parts of a composite call, run through the application itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request

from .session import SUBREQUEST


@dataclass(frozen=True)
class Answer:
    status: int
    body: object
    headers: dict

    @property
    def failed(self) -> bool:
        return self.status >= 400


def run(method: str, url: str, body=None, headers=None) -> Answer:
    """One part, with the session of the whole call."""
    headers = {**(headers or {}), "Authorization": request.headers["Authorization"]}
    response = current_app.test_client().open(
        url,
        method=method,
        json=body,
        headers=headers,
        environ_overrides={SUBREQUEST: True},
    )
    location = response.headers.get("Location")
    shown = {"Location": location} if location else {}
    return Answer(response.status_code, response.get_json(silent=True), shown)
