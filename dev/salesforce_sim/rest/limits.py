# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""/limits."""

from __future__ import annotations

from flask import jsonify

from .request import org

#: Developer Edition figures of the resource "Limits", those that a client may read
OTHERS = {
    "DailyBulkApiBatches": 15000,
    "DataStorageMB": 5,
    "SingleEmail": 15,
}


def add_to(data) -> None:
    data.add_url_rule("/limits", "limits", show)


def show(version):
    maximum = org().settings.daily_limit
    left = max(maximum - org().traffic.api_calls, 0)
    limits = {"DailyApiRequests": {"Max": maximum, "Remaining": left}}
    jobs = {"Max": org().settings.bulk_query_jobs, "Remaining": org().jobs.left_today}
    limits["DailyBulkV2QueryJobs"] = jobs
    limits.update({name: {"Max": n, "Remaining": n} for name, n in OTHERS.items()})
    return jsonify(limits)
