# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The event bus: what is selected, published, and goes wrong."""

from __future__ import annotations

from flask import jsonify

from ..eventbus import capture
from ..rest.request import org
from .answers import body, refusing, sobject


def add_to(control) -> None:
    rule = control.add_url_rule
    rule("/bus", "bus", show)
    rule("/bus", "configure_bus", configure, methods=["POST"])
    rule("/bus/capture", "capture", select, methods=["POST"])
    rule("/bus/overflow", "overflow", overflow, methods=["POST"])
    rule("/bus/define", "define_event", define, methods=["POST"])
    rule("/bus/publish", "publish_event", publish, methods=["POST"])
    rule("/bus/interrupt", "interrupt_bus", interrupt, methods=["POST"])


def show():
    bus = org().bus
    return jsonify(
        {
            "url": org().bus_url,
            "mode": bus.mode,
            "keepalive": bus.keepalive,
            "delivered": bus.delivered,
        }
    )


@refusing
def configure():
    """{"mode": "normal", "gap" or "silent", "keepalive": seconds}"""
    sent, bus = body(), org().bus
    if "mode" in sent:
        bus.set_mode(sent["mode"])
    if "keepalive" in sent:
        bus.keepalive = float(sent["keepalive"])
    return show()


@refusing
def select():
    """{"objects": names, "channel": name of a custom one, as X__chn}"""
    sent = body()
    capture.select(org(), sent["objects"], sent.get("channel", capture.STANDARD))
    return show()


@refusing
def overflow():
    """{"object"}"""
    capture.overflow(org(), sobject(org(), body()["object"]))
    return show()


@refusing
def define():
    """{"topic": "/event/X__e", "fields": names}"""
    sent = body()
    org().bus.define(sent["topic"], sent["fields"])
    return show()


@refusing
def publish():
    """{"topic": a defined one, "values"}"""
    sent = body()
    schema = org().bus.platform_event(sent["topic"])
    if schema is None:
        raise ValueError(f"no platform event {sent['topic']}")
    made = {
        "CreatedDate": int(org().clock.now().timestamp() * 1000),
        "CreatedById": org().acting_user,
    }
    org().bus.publish([sent["topic"]], schema, {**made, **sent["values"]})
    return show()


def interrupt():
    """All streams are cut off."""
    org().bus.interrupt()
    return show()
