# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Faults on demand."""

from __future__ import annotations

from flask import jsonify

from ..rest.request import org
from .answers import body, refusing


def add_to(control) -> None:
    control.add_url_rule("/faults", "faults", show)
    control.add_url_rule("/faults", "add_fault", add, methods=["POST"])
    control.add_url_rule("/faults", "clear_faults", clear, methods=["DELETE"])


def show():
    return jsonify(org().faults.listed())


@refusing
def add():
    """{"fault": name, "times": n or null, …as faults.Fault}"""
    org().faults.add(**body())
    return show()


def clear():
    org().faults.clear()
    return show()
