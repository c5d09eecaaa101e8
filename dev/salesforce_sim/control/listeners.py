# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Outbound messages and Flow callouts: who is told of what."""

from __future__ import annotations

from dataclasses import asdict

from flask import jsonify

from ..push.registrations import SAVED
from ..rest.request import org
from .answers import body, refusing, sobject


def add_to(control) -> None:
    for kind, path in (("outbound", "/outbound"), ("flow", "/flows")):
        values = {"kind": kind}
        rule = control.add_url_rule
        rule(path, f"{kind}s", show, defaults=values)
        rule(path, f"add_{kind}", add, methods=["POST"], defaults=values)
        rule(path, f"clear_{kind}", clear, methods=["DELETE"], defaults=values)


def show(kind):
    items = [asdict(item) for item in org().registrations.of_kind(kind)]
    return jsonify([{**item, "secret": bool(item["secret"])} for item in items])


@refusing
def add(kind):
    """{"object", "url", "when"} with "fields" (outbound) or "secret" (flow)."""
    sent = body()
    found = sobject(org(), sent["object"])
    names = sent.get("fields", [])
    unknown = [name for name in names if not found.field(name)]
    if unknown:
        raise ValueError(f"{found.name} has no field {', '.join(unknown)}")
    if kind == "flow" and not sent.get("secret"):
        raise ValueError("a flow needs a secret to sign with")
    org().registrations.add(
        kind,
        found.name,
        sent["url"],
        sent.get("when", SAVED),
        fields=tuple(found.field(name).name for name in names),
        secret=sent.get("secret", ""),
    )
    return show(kind)


def clear(kind):
    org().registrations.clear(kind)
    return show(kind)
