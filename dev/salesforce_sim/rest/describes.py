# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/sobjects and the describes."""

from __future__ import annotations

from flask import jsonify

from .descriptions import describe, summary
from .request import org, sobject

#: records per call, as the global describe tells
MAX_BATCH = 200


def add_to(data) -> None:
    data.add_url_rule("/sobjects", "describe_global", describe_global)
    data.add_url_rule("/sobjects/<name>", "basic", basic)
    data.add_url_rule("/sobjects/<name>/describe", "describe", full)


def describe_global(version):
    return jsonify(
        {
            "encoding": "UTF-8",
            "maxBatchSize": MAX_BATCH,
            "sobjects": [summary(item, version) for item in _all_seen()],
        }
    )


def _all_seen():
    return filter(None, (org().seen(item.name) for item in org().schema))


def basic(version, name):
    found = sobject(name)
    return jsonify({"objectDescribe": summary(found, version), "recentItems": []})


def full(version, name):
    return jsonify(describe(org().schema, sobject(name), version))
