# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``python -m salesforce_sim --port 0 --port-file FILE``"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from .server import make


def main() -> None:
    parser = argparse.ArgumentParser(prog="salesforce_sim")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--bus-port", type=int, default=0, help="of the event bus")
    parser.add_argument("--port-file", type=Path, help="where to write the port")
    options = parser.parse_args()
    server = make(options.port, options.bus_port)
    if options.port_file:
        announce(options.port_file, server.server_port)
    print(f"Salesforce simulator on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.bus.stop(None)
        server.server_close()


def announce(port_file: Path, port: int) -> None:
    """In one step, so that a reader never sees half of it."""
    partial = port_file.with_suffix(".partial")
    partial.write_text(str(port))
    os.replace(partial, port_file)


if __name__ == "__main__":
    main()
