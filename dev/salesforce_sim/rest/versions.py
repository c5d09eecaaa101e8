# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/services/data: the API versions, for anyone."""

from __future__ import annotations

from flask import Blueprint, jsonify

from .session import VERSIONS

versions = Blueprint("versions", __name__)


@versions.get("/services/data")
def list_versions():
    return jsonify(
        [
            {
                "label": label,
                "url": f"/services/data/v{number}.0",
                "version": f"{number}.0",
            }
            for number, label in VERSIONS.items()
        ]
    )
