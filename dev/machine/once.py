# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Building things once, however many runs want them at the same time."""

import contextlib
import fcntl
import os
import shutil

COMPLETE = ".complete"


@contextlib.contextmanager
def exclusive(name, folder):
    """Hold the lock ``name`` in ``folder``; the kernel frees it with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{name}.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def built_once(target, build):
    """Return ``target``, having called ``build(target)`` where it was not complete.

    The mark comes last, so what an interrupted run left is thrown away and built anew.
    Nothing is renamed: a virtual environment knows its own path.
    """
    if (target / COMPLETE).exists():
        return target
    with exclusive(target.name, target.parent):
        if not (target / COMPLETE).exists():
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir()
            build(target)
            (target / COMPLETE).touch()
    return target


def say(text):
    """Tell the person who waits."""
    print(f"-- {text}", flush=True)


def readable_umask():
    """Let PostgreSQL's own user read what root installs, whatever root's umask is."""
    os.umask(0o022)
