# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The table of addresses: each resource adds its own with `route`."""

from collections.abc import Callable
from dataclasses import dataclass

from stripe_sim.wire import params as p
from stripe_sim.wire.lists import Filter, candidates, list_page
from werkzeug.routing import Map, Rule

URL_MAP = Map(strict_slashes=False)
_LIST_FIELDS = {
    "limit": p.NATURAL,
    "starting_after": p.REQUIRED,
    "ending_before": p.REQUIRED,
}


@dataclass(frozen=True)
class Endpoint:
    handler: Callable
    params: p.Hash


def route(method: str, path: str, fields: dict | None = None, required=()):
    """Serve `method path`; `fields` describes the parameters it takes."""
    spec = p.Hash({**(fields or {}), "expand": p.IDS}, required)

    def add(handler):
        endpoint = Endpoint(handler, spec)
        URL_MAP.add(Rule(path, methods=[method], endpoint=endpoint))
        return handler

    return add


def serve_retrieve(kind: str, path: str) -> None:
    @route("GET", path + "/<id>")
    def retrieve(call):
        return call.world.get(kind, call.id)


def serve_list(kind: str, path: str, filters: dict[str, Filter], source=None):
    """`source`: function of the call giving the objects, oldest first."""
    fields = {name: each.spec for name, each in filters.items()}

    @route("GET", path, {**fields, **_LIST_FIELDS})
    def listing(call):
        rows = source(call) if source else candidates(call, kind, filters)
        return list_page(call, rows, filters, path)


def serve_reads(kind: str, path: str, filters: dict[str, Filter], source=None):
    serve_list(kind, path, filters, source)
    serve_retrieve(kind, path)
