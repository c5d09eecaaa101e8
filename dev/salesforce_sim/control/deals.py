# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Winning a deal as a salesperson would."""

from __future__ import annotations

from flask import jsonify

from ..records.writer import update
from ..rest.request import org

WON = "Closed Won"


def add_to(control) -> None:
    control.add_url_rule(
        "/opportunities/<given_id>/close_won", "close_won", close_won, methods=["POST"]
    )


def close_won(given_id):
    deal = org().schema["Opportunity"]
    today = org().clock.now().date().isoformat()
    won = {"StageName": WON, "CloseDate": today}
    return jsonify({"id": update(org(), deal, given_id, won)})
