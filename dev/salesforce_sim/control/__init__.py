# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The control API under /_sim: what a test or a demo does behind Salesforce's back."""

from __future__ import annotations

from flask import Blueprint

from . import (
    access,
    apps,
    deals,
    deliveries,
    eventbus,
    faults,
    listeners,
    organisation,
    records,
    time,
)

control = Blueprint("control", __name__, url_prefix="/_sim")

for part in (
    access,
    apps,
    deals,
    deliveries,
    eventbus,
    faults,
    listeners,
    organisation,
    records,
    time,
):
    part.add_to(control)
