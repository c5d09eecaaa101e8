# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The processes that a story needs: simulators, and Odoo on a database of its own."""

from machine import database, odoo
from machine.simulators import Simulators

from .odoo_client import OdooClient

# Prefork workers for HTTP, and cron processes for lanes, polls and senders.
WORKERS, CRONS = 2, 3


class Stage:
    """Simulators and an Odoo server, started together. A context manager that ends
    them and drops the database."""

    def __init__(self, name, simulators, modules=(), **server):
        """
        :param simulators: names of the stand-ins to start.
        :param modules: further addons to install.
        :param server: options of the ``OdooServer``.
        """
        self.database = name
        self._modules = modules
        self.names = tuple(simulators)
        self.simulators = Simulators(*simulators) if simulators else None
        self._server_options = {"workers": WORKERS, "crons": CRONS, **server}
        self.server = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *exception):
        self.stop()
        database.drop(self.database)

    def start(self):
        """Create the database with the addon and start everything."""
        database.drop(self.database)
        database.create(self.database, database.addon_template())
        self._install()
        self.server = odoo.OdooServer(self.database, **self._server_options)
        self.server.log.unlink(missing_ok=True)
        try:
            if self.simulators:
                self.simulators.start()
            self.server.start()
        except BaseException:
            self.stop()
            raise
        return self

    def _install(self):
        if not self._modules:
            return
        folders = self._server_options.get("extra_addons", ())
        conf = odoo.configuration(f"install-{self.database}", extra_addons=folders)
        arguments = ("-d", self.database, "-i", ",".join(self._modules))
        stop = ("--stop-after-init", "--no-http")
        log = f"install-{self.database}"
        odoo.checked(odoo.run(*arguments, *stop, conf=conf, log=log))

    def stop(self):
        """End all processes."""
        if self.server:
            self.server.stop()
        if self.simulators:
            self.simulators.stop()

    def processes(self):
        """``{name: Popen}`` of what runs."""
        found = {name: self.simulators[name].process for name in self.names}
        return {"odoo": self.server.process, **found}

    def client(self):
        """A session in Odoo as its administrator."""
        return OdooClient(self.server.url, self.database)

    def faults(self):
        """What Odoo logged as errors, each once."""
        lines = [line.message for line in self.server.lines() if line.is_fault]
        # A query that lost a race is logged before it is repeated; where it is not
        # repeated, what it stopped is logged as well.
        lines = [line for line in lines if not line.startswith("bad query")]
        return list(dict.fromkeys(lines))
