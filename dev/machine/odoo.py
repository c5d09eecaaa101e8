# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Running Odoo: once in the foreground, or as a server that tests start and kill."""

import base64
import configparser
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from . import bootstrap, odoo_log, ports, settings
from .once import exclusive
from .settings import ADDON, CHECKOUT, SetupError

HEALTH_SECONDS = 120
STOP_SECONDS = 20


def addons_folder():
    """Folder that holds this checkout under the addon's technical name.

    Odoo takes the name of an addon from its folder, and the checkout may have any name.
    """
    folder = settings.workspace() / "addons"
    link = folder / ADDON
    with exclusive("addons", settings.workspace()):
        folder.mkdir(exist_ok=True)
        if not link.is_symlink() or Path(os.readlink(link)) != CHECKOUT:
            link.unlink(missing_ok=True)
            link.symlink_to(CHECKOUT)
    return folder


def data_folder():
    """Odoo's ``data_dir``: it belongs to the cluster, as database names do."""
    folder = settings.cache() / "data"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def encryption_keys():
    """This machine's ``Q2C_ENCRYPTION_KEYS``: one Fernet key, made once."""
    given = os.environ.get("Q2C_ENCRYPTION_KEYS")
    if given:
        return given
    note = settings.cache() / "encryption_keys"
    with exclusive("encryption_keys", settings.cache()):
        if not note.exists():
            draft = note.with_suffix(".draft")
            draft.touch(mode=0o600)
            draft.write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
            draft.rename(note)
    return note.read_text()


def environment(extra=None):
    """Environment of an Odoo process."""
    base = bootstrap.prepare().environment()
    return {**base, "Q2C_ENCRYPTION_KEYS": encryption_keys(), **(extra or {})}


def configuration(name="odoo", *, extra_addons=(), **options):
    """Write ``<name>.conf`` into the workspace and return its path.

    :param extra_addons: folders to add to the addons path.
    :param options: further options of Odoo's configuration file.
    """
    machine = bootstrap.prepare()
    folders = [*machine.odoo.addons, addons_folder(), *extra_addons]
    server = machine.postgres
    values = {
        "addons_path": ",".join(map(str, folders)),
        "data_dir": data_folder(),
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "http_interface": ports.LOOPBACK,
        # One process' pool must leave connections to the others.
        "db_maxconn": 32,
        "list_db": False,
        "max_cron_threads": 0,
        **options,
    }
    if server.password:
        values["db_password"] = server.password
    return _write_configuration(settings.workspace() / f"{name}.conf", values)


def _write_configuration(path, values):
    # Without interpolation, since a path or password may hold a percent sign.
    parser = configparser.RawConfigParser()
    parser["options"] = {key: str(value) for key, value in values.items()}
    # A draft of its own for every caller: several may write the same name at once.
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    with os.fdopen(handle, "w") as stream:
        parser.write(stream)
    os.replace(draft, path)
    return path


def command(*arguments, conf=None, subcommand=None, script=None):
    """Command line of Odoo, or of a script that takes its place, as a list."""
    machine = bootstrap.prepare()
    launcher = script or machine.odoo.launcher
    start = [machine.python, launcher, *filter(None, [subcommand])]
    return [str(part) for part in (*start, "-c", conf or configuration(), *arguments)]


@dataclass(frozen=True)
class Run:
    """What a foreground run of Odoo did."""

    returncode: int
    log: Path

    @property
    def lines(self):
        """The log, as ``odoo_log.Line`` list."""
        return odoo_log.parse(self.log.read_text(errors="replace"))

    @property
    def faults(self):
        """Log lines that report an error outside a test."""
        return [line for line in self.lines if line.is_fault]


def run(
    *arguments, log, conf=None, subcommand=None, script=None, stdin=None, extra=None
):
    """Run Odoo to its end and return a ``Run``.

    :param log: name of the log file in the workspace, without its suffix.
    :param script: launcher to use in the place of Odoo's.
    :param stdin: text to feed, as for ``subcommand="shell"``.
    :param extra: further environment variables.
    """
    path = settings.workspace() / f"{log}.log"
    with path.open("w") as stream:
        done = subprocess.run(
            command(*arguments, conf=conf, subcommand=subcommand, script=script),
            input=stdin or "",
            stdout=stream,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(extra),
            cwd=settings.workspace(),
        )
    return Run(done.returncode, path)


def shell(database, script, *, log="shell", extra=None):
    """Run ``script`` in ``odoo shell`` on a database, committing at its end.

    :returns: the ``Run``; what the script prints is in its log.
    :raises SetupError: with the log's end, when the script raised.
    """
    guarded = f"exec(compile({script!r}, 'script', 'exec'))\nenv.cr.commit()\n"
    arguments = ("-d", database, "--no-http")
    done = run(*arguments, log=log, subcommand="shell", stdin=guarded, extra=extra)
    return checked(done)


def checked(done):
    """``done``, a ``Run``, where it went well.

    :raises SetupError: with the end of the log otherwise.
    """
    text = done.log.read_text(errors="replace")
    if done.returncode or done.faults or "Traceback (most recent call last)" in text:
        tail = "\n".join(text.splitlines()[-40:])
        raise SetupError(f"Odoo failed, log in {done.log}:\n{tail}")
    return done


class OdooServer:
    """A real Odoo server on a database, for what a test transaction cannot show.

    Usable as a context manager, which stops it. ``restart`` keeps the ports.
    """

    def __init__(
        self, database, *, workers=0, crons=0, http_port=None, extra=None, **options
    ):
        self.database = database
        self.port = http_port or ports.any_free()
        self.extra = extra or {}
        self.process = None
        name = f"server-{database}-{self.port}"
        self.log = settings.workspace() / f"{name}.log"
        self._conf = configuration(
            name,
            db_name=database,
            http_port=self.port,
            gevent_port=ports.any_free(),
            workers=workers,
            max_cron_threads=crons,
            **options,
        )

    @property
    def url(self):
        """Address of the server, without a trailing slash."""
        return f"http://{ports.LOOPBACK}:{self.port}"

    def __enter__(self):
        return self.start()

    def __exit__(self, *exception):
        self.stop()

    def start(self):
        """Start and wait until the server answers.

        :raises SetupError: with the log's end, when it ends or stays silent.
        """
        with self.log.open("a") as stream:
            self.process = subprocess.Popen(
                command(conf=self._conf),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=environment(self.extra),
                cwd=settings.workspace(),
                # A group of its own, so that kill() reaches every worker.
                start_new_session=True,
            )
        wait_for(self.url + "/web/health", self.process, self.log)
        return self

    def stop(self):
        """Ask the server to end, and kill it where it does not."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self):
        """End the server and all its workers at once, as a power cut would."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            # Nothing left to kill is what was asked for.
            return
        finally:
            self.process.wait()

    def restart(self):
        """Stop, or bury after ``kill``, and start on the same ports."""
        self.stop()
        return self.start()

    def lines(self):
        """The log so far, as ``odoo_log.Line`` list."""
        return odoo_log.parse(self.log.read_text(errors="replace"))


def wait_for(url, process, log, seconds=HEALTH_SECONDS):
    """Wait until ``url`` answers 200.

    :raises SetupError: with the log's end, when the process ends or time runs out.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(url):
            return
        time.sleep(0.1)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
    raise SetupError(f"{url} does not answer, log in {log}:\n{tail}")


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
