# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`python -m stripe_sim --port 0 --port-file FILE`."""

import argparse
import signal
import sys

from stripe_sim.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="stripe_sim", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", help="is written once the server listens")
    parser.add_argument("--seed", type=int, help="makes the ids repeatable")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve(options.port, options.port_file, options.seed)


if __name__ == "__main__":
    main()
