# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An org that answers the addon's HTTP calls from memory: tokens, revocation, versions,
and who it is. The real wire is looked at in ``tests/live/signin_test.py``."""

import json
from unittest.mock import patch
from urllib.parse import urlsplit

import requests

from ..providers.salesforce.transport import Transport

ORG = "00D000000000001EAA"
OTHER_ORG = "00D000000000002EAA"
USER = "005000000000001AAA"


class FakeOrg:
    """``refused``: {path: (status, answer)}. ``tokens``: refresh tokens that are valid.
    ``asked``: [(path, form)]."""

    def __init__(self, organization=ORG, sandbox=True):
        self.organization = organization
        self.sandbox = sandbox
        self.tokens = set()
        self.rotates = False
        self.versions = ["64.0", "65.0", "66.0"]
        self.refused = {}
        self.asked = []
        self._count = 0

    def patched(self):
        """A context manager in which the addon's calls come here."""
        org = self

        def request(_transport, method, url, data=None, params=None, **_options):
            path = urlsplit(url).path
            form = dict(data) if isinstance(data, dict) else {}
            org.asked.append((path, form))
            query = (params or {}).get("q", "")
            return _response(url, *org.answer(path, query, form))

        return patch.object(Transport, "request", request)

    def forms(self, grant_type):
        return [form for _p, form in self.asked if form.get("grant_type") == grant_type]

    def revoked(self):
        return [form["token"] for path, form in self.asked if path.endswith("/revoke")]

    def answer(self, path, query, form):
        """(status, parsed body)"""
        if path in self.refused:
            return self.refused[path]
        if path == "/services/data":
            return 200, [{"version": version} for version in self.versions]
        if query:
            return 200, {"records": [self._record(query)], "done": True}
        if path.endswith("/revoke"):
            self.tokens.discard(form["token"])
            return 200, {}
        return self._token(form)

    def _record(self, query):
        if "FROM User" in query:
            return {"Username": "admin@acme.example"}
        return {
            "Id": self.organization,
            "Name": "Acme",
            "IsSandbox": self.sandbox,
            "OrganizationType": "Enterprise Edition",
            "InstanceName": "EU42",
        }

    def _token(self, form):
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.tokens:
                return 400, {
                    "error": "invalid_grant",
                    "error_description": "expired access/refresh token",
                }
            if not self.rotates:
                return 200, self._session()
            self.tokens.discard(form["refresh_token"])
        return 200, {**self._session(), "refresh_token": self._new_token()}

    def _new_token(self):
        self._count += 1
        token = f"5Aep861-refresh-token-{self._count}"
        self.tokens.add(token)
        return token

    def _session(self):
        return {
            "access_token": f"{self.organization[:15]}!AQ",
            "instance_url": "https://acme.my.salesforce.com",
            "id": f"https://login.salesforce.com/id/{self.organization}/{USER}",
            "issued_at": "1764500000000",
        }


def _response(url, status, content):
    response = requests.Response()
    response.status_code = status
    response.url = url
    response.headers["Content-Type"] = "application/json"
    response._content = json.dumps(content).encode()
    response.encoding = "utf-8"
    return response
