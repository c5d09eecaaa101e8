# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""reset, org, seed, state, queries, fields, sessions, cursors, jobs, crowd."""

from __future__ import annotations

from dataclasses import asdict

from flask import jsonify

from ..crowd import gather
from ..rest.request import org
from ..schema.field import Field
from ..seed import seed
from .answers import body, refusing, sobject


def add_to(control) -> None:
    control.add_url_rule("/reset", "reset", reset, methods=["POST"])
    control.add_url_rule("/org", "org", show_org)
    control.add_url_rule("/org", "configure", configure, methods=["POST"])
    control.add_url_rule("/seed", "seed", sow, methods=["POST"])
    control.add_url_rule("/crowd", "crowd", crowd, methods=["POST"])
    control.add_url_rule("/state", "state", state)
    control.add_url_rule("/queries", "queries", queries)
    control.add_url_rule("/fields", "add_field", add_field, methods=["POST"])
    control.add_url_rule(
        "/fields/<name>/<field>", "drop_field", drop_field, methods=["DELETE"]
    )
    control.add_url_rule(
        "/sessions/expire", "expire_sessions", expire_sessions, methods=["POST"]
    )
    control.add_url_rule(
        "/cursors/expire", "expire_cursors", expire_cursors, methods=["POST"]
    )
    control.add_url_rule("/jobs/expire", "expire_jobs", expire_jobs, methods=["POST"])


@refusing
def reset():
    """Everything anew; the body may hold settings."""
    org().reset(**body())
    return _org()


def show_org():
    return _org()


@refusing
def configure():
    org().configure(**body())
    return _org()


def _org():
    found = org()
    return jsonify(
        {
            "organization_id": found.organization_id,
            "instance_url": found.base_url,
            "standard_pricebook_id": found.standard_pricebook_id,
            **asdict(found.settings),
        }
    )


def sow():
    return jsonify(seed(org()))


@refusing
def crowd():
    """{"accounts", "people": contacts of each}"""
    sent = body()
    return jsonify({"records": gather(org(), sent["accounts"], sent["people"])})


def state():
    found = org()
    counts = {item.name: len(found.store.rows(item.name)) for item in found.schema}
    binned = {
        item.name: len(found.store.rows(item.name, deleted=True)) - counts[item.name]
        for item in found.schema
    }
    return jsonify(
        {
            "records": counts,
            "deleted": binned,
            "requests": dict(found.traffic.requests),
            "api_calls": found.traffic.api_calls,
        }
    )


def queries():
    return jsonify({"queries": org().traffic.queries})


@refusing
def add_field():
    """{"object", "field": {"name", "type", …as schema.field.Field}, "closed"}"""
    sent = body()
    details = dict(sent["field"])
    for name in ("picklist", "reference_to"):
        details[name] = tuple(details.get(name, ()))
    found = sobject(org(), sent["object"])
    found.add(Field(**details))
    if sent.get("closed"):
        org().closed.close_field(found.name, details["name"])
    return jsonify({"added": details["name"]})


@refusing
def drop_field(name, field):
    sobject(org(), name).remove(field)
    return jsonify({"removed": field})


def expire_sessions():
    org().sessions.expire()
    return jsonify({"expired": True})


def expire_cursors():
    org().cursors.expire()
    return jsonify({"expired": True})


def expire_jobs():
    org().jobs.expire()
    return jsonify({"expired": True})
