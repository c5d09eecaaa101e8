# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo as its web client talks to it."""

from urllib.parse import urljoin

import requests

from .waiting import StoryError

LOGIN = PASSWORD = "admin"
TIMEOUT = 120


class OdooError(StoryError):
    """Odoo refused; the message is what a user would read."""


class OdooClient:
    """A signed-in session; the arguments are those of the web client's calls."""

    def __init__(self, url, database, login=LOGIN, password=PASSWORD):
        self.url = url
        self.database = database
        self._session = requests.Session()
        # A proxy of the machine's must not see loopback calls.
        self._session.trust_env = False
        credentials = {"db": database, "login": login, "password": password}
        self.user = self._post("/web/session/authenticate", credentials)

    def call(self, model, method, *arguments, **options):
        """Call a public method of a model.

        :raises OdooError: with Odoo's message.
        """
        call = {
            "model": model,
            "method": method,
            "args": list(arguments),
            "kwargs": options,
        }
        return self._post(f"/web/dataset/call_kw/{model}/{method}", call)

    def follow(self, address):
        """What a browser with this session shows in the end, wherever it is sent.

        :param address: whole, or a path in Odoo.
        """
        return self._session.get(urljoin(self.url, address), timeout=TIMEOUT)

    def create(self, model, **values):
        """Id of a new record."""
        return self.call(model, "create", [values])[0]

    def write(self, model, ids, **values):
        """Change records."""
        return self.call(model, "write", ids, values)

    def read(self, model, identifier, *fields):
        """The fields of one record, as a dict."""
        return self.call(model, "read", [identifier], list(fields))[0]

    def find(self, model, domain, *fields, **options):
        """The fields of all records that match, as a list of dicts."""
        return self.call(model, "search_read", domain, list(fields), **options)

    def count(self, model, domain=()):
        """How many records match."""
        return self.call(model, "search_count", list(domain))

    def id_of(self, xmlid):
        """Database id of the record with this XML id."""
        module, name = xmlid.split(".")
        domain = [("module", "=", module), ("name", "=", name)]
        return self.find("ir.model.data", domain, "res_id")[0]["res_id"]

    def _post(self, path, parameters):
        answer = self._session.post(
            self.url + path,
            json={"jsonrpc": "2.0", "method": "call", "params": parameters},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        content = answer.json()
        if "error" in content:
            details = content["error"].get("data") or {}
            message = details.get("message") or content["error"]["message"]
            raise OdooError(message)
        return content["result"]
