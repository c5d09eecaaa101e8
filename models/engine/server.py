# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What work that takes long has to know of the server that it runs in."""

import signal

from odoo.tools import config


def is_stopping():
    """Whether this process was asked to end, which waits for what is under way.

    Odoo tells its workers nothing but by a signal. It is noted by who handles it: the
    worker by a flag, the threaded server by a count.
    """
    owner = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    return not getattr(owner, "alive", True) or bool(
        getattr(owner, "quit_signals_received", 0)
    )


def cron_seconds():
    """How long a scheduled action may take before its process is ended; infinity where
    there is no limit."""
    limit = config["limit_time_real_cron"]
    if limit < 0:
        limit = config["limit_time_real"]
    return limit or float("inf")


def cron_workers():
    """How many scheduled actions this server runs side by side."""
    return config["max_cron_threads"]
