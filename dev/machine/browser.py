# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The Chromium that runs tours and takes screenshots."""

import functools
import os
import shutil

from . import debian, settings
from .command import call
from .settings import SetupError

# In the order in which Odoo's test framework looks for them.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


@functools.lru_cache(maxsize=1)
def find():
    """``(path, None)`` of a working browser, or ``(None, reason)``, to be shown."""
    if not settings.chromium() and not _on_path():
        reason = _install()
        if reason:
            return None, reason
    path = settings.chromium() or _on_path()
    try:
        call([path, "--version"])
    except SetupError as error:
        return None, f"Chromium does not start: {error}"
    return path, None


def _on_path():
    return next(filter(None, map(shutil.which, NAMES)), None)


def _install():
    """Install Debian's Chromium; the reason in words where that cannot be."""
    if os.geteuid() != 0:
        return "no Chromium, and only root can install it; see Q2C_CHROMIUM"
    if not debian.available():
        return "no Chromium, and no apt to install it with; see Q2C_CHROMIUM"
    try:
        debian.install("chromium")
    except SetupError as error:
        return f"Chromium could not be installed: {error}"
    return None if _on_path() else "Debian's chromium brought no program"


def search_path(path):
    """Value for ``PATH`` on which Odoo, which knows names only, finds the browser."""
    found = os.environ["PATH"]
    if path is None or os.path.basename(path) not in NAMES:
        return _under_a_known_name(path, found)
    return os.pathsep.join([os.path.dirname(path), found])


def _under_a_known_name(path, found):
    if path is None:
        return found
    folder = settings.workspace() / "browser"
    folder.mkdir(exist_ok=True)
    link = folder / NAMES[0]
    link.unlink(missing_ok=True)
    link.symlink_to(path)
    return os.pathsep.join([str(folder), found])
