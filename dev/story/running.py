# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The processes that a demonstration left behind, remembered in the workspace."""

import json
import os
import signal

import psutil
from machine import settings

SECONDS = 20


def _note():
    return settings.workspace() / "demo.json"


def remember(processes):
    """Write down ``{name: Popen}``, each the leader of a group of its own."""
    entries = {
        name: {"pid": process.pid, "started": psutil.Process(process.pid).create_time()}
        for name, process in processes.items()
    }
    _note().write_text(json.dumps(entries))


def stop():
    """End what was remembered and still runs.

    :returns: the names of what was ended.
    """
    if not _note().exists():
        return []
    entries = json.loads(_note().read_text())
    found = {name: _process(entry) for name, entry in entries.items()}
    alive = {name: process for name, process in found.items() if process}
    for process in alive.values():
        _end_group(process)
    _note().unlink()
    return list(alive)


def _process(entry):
    """The process, unless another one has its number by now."""
    try:
        process = psutil.Process(entry["pid"])
        same = process.create_time() == entry["started"]
    except psutil.NoSuchProcess:
        return None
    return process if same else None


def _end_group(process):
    """Ask the leader to end, then make sure of its whole group."""
    process.terminate()
    psutil.wait_procs([process], timeout=SECONDS)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        # They all went when they were asked.
        return
