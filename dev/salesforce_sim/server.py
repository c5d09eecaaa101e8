# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The HTTP server: loopback only, one thread per connection."""

from __future__ import annotations

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .app import create_app
from .eventbus.service import serve
from .org import Org

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open, and says nothing on each request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code="-", size="-") -> None:
        """The control API's state tells the requests."""


def make(port: int = 0, bus_port: int = 0) -> BaseWSGIServer:
    """A server on a free port if ``port`` is 0; ``serve_forever()`` runs it. The event
    bus is on a port of its own, and runs at once."""
    org = Org()
    app = create_app(org)
    server = make_server(HOST, port, app, threaded=True, request_handler=QuietHandler)
    org.base_url = f"http://{HOST}:{server.server_port}"
    org.sender.start()
    server.bus, bus_port = serve(org, bus_port)
    org.bus_url = f"http://{HOST}:{bus_port}"
    return server
