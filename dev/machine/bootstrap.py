# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From a bare machine to one on which Odoo runs. Standard library only."""

import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from . import interpreter, node, odoo_source, postgres, settings
from .once import readable_umask


@dataclass(frozen=True)
class Machine:
    """What was set up."""

    odoo: odoo_source.Source
    python: Path
    """Interpreter of the virtual environment."""
    postgres: postgres.Connection

    @property
    def scripts(self):
        """Folder of the command line tools of the virtual environment."""
        return self.python.parent

    def environment(self):
        """Environment for child processes: our tools, those from npm and node first on
        ``PATH``."""
        commands = node.packages(self.python) / ".bin"
        path = [self.scripts, commands, node.environment(self.python)["PATH"]]
        return {**os.environ, "PATH": os.pathsep.join(map(str, path))}

    def programs(self):
        """Folder with ``psql`` and ``pg_dump``."""
        return postgres.binaries(self.python)


@functools.lru_cache(maxsize=1)
def prepare():
    """Set up what is missing and return the ``Machine``.

    Cheap when nothing is missing. PostgreSQL keeps running afterwards.

    :raises settings.SetupError: saying what to do.
    """
    readable_umask()
    settings.cache().mkdir(parents=True, exist_ok=True)
    odoo = odoo_source.find()
    python = interpreter.environment(odoo)
    odoo_source.complete(odoo, python)
    return Machine(odoo, python, postgres.connection(python))


def enter():
    """Go on inside the virtual environment: does not return where it has to switch."""
    machine = prepare()
    if not interpreter.running_in(machine.python):
        os.execv(machine.python, [str(machine.python), *sys.argv])
    return machine
