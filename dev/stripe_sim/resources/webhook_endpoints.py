# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Webhook endpoints. The signing secret is shown once, when one is made."""

from stripe_sim import API_VERSION
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.routes import route, serve_reads

register("webhook_endpoint", "we", label="webhook endpoint")

_COMMON = {
    "url": p.REQUIRED,
    "enabled_events": p.IDS,
    "description": p.TEXT,
    "metadata": p.METADATA,
}


@route(
    "POST",
    "/v1/webhook_endpoints",
    {**_COMMON, "api_version": p.TEXT, **p.unsupported("connect")},
    ("url", "enabled_events"),
)
def create(call):
    params = call.params
    _check_url(params["url"], call.world.livemode)
    fields = {
        "api_version": params.get("api_version"),
        "application": None,
        "description": params.get("description"),
        "enabled_events": params["enabled_events"],
        "metadata": clean_metadata(params),
        "status": "enabled",
        "url": params["url"],
        "_secret": f"whsec_{call.world.ids.text(32)}",
        "_event_version": params.get("api_version") or API_VERSION,
    }
    endpoint = call.world.add("webhook_endpoint", fields)
    return {**call.world.show(endpoint), "secret": endpoint["_secret"]}


def _check_url(url: str, livemode: bool) -> None:
    if not url.startswith(("http://", "https://")):
        raise errors.invalid("Invalid URL: An explicit scheme must be provided", "url")
    if livemode and not url.startswith("https://"):
        raise errors.invalid("Invalid URL: URL must be HTTPS in live mode", "url")


@route("POST", "/v1/webhook_endpoints/<id>", {**_COMMON, "disabled": p.FLAG})
def update(call):
    endpoint = call.world.get("webhook_endpoint", call.id)
    apply(endpoint, call.params, "url", "enabled_events", "description")
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    return endpoint


@route("DELETE", "/v1/webhook_endpoints/<id>")
def delete(call):
    endpoint = call.world.get("webhook_endpoint", call.id)
    call.world.store.remove(endpoint)
    endpoint["status"] = "disabled"
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


serve_reads("webhook_endpoint", "/v1/webhook_endpoints", {})
