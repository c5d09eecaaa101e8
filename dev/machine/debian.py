# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Debian packages without root and without touching the system's own.

apt runs on a private state in the cache. The archive's address comes from the machine's
own apt configuration.
"""

import os
import shutil

from . import settings
from .command import call
from .once import say
from .settings import SetupError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
TARGETS = "$(LABEL)|$(REPO_URI)"


def available():
    """Whether this machine has apt."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg"))


def _options(state, sources=None):
    options = [
        "-q",
        f"-oDir::State::Lists={state / 'lists'}",
        f"-oDir::Cache={state / 'cache'}",
        # The state belongs to whoever runs this, which apt's own user may not enter.
        f"-oAPT::Sandbox::User={_user()}",
    ]
    if sources:
        options += [
            f"-oDir::Etc::SourceList={sources}",
            "-oDir::Etc::SourceParts=/dev/null",
        ]
    return options


def _user():
    return "root" if os.geteuid() == 0 else ""


def _fresh_state(name):
    state = settings.cache() / "apt" / name
    (state / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (state / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    return state


def archive():
    """Address of the Debian archive that this machine is configured for.

    :raises SetupError: where apt knows none.
    """
    state = _fresh_state("own")
    for update_first in (False, True):
        options = [] if not update_first else _options(state)
        if update_first:
            call(["apt-get", *options, "update"])
        for line in _targets(options):
            label, _, uri = line.partition("|")
            if label == "Debian":
                return uri
    raise SetupError(
        "apt is not configured for a Debian archive, so Odoo cannot be fetched from"
        " it. Set Q2C_ODOO_SOURCE to an Odoo 19 source checkout."
    )


def _targets(options):
    arguments = ["apt-get", *options, "indextargets", "--format", TARGETS]
    return call([*arguments, "Created-By: Packages"]).splitlines()


def fetch(suite, packages, folder):
    """Download ``packages`` of a Debian suite into ``folder``, not installing them."""
    say(f"fetching from Debian {suite}: {' '.join(packages)}")
    state = _fresh_state(suite)
    sources = state / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {archive()} {suite} main\n")
    options = _options(state, sources)
    call(["apt-get", *options, "update"])
    call(["apt-get", *options, "download", *packages], cwd=folder)


def unpack(folder, prefix):
    """Unpack every package in ``folder`` into ``prefix`` and return their names."""
    names = sorted(folder.glob("*.deb"))
    for name in names:
        call(["dpkg", "-x", name, prefix])
    return [name.name for name in names]


def install(package):
    """Install a package into the system; needs root."""
    say(f"installing Debian's {package}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    call(["apt-get", "-q", "update"], env=environment)
    call(
        ["apt-get", "-qy", "install", "--no-install-recommends", package],
        env=environment,
    )
