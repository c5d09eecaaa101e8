# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Our webhook endpoint at Stripe (https://docs.stripe.com/api/webhook_endpoints)."""

from __future__ import annotations

from collections.abc import Iterable

from ...canonical import Hold
from .connector import Connector, path_of

_RESOURCE = "webhook_endpoints"
_DESCRIPTION = "Odoo: quote to cash"
_ALL = "*"
# How many missing types are named.
_NAMED = 5
_REPLACE = (
    "Use Create Webhook Endpoint on the connection: it replaces the endpoint, and the"
    " sweep brings what was missed."
)


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


# ----------------------------------------------------------------------
# RULE 3: WHETHER IT BRINGS EVERYTHING
# ----------------------------------------------------------------------


def ours(found: list[dict], endpoint_id: str, url: str) -> dict | None:
    """The endpoint with our id; else one with our address, an enabled one first."""
    by_id = [each for each in found if each["id"] == endpoint_id]
    by_url = [each for each in found if each["url"] == url]
    by_url.sort(key=_is_disabled)
    return next(iter(by_id + by_url), None)


def faults(
    endpoint: dict | None, url: str, events: Iterable[str], api_version: str
) -> list[Hold]:
    """What is wrong with ``endpoint``, and what to do; nothing where it brings all
    ``events`` to ``url`` in the version that we speak."""
    if endpoint is None:
        return [
            Hold(
                "endpoint_missing",
                f"Stripe has no webhook endpoint that sends to {url}.",
                "Use Create Webhook Endpoint on the connection. Until then only the "
                "sweep brings what happens, minutes later.",
            )
        ]
    checks = (
        _fault_of_address(endpoint, url),
        _fault_of_state(endpoint),
        _fault_of_version(endpoint, api_version),
        _fault_of_types(endpoint, events),
    )
    return [fault for fault in checks if fault]


def _is_disabled(endpoint: dict) -> bool:
    return endpoint.get("status") == "disabled"


def _fault_of_address(endpoint: dict, url: str) -> Hold | None:
    if endpoint["url"] == url:
        return None
    return Hold(
        "endpoint_address",
        f"The webhook endpoint {endpoint['id']} sends to {endpoint['url']}, but this "
        f"database listens at {url}.",
        _REPLACE,
    )


def _fault_of_state(endpoint: dict) -> Hold | None:
    if not _is_disabled(endpoint):
        return None
    return Hold(
        "endpoint_disabled",
        f"The webhook endpoint {endpoint['id']} is disabled at Stripe: no event comes.",
        "Stripe does that after days of failed deliveries. Enable it in the Stripe "
        "Dashboard, Developers, Webhooks, or use Create Webhook Endpoint on the "
        "connection.",
    )


def _fault_of_version(endpoint: dict, api_version: str) -> Hold | None:
    found = endpoint.get("api_version") or ""
    if found == api_version:
        return None
    said = f"version {found}" if found else "the account's default version"
    return Hold(
        "endpoint_version",
        f"The webhook endpoint {endpoint['id']} sends events of {said} instead of "
        f"{api_version}.",
        _REPLACE,
    )


def _fault_of_types(endpoint: dict, events: Iterable[str]) -> Hold | None:
    enabled = set(endpoint.get("enabled_events") or ())
    missing = sorted(set(events) - enabled)
    if _ALL in enabled or not missing:
        return None
    named = ", ".join(missing[:_NAMED])
    others = len(missing) - _NAMED
    more = f" and {others} others" if others > 0 else ""
    return Hold(
        "endpoint_types",
        f"The webhook endpoint {endpoint['id']} is not told of {named}{more}.",
        _REPLACE,
    )
