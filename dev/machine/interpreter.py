# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The Python interpreter and the virtual environment of the tools, tests and Odoo."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig

from . import debian, settings
from .command import call, succeeds
from .once import built_once, say
from .settings import DEV, SetupError

OLDEST, NEWEST = (3, 10), (3, 13)
REQUIREMENTS = DEV / "requirements.txt"
LOCK = DEV / "requirements.lock"
VERSION = "import sys; print('%d.%d.%d' % sys.version_info[:3])"


def _version(python):
    try:
        output = subprocess.run(
            [python, "-c", VERSION], capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
    return output


def _fits(version):
    numbers = tuple(int(number) for number in version.split(".")[:2])
    return OLDEST <= numbers <= NEWEST


def _candidates():
    if settings.python():
        return [settings.python()]
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    return [sys.executable, *filter(None, map(shutil.which, ["python3", *names]))]


def base_python():
    """The interpreter to build on, and its version.

    :raises SetupError: where none of Python 3.10 to 3.13 is found.
    """
    for candidate in _candidates():
        version = _version(candidate)
        if version and _fits(version):
            return candidate, version
    raise SetupError(
        "Odoo 19 needs Python 3.10 to 3.13 and none was found"
        f" (tried {', '.join(_candidates())}). Install one and name it in Q2C_PYTHON."
    )


def environment(odoo):
    """Python of the virtual environment that holds the requirements and sees Odoo.

    :param odoo: an ``odoo_source.Source``.
    """
    python, version = base_python()
    key = hashlib.sha256()
    for part in (LOCK.read_bytes(), version.encode(), str(odoo.packages).encode()):
        key.update(part)
    target = settings.cache() / "venv" / f"{version}-{key.hexdigest()[:12]}"

    def build(folder):
        say(f"virtual environment with Python {version}")
        _create(python, folder)
        _install(folder)
        _show_odoo(folder, odoo)

    return built_once(target, build) / "bin" / "python"


def _create(python, folder):
    """An empty environment with pip, also where Debian split ``ensurepip`` off."""
    # The mark file of an unfinished build already is in the folder, hence no --clear.
    if succeeds([python, "-c", "import venv, ensurepip"]):
        call([python, "-m", "venv", folder])
        return
    if not succeeds([python, "-c", "import venv"]):
        raise SetupError(
            f"{python} has no venv module: install python3-venv, or name another"
            " Python 3.10 to 3.13 in Q2C_PYTHON."
        )
    call([python, "-m", "venv", "--without-pip", folder])
    wheel = _pip_wheel(folder)
    # A wheel is a zip file that Python can run from.
    call([folder / "bin" / "python", f"{wheel}/pip", "install", "--no-index", wheel])


def _pip_wheel(folder):
    if not debian.available():
        raise SetupError(
            "this Python has no ensurepip and there is no apt to get pip from:"
            " install pip and venv, or name another Python in Q2C_PYTHON."
        )
    packages = folder / "pip"
    packages.mkdir()
    # sid's pip supports every Python that Odoo does; an older one fails on 3.12.
    debian.fetch("sid", ["python3-pip-whl"], packages)
    debian.unpack(packages, packages)
    return next(packages.glob("usr/share/python-wheels/pip-*.whl"))


def _install(folder):
    python = folder / "bin" / "python"
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    call(
        [python, "-m", "pip", "install", *options]
        + ["--requirement", REQUIREMENTS, "--constraint", LOCK]
    )


def _show_odoo(folder, odoo):
    """Make ``import odoo`` work, and pip see it as installed."""
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = call([folder / "bin" / "python", "-c", script]).strip()
    with open(os.path.join(site, "odoo-source.pth"), "w") as handle:
        handle.write(f"{odoo.packages}\n")
    if any(odoo.packages.glob("odoo*-info")):
        return
    # A source checkout has no metadata, without which pip would look for a wheel.
    info = os.path.join(site, "odoo-19.0.dist-info")
    os.mkdir(info)
    with open(os.path.join(info, "METADATA"), "w") as handle:
        handle.write("Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n")


def running_in(python):
    """Whether this process already runs on ``python``'s environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(python.parent.parent)


def scripts():
    """Folder of the running environment's command line tools."""
    return sysconfig.get_path("scripts")
