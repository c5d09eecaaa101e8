# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Starting and stopping what stands in for Stripe and Salesforce, each on its own port.

With a context manager::

    with Simulators("stripe_sim", "salesforce_sim") as stand_ins:
        stand_ins.url("stripe_sim")
"""

import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import bootstrap, ports, settings
from .settings import DEV, SetupError

# The two simulators of dev/, and the published one, which its authors wrote.
OWN = ("stripe_sim", "salesforce_sim")
LOCALSTRIPE = "localstripe"
START_SECONDS = 30
STOP_SECONDS = 5


class Simulator:
    """One stand-in: a process of its own, listening on loopback only."""

    def __init__(self, name, arguments=()):
        if name not in (*OWN, LOCALSTRIPE):
            raise ValueError(f"no simulator called {name}")
        self.name = name
        self.port = None
        self.process = None
        self._arguments = [str(argument) for argument in arguments]
        self.log = settings.workspace() / f"{name}.log"

    @property
    def url(self):
        """Address, without a trailing slash."""
        return f"http://{ports.LOOPBACK}:{self.port}"

    def start(self):
        """Start and wait until it answers HTTP.

        A second start takes the port of the first, so that a test can bring a dead
        provider back to life.

        :raises SetupError: with the log's end, when it ends or stays silent.
        """
        if self.name == LOCALSTRIPE:
            self._start_localstripe()
        else:
            self._start_own()
        self._until(lambda: _answers(self.url))
        return self

    def _start_own(self):
        with tempfile.TemporaryDirectory() as folder:
            note = Path(folder) / "port"
            where = ["--port", str(self.port or 0), "--port-file", str(note)]
            self._spawn(["-m", self.name, *where, *self._arguments])
            self._until(lambda: note.exists() and note.read_text().strip())
            self.port = int(note.read_text())

    def _start_localstripe(self):
        # It has no port file, and no option for the address.
        self.port = self.port or ports.any_free()
        script = Path(__file__).with_name("on_loopback.py")
        # Without --from-scratch it would load what an earlier run left.
        where = ["--port", str(self.port), "--from-scratch", *self._arguments]
        self._spawn([str(script), LOCALSTRIPE, *where])

    def _spawn(self, arguments):
        machine = bootstrap.prepare()
        with self.log.open("a") as stream:
            self.process = subprocess.Popen(
                [str(machine.python), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=machine.environment(),
                cwd=DEV,
                start_new_session=True,
            )

    def _until(self, ready):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if ready():
                return
            time.sleep(0.05)
        self.stop()
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
        raise SetupError(f"{self.name} did not start, log in {self.log}:\n{tail}")

    def stop(self):
        """End the process, at once where it does not listen."""
        if self.process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()
        self.process = None
        if self.name == LOCALSTRIPE:
            # It stores its state there whatever it is told, and the file of one user
            # would stop the next one.
            (Path(tempfile.gettempdir()) / "localstripe.pickle").unlink(missing_ok=True)

    def _signal(self, number):
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        # An error status is an answer too: the root path need not exist.
        return True
    except (urllib.error.URLError, OSError):
        return False


class Simulators:
    """Several stand-ins that start and stop together."""

    def __init__(self, *names):
        self._all = {name: Simulator(name) for name in names or OWN}

    def __enter__(self):
        return self.start()

    def __exit__(self, *exception):
        self.stop()

    def __getitem__(self, name):
        return self._all[name]

    def url(self, name):
        """Address of the stand-in called ``name``."""
        return self._all[name].url

    def start(self):
        """Start all; none is left running where one fails.

        :raises SetupError: as ``Simulator.start``.
        """
        try:
            for simulator in self._all.values():
                simulator.start()
        except SetupError:
            self.stop()
            raise
        return self

    def stop(self):
        """Stop all."""
        for simulator in self._all.values():
            simulator.stop()
