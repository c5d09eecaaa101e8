# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was sent, what waits, and how the sender behaves."""

from __future__ import annotations

from flask import jsonify

from ..rest.request import org
from .answers import body, refusing


def add_to(control) -> None:
    rule = control.add_url_rule
    rule("/deliveries", "deliveries", show)
    rule("/deliveries", "delivery_mode", set_mode, methods=["POST"])
    rule("/deliveries/release", "release", release, methods=["POST"])
    rule("/deliveries/flush", "flush", flush, methods=["POST"])


def show():
    sender = org().sender
    return jsonify(
        {
            "mode": sender.mode,
            "notifications": sender.notifications(),
            "log": list(sender.log),
        }
    )


@refusing
def set_mode():
    """{"mode": "normal", "hold", "duplicate" or "shuffle"}"""
    org().sender.set_mode(body()["mode"])
    return show()


def release():
    org().sender.release()
    return show()


@refusing
def flush():
    """Release, then wait for the receivers: {"timeout": seconds}"""
    sender = org().sender
    sender.release()
    return jsonify({"pending": sender.wait_until_quiet(body().get("timeout", 10))})
