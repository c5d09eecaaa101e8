# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 16: lists inside objects are completed, and known to be complete or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .connector import Connector

# canonical kind → the lists inside its object that a document is made of.
OF_KIND = {
    "customer": ("tax_ids",),
    "subscription": ("items",),
    "invoice": ("lines", "payments"),
    "credit_note": ("lines",),
}


def is_truncated(content: dict, kind: str) -> bool:
    """Whether a list of which only the beginning was given is among the parts."""
    return any(found.get("has_more") for found in _lists(content, kind))


def complete(connector: Connector, content: dict, kind: str, expand: Iterable[str]):
    """Read what is missing from the lists inside ``content``, in place.

    :param expand: as it was asked for when ``content`` was read; what begins with
        ``<list>.data.`` is asked for again
    :raises Hold: refused
    :raises Retry: passing fault
    """
    for name in OF_KIND.get(kind, ()):
        found = content.get(name)
        if isinstance(found, dict) and found.get("has_more"):
            begin = f"{name}.data."
            wanted = [
                "data." + path.removeprefix(begin)
                for path in expand
                if path.startswith(begin)
            ]
            _complete(connector, found, wanted)


def _complete(connector: Connector, found: dict, expand: list[str]) -> None:
    params = {"expand": expand} if expand else {}
    last = found["data"][-1]["id"] if found["data"] else ""
    if last:
        params["starting_after"] = last
    for page in connector.pages(found["url"], params):
        found["data"] += page["data"]
    found["has_more"] = False


def _lists(content: dict, kind: str) -> Iterator[dict]:
    for name in OF_KIND.get(kind, ()):
        found = content.get(name)
        if isinstance(found, dict):
            yield found
