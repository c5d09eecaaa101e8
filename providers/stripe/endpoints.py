# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Our webhook endpoint at Stripe (https://docs.stripe.com/api/webhook_endpoints)."""

from __future__ import annotations

from collections.abc import Iterable

from .connector import Connector, path_of

_RESOURCE = "webhook_endpoints"
_DESCRIPTION = "Odoo: quote to cash"


def read_all(connector: Connector) -> list[dict]:
    return [
        endpoint
        for page in connector.pages(f"/v1/{_RESOURCE}")
        for endpoint in page["data"]
    ]


def create(connector: Connector, url: str, events: Iterable[str]) -> tuple[str, str]:
    """Rule 4: pinned to the version that we speak; that cannot be changed later.

    :return: its id, and its signing secret, which is told this once
    """
    params = {
        "url": url,
        "enabled_events": list(events),
        "api_version": connector.api_version,
        "description": _DESCRIPTION,
    }
    answer = connector.post(f"/v1/{_RESOURCE}", params, "the webhook endpoint")
    return answer["id"], answer["secret"]


def update(
    connector: Connector,
    endpoint_id: str,
    *,
    url: str = "",
    events: Iterable[str] = (),
    disabled: bool | None = None,
) -> dict:
    """Only what is given is changed."""
    given = {"url": url, "enabled_events": list(events)}
    params: dict = {name: value for name, value in given.items() if value}
    if disabled is not None:
        params["disabled"] = disabled
    path = path_of(_RESOURCE, endpoint_id)
    return connector.post(path, params, "the webhook endpoint")


def delete(connector: Connector, endpoint_id: str) -> None:
    connector.delete(path_of(_RESOURCE, endpoint_id), "the webhook endpoint")
