# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Serving the application over HTTP, on loopback only."""

from pathlib import Path

from stripe_sim.wire.app import App
from werkzeug.serving import WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    """Keeps connections open, as Stripe does; says nothing per request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code="-", size="-"):
        return None


def serve(port: int = 0, port_file: str | None = None, seed: int | None = None):
    """Serve until interrupted; the port that was taken goes into `port_file`."""
    app = App(seed)
    server = make_server("127.0.0.1", port, app, True, request_handler=Handler)
    server.daemon_threads = True
    app.deliveries.start()
    print(f"Stripe simulator on http://127.0.0.1:{server.server_port}", flush=True)
    if port_file:
        _write(Path(port_file), str(server.server_port))
    try:
        server.serve_forever()
    finally:
        app.deliveries.stop()
        server.server_close()


def _write(path: Path, text: str) -> None:
    """Whole or not at all: the starter polls for this file."""
    draft = path.with_suffix(".part")
    draft.write_text(text)
    draft.replace(path)
