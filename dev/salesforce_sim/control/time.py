# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The organisation's clock."""

from __future__ import annotations

from flask import jsonify

from ..records.values import parse_datetime, shown
from ..rest.request import org
from .answers import body, refusing


def add_to(control) -> None:
    control.add_url_rule("/clock", "clock", show)
    control.add_url_rule("/clock", "move_clock", move, methods=["POST"])


def show():
    clock = org().clock
    return jsonify({"now": shown(clock.now()), "frozen": clock.frozen})


@refusing
def move():
    """{"advance": seconds}, {"to": ISO 8601 with zone}, {"freeze": true or false}"""
    sent, clock = body(), org().clock
    unknown = set(sent) - {"advance", "to", "freeze"}
    if unknown or not sent:
        raise ValueError("give advance, to or freeze")
    if "freeze" in sent:
        clock.freeze(bool(sent["freeze"]))
    if "to" in sent:
        clock.move_to(parse_datetime(sent["to"]))
    if "advance" in sent:
        clock.advance(float(sent["advance"]))
    return show()
